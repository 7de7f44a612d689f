//! Values to bytes and back: binary format only, exact in both directions.

mod arguments;
mod array;
mod bind;
#[cfg(test)]
pub(crate) mod check;
mod decode;
mod encode;
mod error;
#[macro_use]
mod implement;
mod bytea;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "decimal")]
mod decimal;
#[cfg(feature = "jiff")]
mod jiff;
mod json;
mod newtype;
mod number;
mod numeric;
mod row;
mod temporal;
mod text;
#[cfg(feature = "time")]
mod time;
mod uuid;
mod value;

pub use self::arguments::Arguments;
pub use self::bind::Bind;
pub(crate) use self::bind::encode_one;
pub use self::decode::{Decode, DecodeNullable};
pub use self::encode::Encode;
pub use self::error::{ArgumentError, ColumnError, DecodeError, EncodeError};
pub use self::row::DataRow;
pub use self::value::FromValue;

#[cfg(test)]
mod tests;
