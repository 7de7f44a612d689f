//! Small exact types of our own, for what PostgreSQL holds and std has no type for.
//!
//! They hold every value of their SQL type, compare as the server compares, and are written and read in PostgreSQL's
//! ISO form by `Display` and `FromStr`. They do no arithmetic: features of this crate bring types that do.

mod array;
mod calendar;
mod date;
mod instant;
mod json;
pub(crate) mod numeric;
mod time;

pub use self::array::{Array, Dimension};
pub use self::calendar::ParseError;
pub use self::date::Date;
pub use self::instant::{Timestamp, Timestamptz};
#[cfg(feature = "json")]
pub use self::json::Json;
pub use self::json::JsonText;
pub use self::numeric::{Numeric, NumericError};
pub use self::time::Time;
