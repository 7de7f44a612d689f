//! Dates and times as numbers from 2000-01-01 or midnight, and the steps that all libraries' types share.

use super::DecodeError;
use super::number::fixed;
use crate::types::{Date, Time, Timestamp, Timestamptz};

macro_rules! counted {
    ($($rust:ident: $number:ident = $from:ident / $count:ident;)+) => {$(
        encode!($rust as $rust, |value, to| {
            to.fixed(value.$count().to_be_bytes());
            Ok(())
        });
        decode!($rust as $rust, |value| {
            Self::$from($number::from_be_bytes(fixed(value)?)).ok_or(DecodeError::Malformed)
        });
    )+};
}

counted! {
    Date: i32 = from_days / days;
    Time: i64 = from_microseconds / microseconds;
    Timestamp: i64 = from_microseconds / microseconds;
    Timestamptz: i64 = from_microseconds / microseconds;
}

/// What the codecs of the libraries' types are made of.
#[cfg(any(feature = "jiff", feature = "chrono", feature = "time"))]
pub(super) mod shared {
    use super::*;
    use crate::codec::{Arguments, Decode, EncodeError};
    use crate::sql;

    const UNIX_SECONDS_TO_2000: i64 = 946_684_800;
    const MICROSECONDS: i64 = 1_000_000;

    /// Year, month and day of a `date`.
    pub(in super::super) fn year_month_day(value: &[u8]) -> Result<(i32, u8, u8), DecodeError> {
        let date = <Date as Decode<'_, sql::Date>>::decode(value)?;
        date.year_month_day().ok_or(DecodeError::NotFinite)
    }

    /// Writes a `date`.
    pub(in super::super) fn write_date(
        to: &mut Arguments<'_>,
        year: i32,
        month: u8,
        day: u8,
    ) -> Result<(), EncodeError> {
        let date = Date::new(year, month, day).ok_or(EncodeError::OutOfRange)?;
        to.fixed(date.days().to_be_bytes());
        Ok(())
    }

    /// Hour, minute, second and microsecond of a `time`. The hour is 24 at the end of a day.
    pub(in super::super) fn time(value: &[u8]) -> Result<(u8, u8, u8, u32), DecodeError> {
        <Time as Decode<'_, sql::Time>>::decode(value).map(Time::parts)
    }

    /// Writes a `time`, given from midnight. What is finer than a microsecond is cut off.
    pub(in super::super) fn write_time(
        to: &mut Arguments<'_>,
        seconds: u32,
        nanoseconds: u32,
    ) -> Result<(), EncodeError> {
        let microseconds = i64::from(seconds) * MICROSECONDS + i64::from(nanoseconds / 1000);
        let time = Time::from_microseconds(microseconds).ok_or(EncodeError::OutOfRange)?;
        to.fixed(time.microseconds().to_be_bytes());
        Ok(())
    }

    /// Seconds from 1970-01-01 and nanoseconds of a `timestamp` or `timestamptz`.
    pub(in super::super) fn unix(value: &[u8]) -> Result<(i64, u32), DecodeError> {
        let instant = <Timestamp as Decode<'_, sql::Timestamp>>::decode(value)?;
        if !instant.is_finite() {
            return Err(DecodeError::NotFinite);
        }
        let microseconds = instant.microseconds();
        let seconds = microseconds.div_euclid(MICROSECONDS) + UNIX_SECONDS_TO_2000;
        match u32::try_from(microseconds.rem_euclid(MICROSECONDS) * 1000) {
            Ok(nanoseconds) => Ok((seconds, nanoseconds)),
            Err(_) => Err(DecodeError::OutOfRange),
        }
    }

    /// Writes a `timestamp` or `timestamptz`, given from 1970-01-01. What is finer than a microsecond is cut off,
    /// towards the past.
    pub(in super::super) fn write_unix(
        to: &mut Arguments<'_>,
        seconds: i64,
        nanoseconds: u32,
    ) -> Result<(), EncodeError> {
        let instant = seconds
            .checked_sub(UNIX_SECONDS_TO_2000)
            .and_then(|seconds| seconds.checked_mul(MICROSECONDS))
            .and_then(|microseconds| microseconds.checked_add(i64::from(nanoseconds / 1000)))
            .and_then(Timestamp::from_microseconds)
            .filter(|instant| instant.is_finite())
            .ok_or(EncodeError::OutOfRange)?;
        to.fixed(instant.microseconds().to_be_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{check, refuses};
    use crate::sql;

    #[test]
    fn dates_and_times_are_numbers() {
        check::<sql::Date, _>(Date::new(2024, 2, 29).unwrap(), &8825_i32.to_be_bytes());
        check::<sql::Date, _>(
            Date::new(-43, 3, 15).unwrap(),
            &(-746_117_i32).to_be_bytes(),
        );
        check::<sql::Time, _>(Time::END_OF_DAY, &86_400_000_000_i64.to_be_bytes());
        check::<sql::Timestamp, _>(
            "2024-02-29 04:05:06.789".parse::<Timestamp>().unwrap(),
            &762_494_706_789_000_i64.to_be_bytes(),
        );
        check::<sql::Timestamptz, _>(
            "1999-12-31 23:59:59.999999+00"
                .parse::<Timestamptz>()
                .unwrap(),
            &[0xff; 8],
        );
    }

    #[test]
    fn infinities_are_values() {
        check::<sql::Date, _>(Date::INFINITY, &i32::MAX.to_be_bytes());
        check::<sql::Date, _>(Date::NEG_INFINITY, &i32::MIN.to_be_bytes());
        check::<sql::Timestamp, _>(Timestamp::INFINITY, &i64::MAX.to_be_bytes());
        check::<sql::Timestamptz, _>(Timestamptz::NEG_INFINITY, &i64::MIN.to_be_bytes());
    }

    #[test]
    fn numbers_that_no_server_sends_are_errors() {
        refuses::<sql::Date, Date>(&(i32::MAX - 1).to_be_bytes());
        refuses::<sql::Date, Date>(&(i32::MIN + 1).to_be_bytes());
        refuses::<sql::Time, Time>(&(-1_i64).to_be_bytes());
        refuses::<sql::Time, Time>(&86_400_000_001_i64.to_be_bytes());
        refuses::<sql::Timestamp, Timestamp>(&(i64::MAX - 1).to_be_bytes());
        refuses::<sql::Timestamptz, Timestamptz>(&(i64::MIN + 1).to_be_bytes());
        refuses::<sql::Date, Date>(&[0; 8]);
        refuses::<sql::Timestamp, Timestamp>(&[0; 4]);
    }
}
