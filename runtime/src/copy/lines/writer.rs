//! Values become lines.

use hathi_wire::types::TypeRef;

use super::{Style, forms};
use crate::copy::CopyOptions;
use crate::copy::failure::CopyFailure;
use crate::copy::text_value::TextForm;

/// Writes rows as lines.
#[derive(Debug)]
pub(in crate::copy) struct LineWriter {
    style: Style,
    forms: Box<[TextForm]>,
    names: Vec<String>,
    // The values of a row as they are bound, and the text of one of them: kept, so that no row allocates.
    values: Vec<u8>,
    text: Vec<u8>,
}

impl LineWriter {
    /// A writer of rows with such values; `None` if they are binary.
    pub(in crate::copy) fn new(
        options: &CopyOptions,
        types: impl Iterator<Item = TypeRef>,
        names: impl FnOnce() -> Vec<String>,
    ) -> Result<Option<Self>, CopyFailure> {
        let Some(style) = Style::of(options)? else {
            return Ok(None);
        };
        let names = match style.has_header {
            true => names(),
            false => Vec::new(),
        };
        Ok(Some(Self {
            style,
            forms: forms(types)?,
            names,
            values: Vec::new(),
            text: Vec::new(),
        }))
    }

    /// Writes the line with the names, if there is one.
    pub(in crate::copy) fn header(&mut self, to: &mut Vec<u8>) {
        if !self.style.has_header {
            return;
        }
        for (index, name) in self.names.iter().enumerate() {
            if index > 0 {
                to.push(self.style.delimiter);
            }
            self.style.write(name.as_bytes(), to);
        }
        to.push(b'\n');
    }

    /// Where the values of a row are bound.
    pub(in crate::copy) fn values(&mut self) -> &mut Vec<u8> {
        self.values.clear();
        &mut self.values
    }

    /// Writes the values that were bound; an error if they are not those of the columns.
    pub(in crate::copy) fn write(&mut self, to: &mut Vec<u8>) -> Result<(), ()> {
        let mut rest = self.values.as_slice();
        for (index, form) in self.forms.iter().enumerate() {
            if index > 0 {
                to.push(self.style.delimiter);
            }
            let (length, behind) = rest.split_first_chunk::<4>().ok_or(())?;
            rest = behind;
            let length = i32::from_be_bytes(*length);
            if length == -1 {
                to.extend_from_slice(self.style.null);
                continue;
            }
            let length = usize::try_from(length).map_err(drop)?;
            let (value, behind) = rest.split_at_checked(length).ok_or(())?;
            rest = behind;
            self.text.clear();
            form.print(value, &mut self.text).map_err(drop)?;
            self.style.write(&self.text, to);
        }
        to.push(b'\n');
        match rest {
            [] => Ok(()),
            _ => Err(()),
        }
    }
}

impl Style {
    fn write(&self, text: &[u8], to: &mut Vec<u8>) {
        match self.is_csv {
            true => self.write_csv(text, to),
            false => self.write_text(text, to),
        }
    }

    fn write_text(&self, text: &[u8], to: &mut Vec<u8>) {
        for byte in text {
            let letter = match byte {
                8 => b'b',
                9 => b't',
                10 => b'n',
                11 => b'v',
                12 => b'f',
                13 => b'r',
                b'\\' => b'\\',
                other if *other == self.delimiter => *other,
                other => {
                    to.push(*other);
                    continue;
                }
            };
            to.extend_from_slice(&[b'\\', letter]);
        }
    }

    fn write_csv(&self, text: &[u8], to: &mut Vec<u8>) {
        // A line of `\.` alone ended the data until PostgreSQL 18.
        let needs_quotes = text == self.null
            || text.is_empty()
            || text == b"\\."
            || text.iter().any(|byte| {
                matches!(byte, b'\n' | b'\r')
                    || [self.delimiter, self.quote, self.escape].contains(byte)
            });
        if !needs_quotes {
            to.extend_from_slice(text);
            return;
        }
        to.push(self.quote);
        for byte in text {
            if *byte == self.quote || *byte == self.escape {
                to.push(self.escape);
            }
            to.push(*byte);
        }
        to.push(self.quote);
    }
}
