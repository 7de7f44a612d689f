//! The markers of PostgreSQL's own types: one line each.

use super::{Array, Element, Nullable, Type, TypeRef, defaults};
use crate::codec::{Decode, DecodeError};

/// Reads an `Option` from a column that is never NULL.
///
/// There is one implementation per marker, because one for every `S` would collide with the one for `Nullable<S>`.
macro_rules! optional {
    ([$($generics:tt)*] $marker:ty) => {
        #[diagnostic::do_not_recommend]
        impl<'r, $($generics)* T: Decode<'r, $marker>> Decode<'r, $marker> for Option<T> {
            #[inline]
            fn decode(value: &'r [u8]) -> Result<Self, DecodeError> {
                T::decode(value).map(Some)
            }

            #[inline]
            fn null() -> Result<Self, DecodeError> {
                Ok(None)
            }
        }
    };
}

optional!([S: Element,] Array<S>);

#[diagnostic::do_not_recommend]
impl<'r, S, T: Decode<'r, S>> Decode<'r, Nullable<S>> for Option<T> {
    #[inline]
    fn decode(value: &'r [u8]) -> Result<Self, DecodeError> {
        T::decode(value).map(Some)
    }

    #[inline]
    fn null() -> Result<Self, DecodeError> {
        Ok(None)
    }
}

macro_rules! marker {
    ($marker:ident, $value:ident, $name:literal, $oid:literal, $rust:ty, $doc:literal) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $marker;

        #[doc = concat!("The value of [`", stringify!($marker), "`].")]
        #[expect(non_upper_case_globals, reason = "hand-written statements read like SQL")]
        pub const $value: $marker = $marker;

        impl Type for $marker {
            type Rust = $rust;

            const NAME: &'static str = $name;
            const TYPE: TypeRef = TypeRef::Oid($oid);
        }

        optional!([] $marker);
    };
}

macro_rules! markers {
    ($($marker:ident $value:ident = $name:literal $oid:literal, array $array:literal, $rust:ty, $doc:literal;)+) => {$(
        marker!($marker, $value, $name, $oid, $rust, $doc);

        impl Element for $marker {
            const ARRAY_NAME: &'static str = concat!($name, "[]");
            const ARRAY: TypeRef = TypeRef::Oid($array);
        }
    )+};
}

// The OIDs stand here once more because `hathi_wire::types` is asked at run time and these are constants;
// a test holds both against each other.
markers! {
    Bool bool = "bool" 16, array 1000, bool, "`boolean`";
    Int2 int2 = "int2" 21, array 1005, i16, "`smallint`";
    Int4 int4 = "int4" 23, array 1007, i32, "`integer`";
    Int8 int8 = "int8" 20, array 1016, i64, "`bigint`";
    Float4 float4 = "float4" 700, array 1021, f32, "`real`";
    Float8 float8 = "float8" 701, array 1022, f64, "`double precision`";
    Text text = "text" 25, array 1009, String, "`text`";
    Varchar varchar = "varchar" 1043, array 1015, String, "`character varying`";
    Bpchar bpchar = "bpchar" 1042, array 1014, String, "`character(n)`: padded with blanks by the server";
    Name name = "name" 19, array 1003, String, "`name`: an identifier of up to 63 bytes";
    Char char = "char" 18, array 1002, u8, "`\"char\"`: one byte, as in the system catalogs";
    Bytea bytea = "bytea" 17, array 1001, Vec<u8>, "`bytea`";
    Uuid uuid = "uuid" 2950, array 2951, defaults::Uuid, "`uuid`";
    Json json = "json" 114, array 199, defaults::Json, "`json`: kept as it was written";
    Jsonb jsonb = "jsonb" 3802, array 3807, defaults::Json, "`jsonb`: kept by its meaning";
    Timestamptz timestamptz = "timestamptz" 1184, array 1185, defaults::Timestamptz, "`timestamp with time zone`: an instant";
    Timestamp timestamp = "timestamp" 1114, array 1115, defaults::Timestamp, "`timestamp without time zone`: what a calendar and a clock show";
    Date date = "date" 1082, array 1182, defaults::Date, "`date`";
    Time time = "time" 1083, array 1183, defaults::Time, "`time without time zone`: up to and including 24:00:00";
    Numeric numeric = "numeric" 1700, array 1231, defaults::Numeric, "`numeric`: a decimal number of any precision";
    Oid oid = "oid" 26, array 1028, u32, "`oid`";
}

marker!(
    Void,
    void,
    "void",
    2278,
    (),
    "`void`: what functions like `pg_notify` return"
);
