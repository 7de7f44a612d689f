//! Values as text: what the binary codecs write, as the server would print it, and back.

use std::fmt::Display;
use std::io::Write;
use std::str::FromStr;

use hathi_wire::types::{TypeRef, by_oid};

use crate::codec::{Arguments, Decode, Encode, EncodeError};
use crate::sql;
use crate::types::{Date, Numeric, Time, Timestamp, Timestamptz};

/// How values of a type look as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    // The bytes of the value are its text.
    Text,
    Jsonb,
    Char,
    Bytea,
    Uuid,
    Date,
    Time,
    Timestamp,
    Timestamptz,
}

/// The value is not one of its type; who wrote it, or sent it, is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoValue;

impl TextForm {
    /// The form of a type; `None` if it is not known here.
    pub(super) fn of(ty: TypeRef) -> Option<Self> {
        let TypeRef::Oid(oid) = ty else {
            return None;
        };
        Some(match by_oid(oid)?.name {
            "bool" => Self::Bool,
            "int2" => Self::Int2,
            "int4" => Self::Int4,
            "int8" => Self::Int8,
            "oid" => Self::Oid,
            "float4" => Self::Float4,
            "float8" => Self::Float8,
            "numeric" => Self::Numeric,
            "text" | "varchar" | "bpchar" | "name" | "json" => Self::Text,
            "jsonb" => Self::Jsonb,
            "char" => Self::Char,
            "bytea" => Self::Bytea,
            "uuid" => Self::Uuid,
            "date" => Self::Date,
            "time" => Self::Time,
            "timestamp" => Self::Timestamp,
            "timestamptz" => Self::Timestamptz,
            _ => return None,
        })
    }

    /// Appends the text of a binary value.
    pub(super) fn print(self, value: &[u8], to: &mut Vec<u8>) -> Result<(), NoValue> {
        match self {
            Self::Bool => match value {
                [0] => to.push(b'f'),
                [1] => to.push(b't'),
                _ => return Err(NoValue),
            },
            Self::Int2 => return print::<sql::Int2, i16>(value, to),
            Self::Int4 => return print::<sql::Int4, i32>(value, to),
            Self::Int8 => return print::<sql::Int8, i64>(value, to),
            Self::Oid => return print::<sql::Oid, u32>(value, to),
            Self::Float4 => {
                let number = read::<sql::Float4, f32>(value)?;
                print_float(number.is_infinite(), f64::from(number), number, to);
            }
            Self::Float8 => {
                let number = read::<sql::Float8, f64>(value)?;
                print_float(number.is_infinite(), number, number, to);
            }
            Self::Numeric => return print::<sql::Numeric, Numeric>(value, to),
            Self::Text => to.extend_from_slice(value),
            Self::Jsonb => match value.split_first() {
                Some((1, text)) => to.extend_from_slice(text),
                _ => return Err(NoValue),
            },
            Self::Char => match value {
                [0] => {}
                [byte] if byte.is_ascii() => to.push(*byte),
                [byte] => append(to, format_args!("\\{byte:03o}")),
                _ => return Err(NoValue),
            },
            Self::Bytea => {
                to.extend_from_slice(b"\\x");
                hex(value, to);
            }
            Self::Uuid => {
                for (place, group) in [0..4, 4..6, 6..8, 8..10, 10..16].into_iter().enumerate() {
                    if place > 0 {
                        to.push(b'-');
                    }
                    hex(value.get(group).ok_or(NoValue)?, to);
                }
            }
            Self::Date => return print::<sql::Date, Date>(value, to),
            Self::Time => return print::<sql::Time, Time>(value, to),
            Self::Timestamp => return print::<sql::Timestamp, Timestamp>(value, to),
            Self::Timestamptz => return print::<sql::Timestamptz, Timestamptz>(value, to),
        }
        Ok(())
    }

    /// Writes the value whose text this is.
    pub(super) fn parse(self, text: &[u8], to: &mut Arguments<'_>) -> Result<(), NoValue> {
        match self {
            Self::Bool => match text {
                b"t" => to.fixed([1]),
                b"f" => to.fixed([0]),
                _ => return Err(NoValue),
            },
            Self::Int2 => return parse::<sql::Int2, i16>(text, to),
            Self::Int4 => return parse::<sql::Int4, i32>(text, to),
            Self::Int8 => return parse::<sql::Int8, i64>(text, to),
            Self::Oid => return parse::<sql::Oid, u32>(text, to),
            Self::Float4 => return parse::<sql::Float4, f32>(text, to),
            Self::Float8 => return parse::<sql::Float8, f64>(text, to),
            Self::Numeric => return parse::<sql::Numeric, Numeric>(text, to),
            Self::Text => return to.bytes(text).map_err(no_value),
            Self::Jsonb => {
                let write = |out: &mut Vec<u8>| {
                    // The version of the binary form.
                    out.push(1);
                    out.extend_from_slice(text);
                    Ok(())
                };
                return to.value(write).map_err(no_value);
            }
            Self::Char => match text {
                [] => to.fixed([0]),
                [byte] => to.fixed([*byte]),
                [b'\\', octal @ ..] => to.fixed([byte_of_octal(octal)?]),
                _ => return Err(NoValue),
            },
            Self::Bytea => return to.value(|out| bytes_of(text, out)).map_err(no_value),
            Self::Uuid => {
                let mut value = Vec::with_capacity(16);
                let digits: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'-').collect();
                unhex(&digits, &mut value)?;
                to.fixed::<16>(value.try_into().map_err(|_| NoValue)?);
            }
            Self::Date => return parse::<sql::Date, Date>(text, to),
            Self::Time => return parse::<sql::Time, Time>(text, to),
            Self::Timestamp => return parse::<sql::Timestamp, Timestamp>(text, to),
            Self::Timestamptz => return parse::<sql::Timestamptz, Timestamptz>(text, to),
        }
        Ok(())
    }
}

fn no_value(_: EncodeError) -> NoValue {
    NoValue
}

fn read<S, T: for<'r> Decode<'r, S>>(value: &[u8]) -> Result<T, NoValue> {
    T::decode(value).map_err(|_| NoValue)
}

fn append(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a vector cannot fail.
    let _ = to.write_fmt(text);
}

fn print<S, T: for<'r> Decode<'r, S> + Display>(
    value: &[u8],
    to: &mut Vec<u8>,
) -> Result<(), NoValue> {
    let value = read::<S, T>(value)?;
    append(to, format_args!("{value}"));
    Ok(())
}

fn parse<S, T: FromStr + Encode<S>>(text: &[u8], to: &mut Arguments<'_>) -> Result<(), NoValue> {
    let text = std::str::from_utf8(text).map_err(|_| NoValue)?;
    let value: T = text.parse().map_err(|_| NoValue)?;
    value.encode(to).map_err(no_value)
}

/// The shortest digits that mean this number and no other; with an exponent, or it could have hundreds of them.
fn print_float(
    infinite: bool,
    number: f64,
    digits: impl Display + std::fmt::LowerExp,
    to: &mut Vec<u8>,
) {
    let is_plain = number == 0.0 || (1e-5..1e15).contains(&number.abs());
    match (infinite, number.is_nan(), is_plain) {
        (true, ..) if number > 0.0 => to.extend_from_slice(b"Infinity"),
        (true, ..) => to.extend_from_slice(b"-Infinity"),
        (_, true, _) => to.extend_from_slice(b"NaN"),
        (_, _, true) => append(to, format_args!("{digits}")),
        _ => append(to, format_args!("{digits:e}")),
    }
}

fn hex(bytes: &[u8], to: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            to.extend(DIGITS.get(usize::from(digit)));
        }
    }
}

fn unhex(digits: &[u8], to: &mut Vec<u8>) -> Result<(), NoValue> {
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NoValue);
    }
    for pair in pairs {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        let byte = high.zip(low).map(|(high, low)| high * 16 + low);
        to.push(
            byte.and_then(|byte| u8::try_from(byte).ok())
                .ok_or(NoValue)?,
        );
    }
    Ok(())
}

/// A bytea, in either of the forms that `bytea_output` knows.
fn bytes_of(text: &[u8], to: &mut Vec<u8>) -> Result<(), EncodeError> {
    let broken = |NoValue| EncodeError::OutOfRange;
    if let Some(digits) = text.strip_prefix(b"\\x") {
        return unhex(digits, to).map_err(broken);
    }
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = match (first, behind) {
            (b'\\', [b'\\', behind @ ..]) => {
                to.push(b'\\');
                behind
            }
            (b'\\', _) => {
                let (octal, behind) = behind.split_at_checked(3).ok_or(EncodeError::OutOfRange)?;
                to.push(byte_of_octal(octal).map_err(broken)?);
                behind
            }
            (byte, behind) => {
                to.push(*byte);
                behind
            }
        };
    }
    Ok(())
}

fn byte_of_octal(octal: &[u8]) -> Result<u8, NoValue> {
    let digits = octal.iter().map(|digit| char::from(*digit).to_digit(8));
    let number = digits.reduce(|number, digit| Some(number? * 8 + digit?));
    let byte = number.flatten().filter(|_| octal.len() == 3);
    byte.and_then(|byte| u8::try_from(byte).ok()).ok_or(NoValue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(name: &str) -> TypeRef {
        TypeRef::Oid(hathi_wire::types::by_name(name).unwrap().oid)
    }

    /// A text is read as a value that is printed as this text.
    #[track_caller]
    fn check(name: &str, text: &str, printed: &str) {
        let form = TextForm::of(oid(name)).unwrap();
        let mut buf = Vec::new();
        form.parse(text.as_bytes(), &mut Arguments::new(&mut buf))
            .unwrap_or_else(|NoValue| panic!("{text}"));
        let mut back = Vec::new();
        form.print(&buf[4..], &mut back).unwrap();
        assert_eq!(String::from_utf8(back).unwrap(), printed);
    }

    #[test]
    fn values_are_printed_and_read_as_the_server_does() {
        for (name, text) in [
            ("bool", "t"),
            ("bool", "f"),
            ("int2", "-32768"),
            ("int4", "2147483647"),
            ("int8", "-9223372036854775808"),
            ("oid", "4294967295"),
            ("float4", "0.1"),
            ("float8", "-0"),
            ("float8", "NaN"),
            ("float8", "Infinity"),
            ("float4", "-Infinity"),
            ("float8", "123456.789"),
            ("numeric", "-12345678901234567890.0123"),
            ("text", "a\tb\\"),
            ("jsonb", "{\"a\": 1}"),
            ("char", "x"),
            ("char", ""),
            ("char", "\\377"),
            ("bytea", "\\x00ff5c"),
            ("bytea", "\\x"),
            ("uuid", "00112233-4455-6677-8899-aabbccddeeff"),
            ("date", "0044-03-15 BC"),
            ("time", "24:00:00"),
            ("timestamp", "infinity"),
            ("timestamptz", "2024-02-29 04:05:06.789+00"),
        ] {
            check(name, text, text);
        }
        check("float8", "1e+300", "1e300");
        check("float8", "5e-324", "5e-324");
        check("bytea", "a\\\\\\000", "\\x615c00");
        check(
            "timestamptz",
            "2024-02-29 04:05:06+02",
            "2024-02-29 02:05:06+00",
        );
    }

    #[test]
    fn texts_that_are_no_value_are_errors() {
        for (name, text) in [
            ("bool", "true"),
            ("int4", "2147483648"),
            ("int4", ""),
            ("float8", "x"),
            ("char", "ab"),
            ("char", "\\400"),
            ("bytea", "\\x0"),
            ("bytea", "\\x0g"),
            ("bytea", "\\12"),
            ("uuid", "00112233"),
            ("date", "tomorrow"),
        ] {
            let form = TextForm::of(oid(name)).unwrap();
            let mut buf = Vec::new();
            let parsed = form.parse(text.as_bytes(), &mut Arguments::new(&mut buf));
            assert_eq!(parsed, Err(NoValue), "{name} {text}");
        }
    }

    #[test]
    fn values_that_are_none_are_errors_and_types_that_are_not_known_are_told() {
        for (name, value) in [
            ("bool", &b"\x02"[..]),
            ("int4", b"\0"),
            ("jsonb", b"\x02{}"),
            ("uuid", b"short"),
        ] {
            let form = TextForm::of(oid(name)).unwrap();
            assert_eq!(form.print(value, &mut Vec::new()), Err(NoValue), "{name}");
        }
        for name in ["int4[]", "int4range", "inet"] {
            assert_eq!(TextForm::of(oid(name)), None);
        }
        assert_eq!(TextForm::of(TypeRef::Named("public.mood")), None);
    }
}
