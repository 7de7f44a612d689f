//! The types of a hand-written statement, as tuples of markers.

use hathi_wire::Column;

use super::{Type, TypeRef};
use crate::codec::{DataRow, Decode};
use crate::error::Error;

/// The types of the parameters of a hand-written statement: a tuple of markers, `(int4, nullable(text))`, up to 64.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the types of parameters",
    label = "expected a tuple of SQL types, such as `(int4, text)`",
    note = "one type is a tuple too: `(int4,)`; none is `()`"
)]
pub trait Types: Copy {
    /// How the server is told of each.
    const TYPES: &'static [TypeRef];
}

/// The columns of a hand-written statement: a tuple of markers, whose rows are tuples of their default Rust types, or
/// one marker, whose rows are values of its own. Up to 64.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the columns of a statement",
    label = "expected SQL types, such as `(int8, nullable(text))`",
    note = "one column may be written without parentheses, then rows are single values"
)]
pub trait Columns: Copy {
    /// The Rust row.
    type Rust;

    #[doc(hidden)]
    const COLUMNS: &'static [Column];

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// If a column holds what its Rust type cannot, or is NULL and not declared to be `nullable`.
    fn decode(row: &DataRow<'_>) -> Result<Self::Rust, Error>;
}

const fn column<S: Type>() -> Column {
    // Names are nobody's business here: rows are read by position.
    Column {
        name: "",
        ty: S::TYPE,
    }
}

impl<S> Columns for S
where
    S: Type + Copy,
    S::Rust: for<'r> Decode<'r, S>,
{
    type Rust = S::Rust;

    const COLUMNS: &'static [Column] = &[column::<S>()];

    fn decode(row: &DataRow<'_>) -> Result<S::Rust, Error> {
        Ok(row.get::<S, S::Rust>(0)?)
    }
}

impl Types for () {
    const TYPES: &'static [TypeRef] = &[];
}

impl Columns for () {
    type Rust = ();

    const COLUMNS: &'static [Column] = &[];

    fn decode(_: &DataRow<'_>) -> Result<(), Error> {
        Ok(())
    }
}

/// Implements both for the tuple of all that was taken so far and one more, then takes one more.
macro_rules! tuples {
    ([$($sql:ident $index:tt)*]) => {};
    ([$($sql:ident $index:tt)*] $next:ident $next_index:tt $($more:tt)*) => {
        impl<$($sql: Type + Copy,)* $next: Type + Copy> Types for ($($sql,)* $next,) {
            const TYPES: &'static [TypeRef] = &[$($sql::TYPE,)* $next::TYPE];
        }

        impl<$($sql: Type + Copy,)* $next: Type + Copy> Columns for ($($sql,)* $next,)
        where
            $($sql::Rust: for<'r> Decode<'r, $sql>,)*
            $next::Rust: for<'r> Decode<'r, $next>,
        {
            type Rust = ($($sql::Rust,)* $next::Rust,);

            const COLUMNS: &'static [Column] = &[$(column::<$sql>(),)* column::<$next>()];

            fn decode(row: &DataRow<'_>) -> Result<Self::Rust, Error> {
                Ok((
                    $(row.get::<$sql, $sql::Rust>($index)?,)*
                    row.get::<$next, $next::Rust>($next_index)?,
                ))
            }
        }

        tuples!([$($sql $index)* $next $next_index] $($more)*);
    };
}

tuples!([]
    S0 0 S1 1 S2 2 S3 3 S4 4 S5 5 S6 6 S7 7 S8 8 S9 9 S10 10 S11 11 S12 12 S13 13 S14 14 S15 15
    S16 16 S17 17 S18 18 S19 19 S20 20 S21 21 S22 22 S23 23 S24 24 S25 25 S26 26 S27 27 S28 28 S29 29 S30 30 S31 31
    S32 32 S33 33 S34 34 S35 35 S36 36 S37 37 S38 38 S39 39 S40 40 S41 41 S42 42 S43 43 S44 44 S45 45 S46 46 S47 47
    S48 48 S49 49 S50 50 S51 51 S52 52 S53 53 S54 54 S55 55 S56 56 S57 57 S58 58 S59 59 S60 60 S61 61 S62 62 S63 63
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Int4, Int8, Nullable, Text};

    #[test]
    fn tuples_and_single_markers_say_their_types_in_order() {
        assert_eq!(<(Int4, Text)>::TYPES, [TypeRef::Oid(23), TypeRef::Oid(25)]);
        let columns = <(Int8, Nullable<Text>) as Columns>::COLUMNS;
        assert_eq!(columns.len(), 2);
        assert_eq!((columns[1].name, columns[1].ty), ("", TypeRef::Oid(25)));
        assert_eq!(<Int8 as Columns>::COLUMNS.len(), 1);
    }

    #[test]
    fn a_row_is_read_by_position() {
        let row = DataRow::new(b"\0\x02\0\0\0\x04\0\0\0\x07\xff\xff\xff\xff", 2).unwrap();
        let read = <(Int4, Nullable<Text>) as Columns>::decode(&row).unwrap();
        assert_eq!(read, (7, None));
        let error = <(Int4, Text) as Columns>::decode(&row).unwrap_err();
        let words = "column 2 is NULL although it is read as `String`";
        assert_eq!(error.to_string(), words);
    }
}
