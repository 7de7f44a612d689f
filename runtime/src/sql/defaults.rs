//! The default Rust types that features choose: of several, jiff, then chrono, then time, then our own.

#[cfg(feature = "uuid")]
pub(super) type Uuid = uuid::Uuid;
#[cfg(not(feature = "uuid"))]
pub(super) type Uuid = [u8; 16];

#[cfg(feature = "json")]
pub(super) type Json = serde_json::Value;
#[cfg(not(feature = "json"))]
pub(super) type Json = crate::types::JsonText;

#[cfg(feature = "decimal")]
pub(super) type Numeric = rust_decimal::Decimal;
#[cfg(not(feature = "decimal"))]
pub(super) type Numeric = crate::types::Numeric;

pub(super) use self::temporal::{Date, Time, Timestamp, Timestamptz};

#[cfg(feature = "jiff")]
mod temporal {
    pub(in super::super) type Timestamptz = jiff::Timestamp;
    pub(in super::super) type Timestamp = jiff::civil::DateTime;
    pub(in super::super) type Date = jiff::civil::Date;
    pub(in super::super) type Time = jiff::civil::Time;
}

#[cfg(all(feature = "chrono", not(feature = "jiff")))]
mod temporal {
    pub(in super::super) type Timestamptz = chrono::DateTime<chrono::Utc>;
    pub(in super::super) type Timestamp = chrono::NaiveDateTime;
    pub(in super::super) type Date = chrono::NaiveDate;
    pub(in super::super) type Time = chrono::NaiveTime;
}

#[cfg(all(feature = "time", not(any(feature = "jiff", feature = "chrono"))))]
mod temporal {
    pub(in super::super) type Timestamptz = time::OffsetDateTime;
    pub(in super::super) type Timestamp = time::PrimitiveDateTime;
    pub(in super::super) type Date = time::Date;
    pub(in super::super) type Time = time::Time;
}

#[cfg(not(any(feature = "jiff", feature = "chrono", feature = "time")))]
mod temporal {
    pub(in super::super) use crate::types::{Date, Time, Timestamp, Timestamptz};
}
