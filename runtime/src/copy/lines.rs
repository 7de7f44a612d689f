//! Rows as lines: PostgreSQL's text format and CSV.

mod reader;
mod writer;

pub(super) use self::reader::LineReader;
pub(super) use self::writer::LineWriter;

use hathi_wire::types::TypeRef;

use super::failure::CopyFailure;
use super::options::Header;
use super::text_value::TextForm;
use super::{CopyFormat, CopyOptions};

/// What stands between, around and for values.
#[derive(Debug, Clone, Copy)]
struct Style {
    is_csv: bool,
    delimiter: u8,
    null: &'static [u8],
    quote: u8,
    escape: u8,
    has_header: bool,
}

impl Style {
    /// The style of typed rows; `None` if they are binary.
    fn of(options: &CopyOptions) -> Result<Option<Self>, CopyFailure> {
        let is_csv = match options.format {
            CopyFormat::Binary => return Ok(None),
            CopyFormat::Text => false,
            CopyFormat::Csv => true,
        };
        if !is_csv && options.null.is_some_and(|null| null != "\\N") {
            return Err(CopyFailure::Options(
                "typed rows in the text format have \\N for NULL: leave `null` out",
            ));
        }
        if options.default.is_some()
            || options.force_null.is_some()
            || options.force_not_null.is_some()
        {
            return Err(CopyFailure::Options(
                "typed rows say themselves what is NULL: `default_marker`, `force_null` and `force_not_null` are for bytes",
            ));
        }
        let quote = byte(options.quote, b'"')?;
        Ok(Some(Self {
            is_csv,
            delimiter: byte(options.delimiter, if is_csv { b',' } else { b'\t' })?,
            null: options
                .null
                .unwrap_or(if is_csv { "" } else { "\\N" })
                .as_bytes(),
            quote,
            escape: byte(options.escape, quote)?,
            has_header: options.header != Header::Absent,
        }))
    }
}

fn byte(character: Option<char>, default: u8) -> Result<u8, CopyFailure> {
    let Some(character) = character else {
        return Ok(default);
    };
    let byte = u8::try_from(character).ok().filter(u8::is_ascii);
    byte.ok_or(CopyFailure::Options(
        "delimiter, quote and escape of a COPY are single one-byte characters",
    ))
}

/// The forms of the values of a row.
fn forms(types: impl Iterator<Item = TypeRef>) -> Result<Box<[TextForm]>, CopyFailure> {
    types
        .map(|ty| TextForm::of(ty).ok_or(CopyFailure::NoText(ty)))
        .collect()
}

#[cfg(test)]
mod tests;
