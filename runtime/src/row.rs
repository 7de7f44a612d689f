//! A row whose columns are known only while the program runs.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use hathi_wire::Described;
use hathi_wire::types::TypeRef;

use crate::codec::{ColumnError, DataRow, Decode, DecodeError, FromValue};
use crate::error::{Error, Kind};
use crate::sql::Type;
use crate::types_in_words;

/// A row of a statement whose columns only the server knows: what [`Query::untyped`](crate::Query::untyped) and
/// [`Fragment::rows`](crate::Fragment::rows) return.
///
/// It owns its bytes, in one allocation, and shares the description of the columns with all rows of its statement.
///
/// # Example: a report somebody else wrote
///
/// ```no_run
/// use hathi::Query;
///
/// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
/// for row in session.fetch(Query::untyped("SELECT * FROM crew", ())).await? {
///     let names: Vec<&str> = row.columns().map(|column| column.name()).collect();
///     let id: i64 = row.get("id")?;
///     let nick: Option<&str> = row.get("nick")?;
///     # let _ = (names, id, nick);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Row {
    columns: Arc<[Described]>,
    body: Box<[u8]>,
}

impl Row {
    pub(crate) fn decode(row: &DataRow<'_>) -> Result<Self, Error> {
        Ok(Self {
            columns: row.server_columns().cloned().unwrap_or_default(),
            body: row.body().into(),
        })
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = ResultColumn<'_>> {
        ResultColumn::all(&self.columns)
    }

    /// How many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no columns at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Reads a column by its name, or by its number from 0. What type it has is looked at first.
    ///
    /// # Errors
    ///
    /// If there is no such column, or several of this name; if `T` is not read from its type, is no `Option` although
    /// the value is NULL, or cannot hold the value.
    ///
    /// # Example: by name and by number
    ///
    /// ```no_run
    /// # fn demo(row: &hathi::Row) -> Result<(), hathi::Error> {
    /// let id: i64 = row.get("id")?;
    /// let first = row.get::<Option<String>>(0)?;
    /// # let _ = (id, first);
    /// # Ok(()) }
    /// ```
    pub fn get<'r, T: FromValue<'r>>(&'r self, column: impl ColumnIndex) -> Result<T, Error> {
        let (index, described) = self.find(column)?;
        let value = if T::accepts(described.oid) {
            self.value(index)
                .and_then(|value| value.map_or_else(T::null, |value| T::read(described.oid, value)))
        } else {
            Err(mismatch(described.oid, &T::types()))
        };
        value.map_err(|cause| self.failed(index, type_name::<T>(), cause))
    }

    /// Reads a column as a value of the SQL type `S`, by its name or its number from 0: for what may be read from `S`,
    /// but has no list of types of its own.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also if the column is of another type than `S`. The types of text are one family.
    ///
    /// # Example: a newtype
    ///
    /// ```no_run
    /// use hathi::sql::Int8;
    ///
    /// struct UserId(i64);
    /// hathi::newtype!(UserId as Int8);
    ///
    /// # fn demo(row: &hathi::Row) -> Result<(), hathi::Error> {
    /// let id = row.read::<Int8, UserId>("id")?;
    /// # let _ = id.0;
    /// # Ok(()) }
    /// ```
    pub fn read<'r, S: Type, T: Decode<'r, S>>(
        &'r self,
        column: impl ColumnIndex,
    ) -> Result<T, Error> {
        let (index, described) = self.find(column)?;
        let value = if described.is(S::TYPE) {
            self.value(index)
                .and_then(|value| value.map_or_else(T::null, T::decode))
        } else {
            Err(mismatch(described.oid, &[S::NAME]))
        };
        value.map_err(|cause| self.failed(index, type_name::<T>(), cause))
    }

    /// The bytes of a column as they came, in PostgreSQL's binary format; `None` is NULL. Values of an enum are the
    /// text of their label.
    ///
    /// # Errors
    ///
    /// If there is no such column, or several of this name.
    pub fn raw(&self, column: impl ColumnIndex) -> Result<Option<&[u8]>, Error> {
        let (index, _) = self.find(column)?;
        self.value(index)
            .map_err(|cause| self.failed(index, type_name::<&[u8]>(), cause))
    }

    fn find(&self, column: impl ColumnIndex) -> Result<(u16, &Described), Error> {
        let index = column.index(&self.columns)?;
        let described = usize::from(index);
        match self.columns.get(described) {
            Some(described) => Ok((index, described)),
            None => Err(missing(&Wanted::Number(described), &self.columns)),
        }
    }

    fn value(&self, index: u16) -> Result<Option<&[u8]>, DecodeError> {
        let count = u16::try_from(self.columns.len()).unwrap_or(u16::MAX);
        DataRow::new(&self.body, count)?.value(index)
    }

    #[cold]
    fn failed(&self, index: u16, rust: &'static str, cause: DecodeError) -> Error {
        Error::from(ColumnError::new(index, rust, cause)).with_columns(&self.columns)
    }
}

impl fmt::Debug for Row {
    // The values are the user's and none of a log's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("columns", &self.columns)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A column of a result, as the server describes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResultColumn<'r>(&'r Described);

impl<'r> ResultColumn<'r> {
    pub(crate) fn all(columns: &'r [Described]) -> impl ExactSizeIterator<Item = Self> {
        columns.iter().map(Self)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'r str {
        &self.0.name
    }

    /// The OID of its type; that of a domain is the one of the type it is over.
    #[must_use]
    pub fn type_oid(self) -> u32 {
        self.0.oid
    }

    /// The name of its type, if it is one of PostgreSQL's own: `int4`, `text[]`.
    #[must_use]
    pub fn type_name(self) -> Option<&'static str> {
        hathi_wire::types::by_oid(self.0.oid).map(|info| info.name)
    }
}

impl fmt::Debug for ResultColumn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultColumn")
            .field("name", &self.name())
            .field("type", &words(self.0.oid))
            .finish()
    }
}

/// What names a column of a run-time row: its name, or its number from 0.
pub trait ColumnIndex: Copy + sealed::Sealed {
    #[doc(hidden)]
    fn index(self, columns: &[Described]) -> Result<u16, Error>;
}

mod sealed {
    /// Keeps what names a column to names and numbers.
    pub trait Sealed {}

    impl Sealed for usize {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl ColumnIndex for usize {
    fn index(self, columns: &[Described]) -> Result<u16, Error> {
        u16::try_from(self).map_err(|_| missing(&Wanted::Number(self), columns))
    }
}

impl ColumnIndex for &str {
    fn index(self, columns: &[Described]) -> Result<u16, Error> {
        let mut named = (0_u16..)
            .zip(columns)
            .filter(|(_, found)| *found.name == *self);
        match (named.next(), named.next()) {
            (Some((index, _)), None) => Ok(index),
            (found, _) => {
                let name = self.to_owned();
                let wanted = match found {
                    Some(_) => Wanted::Ambiguous(name),
                    None => Wanted::Name(name),
                };
                Err(missing(&wanted, columns))
            }
        }
    }
}

impl ColumnIndex for &String {
    fn index(self, columns: &[Described]) -> Result<u16, Error> {
        self.as_str().index(columns)
    }
}

/// A column that was asked for and cannot be told.
#[derive(Debug)]
pub(crate) struct NoSuchColumn {
    wanted: Wanted,
    columns: Vec<Box<str>>,
}

#[derive(Debug, Clone)]
enum Wanted {
    Number(usize),
    Name(String),
    Ambiguous(String),
}

#[cold]
fn missing(wanted: &Wanted, columns: &[Described]) -> Error {
    Error::new(Kind::NoSuchColumn(NoSuchColumn {
        wanted: wanted.clone(),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
    }))
}

impl fmt::Display for NoSuchColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wanted {
            Wanted::Number(number) => {
                let count = self.columns.len();
                write!(
                    f,
                    "there is no column {number}, counted from 0: the row has {count}"
                )?;
            }
            Wanted::Name(name) => write!(f, "there is no column \"{name}\"")?,
            Wanted::Ambiguous(name) => write!(
                f,
                "several columns are called \"{name}\": read them by their numbers, or give them other names"
            )?,
        }
        for (index, column) in self.columns.iter().enumerate() {
            let before = if index == 0 { "; the columns are" } else { "," };
            write!(f, "{before} \"{column}\"")?;
        }
        Ok(())
    }
}

/// A column of another type than what is read from it.
#[derive(Debug)]
struct Mismatch {
    found: u32,
    expected: Vec<&'static str>,
}

#[cold]
fn mismatch(found: u32, expected: &[&'static str]) -> DecodeError {
    DecodeError::rejected(Mismatch {
        found,
        expected: expected.to_vec(),
    })
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = self.expected.join(" or ");
        write!(
            f,
            "expected a column of type {expected}, found {}",
            words(self.found)
        )
    }
}

impl std::error::Error for Mismatch {}

fn words(oid: u32) -> Cow<'static, str> {
    types_in_words::type_name(TypeRef::Oid(oid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Int8, Text, Varchar};

    fn row() -> Row {
        let column = |name: &str, oid| Described {
            name: name.into(),
            oid,
        };
        Row {
            columns: [
                column("id", 23),
                column("nick", 1043),
                column("x", 20),
                column("x", 50_000),
            ]
            .into(),
            body: b"\0\x04\0\0\0\x04\0\0\0\x07\xff\xff\xff\xff\0\0\0\x08\0\0\0\0\0\0\0\x09\0\0\0\x03sad"[..].into(),
        }
    }

    #[track_caller]
    fn fails<T: fmt::Debug>(read: Result<T, Error>, expected: &str) {
        assert_eq!(read.unwrap_err().to_string(), expected);
    }

    #[test]
    fn columns_are_read_by_name_and_by_number() {
        let row = row();
        assert_eq!(row.get::<i32>("id").unwrap(), 7);
        assert_eq!(row.get::<i64>(0).unwrap(), 7);
        assert_eq!(
            row.get::<Option<&str>>(&String::from("nick")).unwrap(),
            None
        );
        assert_eq!(row.get::<Option<i64>>(2).unwrap(), Some(9));
        assert_eq!(row.raw(3).unwrap(), Some(&b"sad"[..]));
        assert_eq!(row.read::<Text, Option<String>>("nick").unwrap(), None);
        assert_eq!(row.read::<Varchar, Option<String>>(1).unwrap(), None);
        let names: Vec<_> = row.columns().map(ResultColumn::name).collect();
        assert_eq!(names, ["id", "nick", "x", "x"]);
        let types: Vec<_> = row.columns().map(ResultColumn::type_name).collect();
        assert_eq!(types, [Some("int4"), Some("varchar"), Some("int8"), None]);
    }

    #[test]
    fn a_column_of_another_type_is_named_with_what_would_fit() {
        let row = row();
        fails(
            row.get::<i32>(2),
            "\"x\": column 3 cannot be read as `i32`: expected a column of type int2 or int4, found int8",
        );
        fails(
            row.get::<Option<String>>("id"),
            "\"id\": column 1 cannot be read as `Option<String>`: expected a column of type text or varchar or bpchar or name, found int4",
        );
        fails(
            row.read::<Int8, i64>("id"),
            "\"id\": column 1 cannot be read as `i64`: expected a column of type int8, found int4",
        );
        fails(
            row.get::<String>(3),
            "\"x\": column 4 cannot be read as `String`: expected a column of type text or varchar or bpchar or name, found with OID 50000",
        );
    }

    #[test]
    fn null_needs_an_option() {
        fails(
            row().get::<String>("nick"),
            "\"nick\": column 2 is NULL although it is read as `String`",
        );
    }

    #[test]
    fn a_column_that_is_not_there_is_answered_with_those_that_are() {
        let row = row();
        let columns = "the columns are \"id\", \"nick\", \"x\", \"x\"";
        fails(
            row.get::<i32>("ID"),
            &format!("there is no column \"ID\"; {columns}"),
        );
        fails(
            row.get::<i32>("x"),
            &format!(
                "several columns are called \"x\": read them by their numbers, or give them other names; {columns}"
            ),
        );
        fails(
            row.raw(4),
            &format!("there is no column 4, counted from 0: the row has 4; {columns}"),
        );
        assert!(row.get::<i32>(70_000).unwrap_err().is_codec());
    }

    #[test]
    fn lists_are_read_from_arrays() {
        let body =
            b"\0\x01\0\0\0\x18\0\0\0\x01\0\0\0\0\0\0\0\x17\0\0\0\x01\0\0\0\x01\xff\xff\xff\xff";
        let row = Row {
            columns: [Described {
                name: "ids".into(),
                oid: 1007,
            }]
            .into(),
            body: body[..].into(),
        };
        assert_eq!(row.get::<Vec<Option<i64>>>("ids").unwrap(), [None]);
        let error = row.get::<Vec<i32>>("ids").unwrap_err().to_string();
        assert!(error.ends_with("element 0: it is NULL"), "{error}");
        assert!(row.get::<Vec<i16>>("ids").is_err());
    }
}
