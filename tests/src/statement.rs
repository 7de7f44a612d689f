//! Statements as the macros write them, but by hand: in a test the SQL may be wrong, and the columns may be lies.

use std::fmt;

use hathi::__private::{Column, DecodeRow, Needs, Origin, Parts};
use hathi::sql::{Float8, Int4, Int8, Text, Type, TypeRef};
use hathi::{Bind, Bound, Command, Decode, Many, Query};

/// A query: the SQL, the types of its parameters, and its columns with their types.
///
/// `statement!("…", [Int4] -> ("id", Int4))` has rows that are the column, `-> [("id", Int4), …]` tuples of the columns.
/// A column is read as its default type, or as another: `("id", Int4 as i64)`. `writes "…"` says that it changes
/// something; `One: "…"` how many rows it promises.
#[macro_export]
macro_rules! statement {
    (writes $sql:expr, $($rest:tt)*) => { $crate::statement!(@rows [Many] [true] $sql, $($rest)*) };
    ($cardinality:ident: $sql:expr, $($rest:tt)*) => {
        $crate::statement!(@rows [$cardinality] [false] $sql, $($rest)*)
    };
    (@rows [$cardinality:ident] [$writes:literal] $sql:expr, [$($parameter:ty),*]
        -> ($name:literal, $marker:ty $(as $rust:ty)?)) => {{
        fn decode(
            row: &::hathi::DataRow<'_>,
        ) -> Result<$crate::statement!(@rust $marker $(, $rust)?), ::hathi::Error> {
            Ok(row.get::<$marker, _>(0)?)
        }
        const PARTS: &::hathi::__private::Parts =
            $crate::statement!(@parts $sql, [$($parameter),*], [($name, $marker)], $writes);
        ::hathi::Query::<($($parameter,)*), _, ::hathi::$cardinality>::__new(PARTS, decode)
    }};
    (@rows [$cardinality:ident] [$writes:literal] $sql:expr, [$($parameter:ty),*]
        -> [$(($name:literal, $marker:ty $(as $rust:ty)?)),* $(,)?]) => {{
        fn decode(
            row: &::hathi::DataRow<'_>,
        ) -> Result<($($crate::statement!(@rust $marker $(, $rust)?),)*), ::hathi::Error> {
            let mut columns = 0_u16..row.columns();
            let _ = &mut columns;
            Ok(($(row.get::<$marker, _>(columns.next().unwrap_or(u16::MAX))?,)*))
        }
        const PARTS: &::hathi::__private::Parts =
            $crate::statement!(@parts $sql, [$($parameter),*], [$(($name, $marker)),*], $writes);
        ::hathi::Query::<($($parameter,)*), _, ::hathi::$cardinality>::__new(PARTS, decode)
    }};
    (@parts $sql:expr, [$($parameter:ty),*], [$(($name:literal, $marker:ty)),*], $writes:literal) => {
        &::hathi::__private::Parts {
            sql: $sql,
            parameters: &[$(<$parameter as ::hathi::sql::Type>::TYPE),*],
            names: &[$($crate::statement!(@unnamed $parameter)),*],
            columns: &[$(::hathi::__private::Column { name: $name, ty: <$marker as ::hathi::sql::Type>::TYPE }),*],
            writes: $writes,
            summary: "",
            needs: ::hathi::__private::Needs::NONE,
            origin: $crate::__at(file!(), line!(), column!()),
        }
    };
    (@rust $marker:ty) => { <$marker as ::hathi::sql::Type>::Rust };
    (@rust $marker:ty, $rust:ty) => { $rust };
    (@unnamed $parameter:ty) => { "" };
    ($sql:expr, $($rest:tt)*) => { $crate::statement!(@rows [Many] [false] $sql, $($rest)*) };
}

/// A command: the SQL and the types of its parameters.
#[macro_export]
macro_rules! command {
    ($sql:expr) => { $crate::command!($sql, []) };
    ($sql:expr, [$($parameter:ty),*]) => {{
        const PARTS: &::hathi::__private::Parts = $crate::statement!(@parts $sql, [$($parameter),*], [], true);
        ::hathi::Command::<($($parameter,)*)>::__new(PARTS)
    }};
}

/// A place in a test.
#[doc(hidden)]
pub const fn __at(file: &'static str, line: u32, column: u32) -> Origin {
    Origin { file, line, column }
}

/// A statement whose text is made while the test runs. It is never freed, as those of a program are not.
#[derive(Debug)]
pub struct Made {
    sql: String,
    parameters: Vec<TypeRef>,
    columns: Vec<Column>,
    writes: bool,
    outside_transactions: bool,
}

impl Made {
    /// A statement without parameters and columns.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            parameters: Vec::new(),
            columns: Vec::new(),
            writes: false,
            outside_transactions: false,
        }
    }

    /// One parameter more.
    #[must_use]
    pub fn parameter<S: Type>(mut self) -> Self {
        self.parameters.push(S::TYPE);
        self
    }

    /// One column more; one without a name may have any.
    #[must_use]
    pub fn column<S: Type>(mut self, name: &'static str) -> Self {
        self.columns.push(Column { name, ty: S::TYPE });
        self
    }

    /// It changes something.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.writes = true;
        self
    }

    /// It cannot run in a transaction.
    #[must_use]
    pub fn outside_transactions(mut self) -> Self {
        self.outside_transactions = true;
        self
    }

    fn leak(self) -> &'static Parts {
        let names = vec![""; self.parameters.len()];
        Box::leak(Box::new(Parts {
            sql: self.sql.leak(),
            parameters: self.parameters.leak(),
            names: names.leak(),
            columns: self.columns.leak(),
            writes: self.writes,
            summary: "",
            needs: Needs {
                outside_transactions: self.outside_transactions,
                ..Needs::NONE
            },
            origin: __at(file!(), line!(), 1),
        }))
    }

    /// The query, without values.
    pub fn query<R>(self, decode: DecodeRow<R>) -> Query<(), R> {
        Query::__new(self.leak(), decode)
    }

    /// The query with its values.
    pub fn bound<P, A: Bind<P>, R>(
        self,
        decode: DecodeRow<R>,
        arguments: A,
    ) -> Bound<A, P, R, Many> {
        Query::__new(self.leak(), decode).bind(arguments)
    }

    /// The command, without values.
    pub fn command(self) -> Command<()> {
        Command::__new(self.leak())
    }
}

/// A Rust type that has one obvious SQL type.
pub(crate) trait Plain: for<'r> Decode<'r, Self::Sql> + fmt::Debug {
    /// That type.
    type Sql: Type;
}

macro_rules! plain {
    ($($rust:ty: $sql:ty),+) => {$(
        impl Plain for $rust {
            type Sql = $sql;
        }
    )+};
}

plain!(String: Text, i32: Int4, i64: Int8, f64: Float8);

#[cfg(test)]
mod tests {
    use hathi::sql::{Int4, Nullable, Text};

    #[test]
    fn statements_written_by_hand_say_what_was_written() {
        let query = statement!("SELECT id, name FROM crew WHERE id = $1", [Int4] -> [("id", Int4), ("name", Nullable<Text>)]);
        assert_eq!(query.sql(), "SELECT id, name FROM crew WHERE id = $1");
        assert_eq!(query.names(), [""]);
        assert!(query.origin().file.ends_with("statement.rs"));
        assert_eq!(command!("DELETE FROM crew").sql(), "DELETE FROM crew");
    }
}
