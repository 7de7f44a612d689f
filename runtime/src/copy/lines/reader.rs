//! Lines become values.

use hathi_wire::types::TypeRef;

use super::{Style, forms};
use crate::codec::Arguments;
use crate::copy::CopyOptions;
use crate::copy::failure::CopyFailure;
use crate::copy::text_value::TextForm;

/// Reads lines as rows.
#[derive(Debug)]
pub(in crate::copy) struct LineReader {
    style: Style,
    forms: Box<[TextForm]>,
    // The first line, which names the columns, is still to come.
    awaits_header: bool,
    // How much of the line that is not whole was looked at, and whether that ends within quotes.
    seen: usize,
    quoted: bool,
    // The text of one value: kept, so that no row allocates.
    text: Vec<u8>,
}

impl LineReader {
    /// A reader of rows with such values; `None` if they are binary.
    pub(in crate::copy) fn new(
        options: &CopyOptions,
        types: impl Iterator<Item = TypeRef>,
    ) -> Result<Option<Self>, CopyFailure> {
        let Some(style) = Style::of(options)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            style,
            forms: forms(types)?,
            awaits_header: style.has_header,
            seen: 0,
            quoted: false,
            text: Vec::new(),
        }))
    }

    /// How many bytes of this data are the next line, its end among them; `None` if it is not whole.
    pub(in crate::copy) fn line(&mut self, data: &[u8]) -> Option<usize> {
        let Style { quote, escape, .. } = self.style;
        let mut at = self.seen;
        while let Some(byte) = data.get(at) {
            match *byte {
                b'\n' if !self.quoted => {
                    (self.seen, self.quoted) = (0, false);
                    return Some(at + 1);
                }
                byte if !self.style.is_csv => {
                    let _ = byte;
                }
                byte if self.quoted && byte == escape && escape != quote => {
                    match data.get(at + 1) {
                        Some(next) if *next == quote || *next == escape => at += 1,
                        Some(_) => {}
                        // What stands behind it is not known yet.
                        None => break,
                    }
                }
                byte if byte == quote => self.quoted = !self.quoted,
                _ => {}
            }
            at += 1;
        }
        self.seen = at;
        None
    }

    /// Whether a line is the one that names the columns: it is no row.
    pub(in crate::copy) fn is_header(&mut self) -> bool {
        std::mem::take(&mut self.awaits_header)
    }

    /// Reads a line as the body of a DataRow message.
    pub(in crate::copy) fn read(
        &mut self,
        line: &[u8],
        row: &mut Vec<u8>,
    ) -> Result<(), CopyFailure> {
        row.clear();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let columns = u16::try_from(self.forms.len()).unwrap_or(u16::MAX);
        row.extend_from_slice(&columns.to_be_bytes());
        let mut values = Arguments::new(row);
        let mut rest = Some(line);
        for form in &self.forms {
            let data = rest.ok_or(CopyFailure::Data("a line has too few values"))?;
            self.text.clear();
            let (is_null, behind) = match self.style.is_csv {
                true => self.style.csv_value(data, &mut self.text)?,
                false => self.style.text_value(data, &mut self.text)?,
            };
            rest = behind;
            match is_null {
                true => values.null(),
                false => form
                    .parse(&self.text, &mut values)
                    .map_err(|_| CopyFailure::Data("a text is no value of its column's type"))?,
            }
        }
        match rest {
            None => Ok(()),
            // A row without columns is an empty line.
            Some([]) if self.forms.is_empty() => Ok(()),
            Some(_) => Err(CopyFailure::Data("a line has too many values")),
        }
    }
}

/// Whether the value is NULL, and what stands behind the delimiter behind it.
type Value<'a> = (bool, Option<&'a [u8]>);

impl Style {
    fn text_value<'a>(&self, data: &'a [u8], text: &mut Vec<u8>) -> Result<Value<'a>, CopyFailure> {
        let mut at = 0;
        let mut end = data.len();
        while let Some(byte) = data.get(at) {
            if *byte == self.delimiter {
                end = at;
                break;
            }
            if *byte != b'\\' {
                text.push(*byte);
                at += 1;
                continue;
            }
            let (value, length) = escaped(data.get(at + 1..).unwrap_or_default())?;
            text.push(value);
            at += 1 + length;
        }
        let is_null = data.get(..end) == Some(self.null);
        Ok((is_null, data.get(end..).and_then(|rest| rest.get(1..))))
    }

    fn csv_value<'a>(&self, data: &'a [u8], text: &mut Vec<u8>) -> Result<Value<'a>, CopyFailure> {
        let mut at = 0;
        let mut quoted = false;
        let mut was_quoted = false;
        while let Some(byte) = data.get(at) {
            if quoted {
                let next = data.get(at + 1);
                let escapes = *byte == self.escape
                    && next.is_some_and(|next| *next == self.quote || *next == self.escape);
                if escapes {
                    text.extend(next);
                    at += 1;
                } else if *byte == self.quote {
                    quoted = false;
                } else {
                    text.push(*byte);
                }
            } else if *byte == self.delimiter {
                break;
            } else if *byte == self.quote {
                (quoted, was_quoted) = (true, true);
            } else {
                text.push(*byte);
            }
            at += 1;
        }
        if quoted {
            return Err(CopyFailure::Data("a quote is not closed"));
        }
        let is_null = !was_quoted && text == self.null;
        Ok((is_null, data.get(at..).and_then(|rest| rest.get(1..))))
    }
}

/// What stands behind a backslash: its value, and how long it is.
fn escaped(rest: &[u8]) -> Result<(u8, usize), CopyFailure> {
    let digit = |byte: &u8, radix| char::from(*byte).to_digit(radix);
    let number = |digits: &[u8], radix| {
        let number = digits.iter().fold(0, |number, byte| {
            number * radix + digit(byte, radix).unwrap_or(0)
        });
        // The server keeps the low byte, too.
        u8::try_from(number & 0xff).unwrap_or(0)
    };
    let count = |digits: &[u8], most: usize, radix| {
        let digits = digits.iter().take(most);
        digits
            .take_while(|byte| digit(byte, radix).is_some())
            .count()
    };
    let first = rest
        .first()
        .ok_or(CopyFailure::Data("a line ends with a backslash"))?;
    Ok(match first {
        b'b' => (8, 1),
        b't' => (9, 1),
        b'n' => (10, 1),
        b'v' => (11, 1),
        b'f' => (12, 1),
        b'r' => (13, 1),
        b'x' => match count(&rest[1..], 2, 16) {
            0 => (b'x', 1),
            length => (number(&rest[1..=length], 16), 1 + length),
        },
        b'0'..=b'7' => {
            let length = count(rest, 3, 8);
            (number(&rest[..length], 8), length)
        }
        other => (*other, 1),
    })
}
