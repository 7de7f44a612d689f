//! What can go wrong between values and bytes. Made only when it did: nothing here runs on the way of a good value.

use std::error::Error;
use std::fmt;

/// Why a value cannot be sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum EncodeError {
    /// The value is longer than 2 GiB, or an array has more elements than the protocol can count.
    TooLong,
    /// The SQL type has no such value.
    OutOfRange,
    /// An array whose dimensions do not fit its elements, or that has more than six.
    Dimensions,
    /// A closure given to [`Arguments::value`](super::Arguments::value) removed what was written before.
    Overwritten,
    /// An implementation of [`Encode`](super::Encode) wrote another number of values than one.
    Values {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The Rust type has a reason of its own, see [`EncodeError::rejected`].
    Rejected(Box<dyn Error + Send + Sync>),
}

impl EncodeError {
    /// A reason of the Rust type's own.
    #[cold]
    pub fn rejected<E: Into<Box<dyn Error + Send + Sync>>>(reason: E) -> Self {
        Self::Rejected(reason.into())
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the value is longer than the protocol can carry"),
            Self::OutOfRange => f.write_str("the SQL type has no such value"),
            Self::Dimensions => f.write_str("the dimensions do not fit the elements of the array"),
            Self::Overwritten => f.write_str("the encoder removed what was written before it"),
            Self::Values { expected, found } => {
                write!(f, "expected {expected} values, the encoder wrote {found}")
            }
            Self::Rejected(reason) => fmt::Display::fmt(reason, f),
        }
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(reason) => reason.source(),
            _ => None,
        }
    }
}

/// Why a value cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecodeError {
    /// NULL, and the Rust type is no `Option`.
    Null,
    /// Another length than the type has.
    Length {
        /// The length of every value of the type.
        expected: u32,
        /// The length of this one.
        found: u32,
    },
    /// The value, or the row around it, ends too early.
    Truncated,
    /// Bytes are left behind the end of the value.
    Trailing,
    /// The row has another number of fields than the statement has columns.
    Fields {
        /// The number of columns.
        expected: u16,
        /// The number of fields.
        found: u16,
    },
    /// A column beyond the last one was asked for.
    NoColumn,
    /// The bytes of a text are not UTF-8.
    Utf8,
    /// The bytes are no value of the SQL type.
    Malformed,
    /// A `jsonb` in another version than 1.
    JsonbVersion(u8),
    /// A number, date or time beyond what the Rust type can hold.
    OutOfRange,
    /// NaN or an infinity, which the Rust type cannot hold.
    NotFinite,
    /// More digits than the Rust type can hold.
    Inexact,
    /// An array of several dimensions, and the Rust type has one: [`types::Array`](crate::types::Array) has any number.
    Dimensions(i32),
    /// An array of another type.
    ElementType {
        /// The OID of the element's type.
        expected: u32,
        /// The OID in the array.
        found: u32,
    },
    /// An element of an array cannot be read.
    Element {
        /// Its place, counted from 0.
        index: u32,
        /// Why.
        cause: Box<Self>,
    },
    /// The Rust type has a reason of its own, see [`DecodeError::rejected`].
    // Boxed twice: the error stays two words, and a `String` or an error three.
    Rejected(Box<Box<dyn Error + Send + Sync>>),
}

impl DecodeError {
    /// A reason of the Rust type's own.
    #[cold]
    pub fn rejected<E: Into<Box<dyn Error + Send + Sync>>>(reason: E) -> Self {
        Self::Rejected(Box::new(reason.into()))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn length(expected: usize, found: usize) -> Self {
        Self::Length {
            expected: u32::try_from(expected).unwrap_or(u32::MAX),
            found: u32::try_from(found).unwrap_or(u32::MAX),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn element(index: usize, cause: Self) -> Self {
        Self::Element {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            cause: Box::new(cause),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("it is NULL"),
            Self::Length { expected, found } => {
                write!(f, "expected {expected} bytes, the value has {found}")
            }
            Self::Truncated => f.write_str("the bytes end too early"),
            Self::Trailing => f.write_str("bytes are left behind the end of the value"),
            Self::Fields { expected, found } => {
                write!(f, "expected {expected} columns, the row has {found}")
            }
            Self::NoColumn => f.write_str("the row has no such column"),
            Self::Utf8 => f.write_str("the text is not UTF-8"),
            Self::Malformed => f.write_str("the bytes are no value of the SQL type"),
            Self::JsonbVersion(found) => {
                write!(f, "expected version 1 of jsonb, the value has {found}")
            }
            Self::OutOfRange => f.write_str("the value is beyond the range of the Rust type"),
            Self::NotFinite => {
                f.write_str("the value is no finite one, and the Rust type has no others")
            }
            Self::Inexact => f.write_str("the value has more digits than the Rust type can hold"),
            Self::Dimensions(found) => {
                write!(
                    f,
                    "expected an array of one dimension, this one has {found}: use `hathi::types::Array`"
                )
            }
            Self::ElementType { expected, found } => {
                write!(
                    f,
                    "expected an array of the type with OID {expected}, found one of {found}"
                )
            }
            Self::Element { index, cause } => write!(f, "element {index}: {cause}"),
            Self::Rejected(reason) => fmt::Display::fmt(reason, f),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Rejected(reason) => reason.source(),
            Self::Element { cause, .. } => cause.source(),
            _ => None,
        }
    }
}

/// A parameter whose value cannot be sent.
#[derive(Debug)]
pub struct ArgumentError {
    argument: u16,
    cause: EncodeError,
}

impl ArgumentError {
    #[cold]
    #[inline(never)]
    pub(super) fn new(argument: u16, cause: EncodeError) -> Self {
        Self { argument, cause }
    }

    /// The parameter, counted from 0.
    #[must_use]
    pub fn argument(&self) -> u16 {
        self.argument
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> &EncodeError {
        &self.cause
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u32::from(self.argument) + 1;
        write!(f, "parameter ${number} cannot be sent: {}", self.cause)
    }
}

impl Error for ArgumentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}

/// A column whose value cannot be read.
///
/// One pointer wide, so that a good value is returned in registers.
#[derive(Debug)]
pub struct ColumnError(Box<Column>);

#[derive(Debug)]
struct Column {
    column: u16,
    rust: &'static str,
    cause: DecodeError,
}

impl ColumnError {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(column: u16, rust: &'static str, cause: DecodeError) -> Self {
        Self(Box::new(Column {
            column,
            rust,
            cause,
        }))
    }

    /// The column, counted from 0.
    #[must_use]
    pub fn column(&self) -> u16 {
        self.0.column
    }

    /// The Rust type it was read as, without the paths: `Option<String>`.
    #[must_use]
    pub fn rust_type(&self) -> String {
        without_paths(self.0.rust)
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> &DecodeError {
        &self.0.cause
    }
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = u32::from(self.0.column) + 1;
        let rust = self.rust_type();
        match &self.0.cause {
            DecodeError::Null => {
                write!(f, "column {number} is NULL although it is read as `{rust}`")
            }
            cause => write!(f, "column {number} cannot be read as `{rust}`: {cause}"),
        }
    }
}

impl Error for ColumnError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.source()
    }
}

/// `core::option::Option<alloc::string::String>` as people write it: `Option<String>`.
fn without_paths(rust: &str) -> String {
    let mut short = String::with_capacity(rust.len());
    let mut word = 0;
    let mut rest = rust.chars().peekable();
    while let Some(character) = rest.next() {
        if character == ':' && rest.peek() == Some(&':') {
            rest.next();
            short.truncate(word);
        } else {
            short.push(character);
            if !(character.is_alphanumeric() || character == '_') {
                word = short.len();
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rust: &str, expected: &str) {
        assert_eq!(without_paths(rust), expected);
    }

    #[test]
    fn rust_types_are_named_without_their_paths() {
        check("i32", "i32");
        check(
            "core::option::Option<alloc::string::String>",
            "Option<String>",
        );
        check(
            "(&[u8], alloc::vec::Vec<my_app::Email>)",
            "(&[u8], Vec<Email>)",
        );
    }

    #[test]
    fn errors_name_the_column_and_the_parameter_as_sql_counts_them() {
        let null = ColumnError::new(1, "alloc::string::String", DecodeError::Null);
        assert_eq!(
            null.to_string(),
            "column 2 is NULL although it is read as `String`"
        );
        let length = ColumnError::new(0, "i32", DecodeError::length(4, 8));
        assert_eq!(
            length.to_string(),
            "column 1 cannot be read as `i32`: expected 4 bytes, the value has 8"
        );
        let long = ArgumentError::new(2, EncodeError::TooLong);
        assert_eq!(
            long.to_string(),
            "parameter $3 cannot be sent: the value is longer than the protocol can carry"
        );
        let element = DecodeError::element(4, DecodeError::rejected("no @ in it"));
        assert_eq!(element.to_string(), "element 4: no @ in it");
    }
}
