//! Reading a column whose type is known only while the program runs.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::{Decode, DecodeError};
use crate::sql::{
    Array, Bool, Bpchar, Bytea, Char, Date, Float4, Float8, Int2, Int4, Int8, Json, Jsonb, Name,
    Numeric, Oid, Text, Time, Timestamp, Timestamptz, Type, TypeRef, Uuid, Varchar, Void,
};
use crate::types;

/// May be read from a column of a run-time [`Row`](crate::Row), if its type is one of a list.
///
/// The lists follow [`Decode`]: an `i64` is read from `int2`, `int4` and `int8`, a `String` from every sort of text, an
/// `Option` from what its value is read from, and a `Vec` from arrays. A type of yours is read by
/// [`Row::read`](crate::Row::read), which names the SQL type.
#[diagnostic::on_unimplemented(
    message = "there is no list of SQL types that `{Self}` is read from",
    label = "cannot be read from a run-time row by itself",
    note = "name the SQL type: `row.read::<sql::Int8, {Self}>(…)`"
)]
pub trait FromValue<'r>: Sized {
    /// Whether it is read from the type with this OID.
    #[doc(hidden)]
    fn accepts(oid: u32) -> bool;

    /// The names of the types it is read from.
    #[doc(hidden)]
    fn types() -> Vec<&'static str>;

    /// Reads a value of a type that is accepted.
    #[doc(hidden)]
    fn read(oid: u32, value: &'r [u8]) -> Result<Self, DecodeError>;

    /// Reads NULL: an error for everything but an `Option`.
    #[doc(hidden)]
    fn null() -> Result<Self, DecodeError> {
        Err(DecodeError::Null)
    }
}

impl<'r, T: FromValue<'r>> FromValue<'r> for Option<T> {
    fn accepts(oid: u32) -> bool {
        T::accepts(oid)
    }

    fn types() -> Vec<&'static str> {
        T::types()
    }

    fn read(oid: u32, value: &'r [u8]) -> Result<Self, DecodeError> {
        T::read(oid, value).map(Some)
    }

    fn null() -> Result<Self, DecodeError> {
        Ok(None)
    }
}

fn is<S: Type>(oid: u32) -> bool {
    S::TYPE == TypeRef::Oid(oid)
}

/// Writes the list of one type, and with `and lists` those of its vectors.
macro_rules! from_value {
    ($rust:ty: $($marker:ty)|+) => {
        impl<'r> FromValue<'r> for $rust {
            fn accepts(oid: u32) -> bool {
                $(is::<$marker>(oid))||+
            }

            fn types() -> Vec<&'static str> {
                vec![$(<$marker as Type>::NAME),+]
            }

            fn read(oid: u32, value: &'r [u8]) -> Result<Self, DecodeError> {
                $(
                    if is::<$marker>(oid) {
                        return <Self as Decode<'r, $marker>>::decode(value);
                    }
                )+
                Err(DecodeError::Malformed)
            }
        }
    };
    (and lists $($rust:ty: $($marker:ty)|+;)+) => {$(
        from_value!($rust: $($marker)|+);
        from_value!(Vec<$rust>: $(Array<$marker>)|+);
        from_value!(Vec<Option<$rust>>: $(Array<$marker>)|+);
    )+};
    ($($rust:ty: $($marker:ty)|+;)+) => {
        $(from_value!($rust: $($marker)|+);)+
    };
}

from_value! { and lists
    bool: Bool;
    i16: Int2;
    i32: Int2 | Int4;
    i64: Int2 | Int4 | Int8;
    u32: Oid;
    f32: Float4;
    f64: Float4 | Float8;
    String: Text | Varchar | Bpchar | Name;
    &'r str: Text | Varchar | Bpchar | Name;
    Vec<u8>: Bytea;
    &'r [u8]: Bytea;
    [u8; 16]: Uuid;
    types::Numeric: Numeric;
    types::JsonText: Json | Jsonb;
    types::Timestamptz: Timestamptz;
    types::Timestamp: Timestamp;
    types::Date: Date;
    types::Time: Time;
}

from_value! {
    u8: Char;
    char: Text | Varchar | Bpchar | Name | Char;
    Cow<'r, str>: Text | Varchar | Bpchar | Name;
    Box<str>: Text | Varchar | Bpchar | Name;
    Rc<str>: Text | Varchar | Bpchar | Name;
    Arc<str>: Text | Varchar | Bpchar | Name;
    Box<[u8]>: Bytea;
    u64: Numeric;
    i128: Numeric;
    u128: Numeric;
    (): Void;
}

#[cfg(feature = "uuid")]
from_value! { and lists uuid::Uuid: Uuid; }

#[cfg(feature = "json")]
from_value! { and lists serde_json::Value: Json | Jsonb; }

#[cfg(feature = "decimal")]
from_value! { and lists rust_decimal::Decimal: Numeric; }

#[cfg(feature = "jiff")]
from_value! { and lists
    jiff::Timestamp: Timestamptz;
    jiff::civil::DateTime: Timestamp;
    jiff::civil::Date: Date;
    jiff::civil::Time: Time;
}

#[cfg(feature = "chrono")]
from_value! { and lists
    chrono::DateTime<chrono::Utc>: Timestamptz;
    chrono::NaiveDateTime: Timestamp;
    chrono::NaiveDate: Date;
    chrono::NaiveTime: Time;
}

#[cfg(feature = "time")]
from_value! { and lists
    time::OffsetDateTime: Timestamptz;
    time::PrimitiveDateTime: Timestamp;
    time::Date: Date;
    time::Time: Time;
}
