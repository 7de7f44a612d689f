//! One row as the server sent it.

use std::any::type_name;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use hathi_wire::Described;

use super::{ColumnError, Decode, DecodeError, DecodeNullable};

/// The body of a DataRow message: the number of fields, then the length and the bytes of each; -1 is NULL.
///
/// Columns are read in any order; in the order of the row each costs the same, wherever it stands.
pub struct DataRow<'r> {
    body: &'r [u8],
    columns: u16,
    // Invariant: `offset` is where the length of column `next` stands, or the end of the last column. A column beyond
    // the last is found missing there; only `seek` compares with `columns`, since nobody pays for it on the way.
    next: Cell<u32>,
    offset: Cell<usize>,
    // The columns as the server described them, where the statement does not say what they are.
    described: Option<&'r Arc<[Described]>>,
}

/// The number of fields, in front of the first one.
const HEADER: usize = 2;

/// The length, in front of each field.
const LENGTH: usize = 4;

impl<'r> DataRow<'r> {
    /// Takes the body of a DataRow message for a statement with so many columns.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Fields`] if the row has another number of fields.
    #[inline]
    pub fn new(body: &'r [u8], columns: u16) -> Result<Self, DecodeError> {
        match body.first_chunk::<HEADER>() {
            Some(fields) if u16::from_be_bytes(*fields) == columns => Ok(Self {
                body,
                columns,
                next: Cell::new(0),
                offset: Cell::new(HEADER),
                described: None,
            }),
            fields => Err(wrong_fields(columns, fields)),
        }
    }

    /// Takes a row of a statement whose columns only the server knows.
    pub(crate) fn described(
        body: &'r [u8],
        described: Option<&'r Arc<[Described]>>,
    ) -> Result<Self, DecodeError> {
        let columns = described.map_or(0, |columns| columns.len());
        let row = Self::new(body, u16::try_from(columns).unwrap_or(u16::MAX))?;
        Ok(Self { described, ..row })
    }

    /// The columns as the server described them, where the statement does not say what they are.
    pub(crate) fn server_columns(&self) -> Option<&'r Arc<[Described]>> {
        self.described
    }

    /// All of it.
    pub(crate) fn body(&self) -> &'r [u8] {
        self.body
    }

    /// The bytes of a column, counted from 0; `None` is NULL.
    pub(crate) fn value(&self, column: u16) -> Result<Option<&'r [u8]>, DecodeError> {
        self.seek(column)
    }

    /// How many columns the row has.
    #[inline]
    #[must_use]
    pub fn columns(&self) -> u16 {
        self.columns
    }

    /// Reads a column, counted from 0.
    ///
    /// # Errors
    ///
    /// If the column is NULL and `T` no `Option`, or holds what `T` cannot.
    #[inline]
    pub fn get<S, T: Decode<'r, S>>(&self, column: u16) -> Result<T, ColumnError> {
        match self.next(u32::from(column)) {
            Next::Value(value) => match T::decode(value) {
                Ok(value) => Ok(value),
                Err(cause) => Err(ColumnError::new(column, type_name::<T>(), cause)),
            },
            Next::Null | Next::Unexpected => self.get_unexpected(column),
        }
    }

    /// Reads a column that can be NULL, counted from 0: `T` is an `Option`.
    ///
    /// # Errors
    ///
    /// If the column holds what `T` cannot.
    #[inline]
    pub fn nullable<S, T: DecodeNullable<'r, S>>(&self, column: u16) -> Result<T, ColumnError> {
        let value = match self.next(u32::from(column)) {
            Next::Value(value) => Some(value),
            Next::Null => {
                self.skip_null();
                None
            }
            Next::Unexpected => return self.nullable_unexpected(column),
        };
        match T::decode_nullable(value) {
            Ok(value) => Ok(value),
            Err(cause) => Err(ColumnError::new(column, type_name::<T>(), cause)),
        }
    }

    /// The bytes of a column as they came, counted from 0; `None` is NULL.
    ///
    /// # Errors
    ///
    /// If there is no such column, or the row ends before it does.
    pub fn raw(&self, column: u16) -> Result<Option<&'r [u8]>, ColumnError> {
        self.seek(column)
            .map_err(|cause| ColumnError::new(column, type_name::<&[u8]>(), cause))
    }

    /// The field under the cursor, if it is this one and whole; the cursor moves behind a value.
    #[inline]
    fn next(&self, column: u32) -> Next<'r> {
        let offset = self.offset.get();
        let rest = self
            .body
            .get(offset..)
            .and_then(|rest| rest.split_first_chunk::<LENGTH>());
        let Some((length, rest)) = rest else {
            return Next::Unexpected;
        };
        if column != self.next.get() {
            return Next::Unexpected;
        }
        let length = i32::from_be_bytes(*length);
        let Ok(length) = usize::try_from(length) else {
            return if length == -1 {
                Next::Null
            } else {
                Next::Unexpected
            };
        };
        let Some(value) = rest.get(..length) else {
            return Next::Unexpected;
        };
        self.next.set(column + 1);
        self.offset.set(offset + LENGTH + length);
        Next::Value(value)
    }

    /// Moves behind the NULL under the cursor.
    #[inline]
    fn skip_null(&self) {
        self.next.set(self.next.get() + 1);
        self.offset.set(self.offset.get() + LENGTH);
    }

    /// What is not the next value in order: NULL, another column, or a row that is broken.
    #[cold]
    #[inline(never)]
    fn get_unexpected<S, T: Decode<'r, S>>(&self, column: u16) -> Result<T, ColumnError> {
        self.seek(column)
            .and_then(|value| value.map_or_else(T::null, T::decode))
            .map_err(|cause| ColumnError::new(column, type_name::<T>(), cause))
    }

    /// As [`Self::get_unexpected`], but for NULL.
    #[cold]
    #[inline(never)]
    fn nullable_unexpected<S, T: DecodeNullable<'r, S>>(
        &self,
        column: u16,
    ) -> Result<T, ColumnError> {
        self.seek(column)
            .and_then(T::decode_nullable)
            .map_err(|cause| ColumnError::new(column, type_name::<T>(), cause))
    }

    /// Reads a field wherever the cursor stands, and says what is wrong with it.
    fn seek(&self, column: u16) -> Result<Option<&'r [u8]>, DecodeError> {
        if column >= self.columns {
            return Err(DecodeError::NoColumn);
        }
        let column = u32::from(column);
        if column < self.next.get() {
            self.next.set(0);
            self.offset.set(HEADER);
        }
        loop {
            let next = self.next.get();
            let value = match self.next(next) {
                Next::Value(value) => Some(value),
                Next::Null => {
                    self.skip_null();
                    None
                }
                Next::Unexpected => return Err(DecodeError::Truncated),
            };
            if next == column {
                return Ok(value);
            }
        }
    }
}

/// What stands under the cursor.
enum Next<'r> {
    Value(&'r [u8]),
    Null,
    Unexpected,
}

impl fmt::Debug for DataRow<'_> {
    // The values are the user's and none of a log's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataRow")
            .field("columns", &self.columns)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cold]
fn wrong_fields(expected: u16, fields: Option<&[u8; HEADER]>) -> DecodeError {
    match fields {
        Some(fields) => DecodeError::Fields {
            expected,
            found: u16::from_be_bytes(*fields),
        },
        None => DecodeError::Truncated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Int4, Text};

    const ROW: &[u8] = b"\0\x03\0\0\0\x04\0\0\0\x2a\xff\xff\xff\xff\0\0\0\x03ada";

    #[test]
    fn columns_are_read_in_any_order() {
        let row = DataRow::new(ROW, 3).unwrap();
        assert_eq!(row.get::<Int4, i32>(0).unwrap(), 42);
        assert_eq!(row.nullable::<Text, Option<String>>(1).unwrap(), None);
        assert_eq!(row.get::<Text, &str>(2).unwrap(), "ada");
        assert_eq!(row.get::<Int4, i64>(0).unwrap(), 42);
        assert_eq!(row.get::<Text, String>(2).unwrap(), "ada");
        assert_eq!(row.get::<Text, String>(2).unwrap(), "ada");
        assert_eq!(row.raw(0).unwrap(), Some(&[0, 0, 0, 42][..]));
    }

    #[test]
    fn null_is_an_error_for_everything_but_an_option() {
        let row = DataRow::new(ROW, 3).unwrap();
        let error = row.get::<Text, String>(1).unwrap_err();
        assert_eq!(error.column(), 1);
        assert!(matches!(error.cause(), DecodeError::Null));
        assert_eq!(
            error.to_string(),
            "column 2 is NULL although it is read as `String`"
        );
        assert_eq!(row.get::<Text, Option<String>>(1).unwrap(), None);
        assert_eq!(
            row.get::<Text, Option<String>>(2).unwrap().as_deref(),
            Some("ada")
        );
    }

    #[test]
    fn another_number_of_fields_is_an_error() {
        assert!(matches!(
            DataRow::new(ROW, 4),
            Err(DecodeError::Fields {
                expected: 4,
                found: 3
            })
        ));
        assert!(matches!(
            DataRow::new(b"\0", 0),
            Err(DecodeError::Truncated)
        ));
        let row = DataRow::new(ROW, 3).unwrap();
        for column in [3, 4, u16::MAX] {
            let error = row.get::<Int4, i32>(column).unwrap_err();
            assert!(matches!(error.cause(), DecodeError::NoColumn));
        }
    }

    #[test]
    fn the_most_columns_a_row_can_have_do_not_overflow() {
        let mut body = u16::MAX.to_be_bytes().to_vec();
        body.resize(HEADER + usize::from(u16::MAX) * LENGTH, 0xff);
        for trailing in [0, 1, LENGTH] {
            body.resize(body.len() + trailing, 0);
            let row = DataRow::new(&body, u16::MAX).unwrap();
            for column in 0..u16::MAX {
                let value = row.nullable::<Text, Option<&str>>(column);
                assert_eq!(value.unwrap(), None);
            }
            assert!(trailing > 0 || row.get::<Text, &str>(u16::MAX).is_err());
            let _ = row.get::<Text, &str>(u16::MAX);
            assert_eq!(row.raw(0).unwrap(), None);
        }
    }

    #[test]
    fn a_row_cut_anywhere_is_an_error_and_no_panic() {
        for length in HEADER..ROW.len() {
            let row = DataRow::new(&ROW[..length], 3).unwrap();
            let error = row.get::<Text, &str>(2).unwrap_err();
            assert!(matches!(error.cause(), DecodeError::Truncated));
        }
    }

    #[test]
    fn lengths_that_lie_are_errors() {
        for length in [-2, i32::MIN, 4, i32::MAX] {
            let mut body = vec![0, 1];
            body.extend_from_slice(&length.to_be_bytes());
            body.extend_from_slice(b"ada");
            let row = DataRow::new(&body, 1).unwrap();
            assert!(row.get::<Text, &str>(0).is_err());
        }
    }
}
