//! SQL types as Rust types: the markers that statements are typed with.
//!
//! A marker holds no value. It says in `Query<(sql::Int4,), User>` what a parameter is, and [`Encode`](crate::Encode)
//! and [`Decode`](crate::Decode) say which Rust types may be sent as it and read from it. Each marker has a value in
//! lower case for statements written by hand; [`nullable`] and [`array()`] compose them:
//!
//! ```
//! use hathi::sql::{array, int4, nullable, text};
//!
//! let parameters = (int4, nullable(text), array(int4));
//! # let _ = parameters;
//! ```
//!
//! # What fits
//!
//! Integers and floats widen, when sent and when read, and never narrow: an `i32` is sent as [`Int8`], and only an
//! `i64` is read from it. Texts of all sorts are one family. `u64`, `i128` and `u128` are sent as [`Numeric`], and read
//! from it if the number is an integer that fits. What a Rust type cannot hold is an error, never another value: so
//! are infinities and 24:00:00 for most types of other crates. One thing is lost without an error: what is finer than
//! a microsecond, which PostgreSQL does not keep, is cut off, towards the past.
//!
//! # Default Rust types
//!
//! [`Type::Rust`] is what a macro writes into a row when nobody says otherwise. Features choose it; of several, the
//! first one of the row counts.
//!
//! | marker | default type |
//! | --- | --- |
//! | [`Bool`] | `bool` |
//! | [`Int2`], [`Int4`], [`Int8`], [`Oid`] | `i16`, `i32`, `i64`, `u32` |
//! | [`Float4`], [`Float8`] | `f32`, `f64` |
//! | [`Text`], [`Varchar`], [`Bpchar`], [`Name`] | `String` |
//! | [`Char`] | `u8` |
//! | [`Bytea`] | `Vec<u8>` |
//! | [`Uuid`] | `uuid`: `uuid::Uuid`; else `[u8; 16]` |
//! | [`Json`], [`Jsonb`] | `json`: `serde_json::Value`; else [`types::JsonText`](crate::types::JsonText) |
//! | [`Timestamptz`] | `jiff`: `jiff::Timestamp`; `chrono`: `chrono::DateTime<chrono::Utc>`; `time`: `time::OffsetDateTime`; else [`types::Timestamptz`](crate::types::Timestamptz) |
//! | [`Timestamp`] | `jiff`: `jiff::civil::DateTime`; `chrono`: `chrono::NaiveDateTime`; `time`: `time::PrimitiveDateTime`; else [`types::Timestamp`](crate::types::Timestamp) |
//! | [`Date`] | `jiff`: `jiff::civil::Date`; `chrono`: `chrono::NaiveDate`; `time`: `time::Date`; else [`types::Date`](crate::types::Date) |
//! | [`Time`] | `jiff`: `jiff::civil::Time`; `chrono`: `chrono::NaiveTime`; `time`: `time::Time`; else [`types::Time`](crate::types::Time) |
//! | [`Numeric`] | `decimal`: `rust_decimal::Decimal`; else [`types::Numeric`](crate::types::Numeric) |
//! | [`Void`] | `()` |
//! | [`Nullable<S>`] | `Option` of the default of `S` |
//! | [`Array<S>`] | `Vec<Option<…>>` of the default of `S`: any element of an array may be NULL |

mod builtin;
mod defaults;
mod shape;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

pub use hathi_wire::types::TypeRef;

pub use self::builtin::{
    Bool, Bpchar, Bytea, Char, Date, Float4, Float8, Int2, Int4, Int8, Json, Jsonb, Name, Numeric,
    Oid, Text, Time, Timestamp, Timestamptz, Uuid, Varchar, Void,
};
pub use self::builtin::{
    bool, bpchar, bytea, char, date, float4, float8, int2, int4, int8, json, jsonb, name, numeric,
    oid, text, time, timestamp, timestamptz, uuid, varchar, void,
};
pub use self::shape::{Columns, Types};

/// An SQL type, as a marker.
pub trait Type {
    /// The Rust type of a column of this type, unless the query says otherwise.
    type Rust;

    /// The name in `pg_type`: `int4`, `int4[]`; a user's type with its schema.
    const NAME: &'static str;

    /// How the server is told of the type.
    const TYPE: TypeRef;
}

/// An SQL type that has arrays.
#[diagnostic::on_unimplemented(message = "there are no arrays of `{Self}`")]
pub trait Element: Type {
    /// The name of the array type: `int4[]`.
    const ARRAY_NAME: &'static str;

    /// How the server is told of the array type.
    const ARRAY: TypeRef;
}

/// A parameter or column of the type `S` that may be NULL.
pub struct Nullable<S>(PhantomData<fn() -> S>);

/// A parameter or column of the type `S` that may be NULL: the value of [`Nullable`].
#[must_use]
pub const fn nullable<S>(_: S) -> Nullable<S>
where
    S: Copy,
{
    Nullable(PhantomData)
}

impl<S: Type> Type for Nullable<S> {
    type Rust = Option<S::Rust>;

    const NAME: &'static str = S::NAME;
    const TYPE: TypeRef = S::TYPE;
}

/// An array of the type `S`, of any number of dimensions.
pub struct Array<S>(PhantomData<fn() -> S>);

/// An array of the type `S`: the value of [`Array`].
#[must_use]
pub const fn array<S>(_: S) -> Array<S>
where
    S: Element + Copy,
{
    Array(PhantomData)
}

impl<S: Element> Type for Array<S> {
    type Rust = Vec<Option<S::Rust>>;

    const NAME: &'static str = S::ARRAY_NAME;
    const TYPE: TypeRef = S::ARRAY;
}

/// What a derive would write, without its bounds on `S`.
macro_rules! value_traits {
    ($($marker:ident)+) => {$(
        impl<S> Clone for $marker<S> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S> Copy for $marker<S> {}

        impl<S> Default for $marker<S> {
            fn default() -> Self {
                Self(PhantomData)
            }
        }

        impl<S> PartialEq for $marker<S> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<S> Eq for $marker<S> {}

        impl<S> Hash for $marker<S> {
            fn hash<H: Hasher>(&self, _: &mut H) {}
        }

        impl<S: Default + fmt::Debug> fmt::Debug for $marker<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($marker)).field(&S::default()).finish()
            }
        }
    )+};
}

value_traits!(Nullable Array);

#[cfg(test)]
mod tests;
