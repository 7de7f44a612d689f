//! Dates and times as jiff's types. What they cannot hold, ±infinity and 24:00:00 above all, is an error.

use ::jiff::civil::{Date, DateTime, Time};
use ::jiff::{Timestamp, Zoned};

use super::temporal::shared;
use super::{Arguments, DecodeError, EncodeError};

const NANOSECONDS: i128 = 1_000_000_000;

encode!(Date as Date, |value, to| {
    let (month, day) = (small(value.month())?, small(value.day())?);
    shared::write_date(to, i32::from(value.year()), month, day)
});
decode!(Date as Date, |value| {
    let (year, month, day) = shared::year_month_day(value)?;
    let Ok(year) = i16::try_from(year) else {
        return Err(DecodeError::OutOfRange);
    };
    Self::new(year, signed(month)?, signed(day)?).map_err(|_| DecodeError::OutOfRange)
});

encode!(Time as Time, |value, to| {
    let [hour, minute, second] = [value.hour(), value.minute(), value.second()].map(u32::try_from);
    let nanosecond = u32::try_from(value.subsec_nanosecond());
    match (hour, minute, second, nanosecond) {
        (Ok(hour), Ok(minute), Ok(second), Ok(nanosecond)) => {
            shared::write_time(to, hour * 3600 + minute * 60 + second, nanosecond)
        }
        _ => Err(EncodeError::OutOfRange),
    }
});
decode!(Time as Time, |value| {
    let (hour, minute, second, microsecond) = shared::time(value)?;
    let Ok(nanosecond) = i32::try_from(microsecond * 1000) else {
        return Err(DecodeError::OutOfRange);
    };
    Self::new(signed(hour)?, signed(minute)?, signed(second)?, nanosecond)
        .map_err(|_| DecodeError::OutOfRange)
});

// A date and time in UTC is the same number as that instant.
encode!(DateTime as Timestamp, |value, to| {
    let since_1970 = value
        .duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))
        .as_nanos();
    write(to, since_1970)
});
decode!(DateTime as Timestamp, |value| {
    let (seconds, nanoseconds) = shared::unix(value)?;
    let since_1970 = ::jiff::SignedDuration::new(seconds, signed_nanoseconds(nanoseconds)?);
    Self::constant(1970, 1, 1, 0, 0, 0, 0)
        .checked_add(since_1970)
        .map_err(|_| DecodeError::OutOfRange)
});

encode!(Timestamp as Timestamptz, |value, to| write(
    to,
    value.as_nanosecond()
));
encode!(Zoned as Timestamptz, |value, to| write(
    to,
    value.timestamp().as_nanosecond()
));
decode!(Timestamp as Timestamptz, |value| {
    let (seconds, nanoseconds) = shared::unix(value)?;
    Self::new(seconds, signed_nanoseconds(nanoseconds)?).map_err(|_| DecodeError::OutOfRange)
});

fn write(to: &mut Arguments<'_>, nanoseconds: i128) -> Result<(), EncodeError> {
    let seconds = i64::try_from(nanoseconds.div_euclid(NANOSECONDS));
    let nanoseconds = u32::try_from(nanoseconds.rem_euclid(NANOSECONDS));
    match (seconds, nanoseconds) {
        (Ok(seconds), Ok(nanoseconds)) => shared::write_unix(to, seconds, nanoseconds),
        _ => Err(EncodeError::OutOfRange),
    }
}

fn small(number: i8) -> Result<u8, EncodeError> {
    u8::try_from(number).map_err(|_| EncodeError::OutOfRange)
}

fn signed(number: u8) -> Result<i8, DecodeError> {
    i8::try_from(number).map_err(|_| DecodeError::OutOfRange)
}

fn signed_nanoseconds(nanoseconds: u32) -> Result<i32, DecodeError> {
    i32::try_from(nanoseconds).map_err(|_| DecodeError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use ::jiff::tz::{TimeZone, offset};

    use super::*;
    use crate::codec::check::{bytes, check, refuses, sends};
    use crate::sql;
    use crate::types;

    #[track_caller]
    fn date(text: &str, expected: Date) {
        let ours = bytes::<sql::Date, _>(&text.parse::<types::Date>().unwrap());
        check::<sql::Date, _>(expected, &ours);
    }

    #[track_caller]
    fn timestamp(text: &str, expected: &str) {
        let ours = bytes::<sql::Timestamp, _>(&text.parse::<types::Timestamp>().unwrap());
        let civil: DateTime = expected.parse().unwrap();
        check::<sql::Timestamp, _>(civil, &ours);
        let instant = civil.to_zoned(TimeZone::UTC).unwrap().timestamp();
        check::<sql::Timestamptz, _>(instant, &ours);
    }

    #[test]
    fn what_both_hold_is_the_same() {
        date("2024-02-29", Date::constant(2024, 2, 29));
        date("0044-03-15 BC", Date::constant(-43, 3, 15));
        date("9999-12-31", Date::MAX);
        timestamp("2024-02-29 04:05:06.789", "2024-02-29T04:05:06.789");
        timestamp("1999-12-31 23:59:59.999999", "1999-12-31T23:59:59.999999");
        timestamp("1969-12-31 23:59:59.5", "1969-12-31T23:59:59.5");
        timestamp("0044-03-15 12:00:00 BC", "-000043-03-15T12:00:00");
        let time = Time::constant(23, 59, 59, 999_999_000);
        check::<sql::Time, _>(time, &86_399_999_999_i64.to_be_bytes());
    }

    #[test]
    fn what_jiff_cannot_hold_is_an_error() {
        refuses::<sql::Date, Date>(&i32::MAX.to_be_bytes());
        refuses::<sql::Date, Date>(&types::Date::new(10_000, 1, 1).unwrap().days().to_be_bytes());
        refuses::<sql::Date, Date>(&types::Date::MAX.days().to_be_bytes());
        refuses::<sql::Time, Time>(&86_400_000_000_i64.to_be_bytes());
        refuses::<sql::Timestamp, DateTime>(&i64::MIN.to_be_bytes());
        refuses::<sql::Timestamp, DateTime>(&types::Timestamp::MAX.microseconds().to_be_bytes());
        refuses::<sql::Timestamptz, Timestamp>(&i64::MAX.to_be_bytes());
        refuses::<sql::Timestamptz, Timestamp>(
            &types::Timestamptz::MAX.microseconds().to_be_bytes(),
        );
    }

    #[test]
    fn what_postgresql_cannot_hold_is_an_error() {
        crate::codec::check::unsendable::<sql::Date, _>(&Date::MIN);
        crate::codec::check::unsendable::<sql::Timestamp, _>(&DateTime::MIN);
        crate::codec::check::unsendable::<sql::Timestamptz, _>(&Timestamp::MIN);
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_cut_off_towards_the_past() {
        let before = Timestamp::from_nanosecond(946_684_799_999_999_999).unwrap();
        sends::<sql::Timestamptz, _>(&before, &[0xff; 8]);
        sends::<sql::Timestamp, _>(&TimeZone::UTC.to_datetime(before), &[0xff; 8]);
        sends::<sql::Time, _>(&Time::constant(0, 0, 0, 1_999), &1_i64.to_be_bytes());
    }

    #[test]
    fn a_zone_is_not_kept() {
        let local = Timestamp::constant(946_684_800, 0).to_zoned(offset(2).to_time_zone());
        sends::<sql::Timestamptz, _>(&local, &[0; 8]);
    }
}
