//! Dates and times as the types of the crate time. What they cannot hold, ±infinity and 24:00:00 above all, is an error.

use ::time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::DecodeError;
use super::temporal::shared;

encode!(Date as Date, |value, to| {
    shared::write_date(to, value.year(), u8::from(value.month()), value.day())
});
decode!(Date as Date, |value| {
    let (year, month, day) = shared::year_month_day(value)?;
    Month::try_from(month)
        .and_then(|month| Self::from_calendar_date(year, month, day))
        .map_err(|_| DecodeError::OutOfRange)
});

encode!(Time as Time, |value, to| {
    let (hour, minute, second, nanosecond) = value.as_hms_nano();
    let seconds = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
    shared::write_time(to, seconds, nanosecond)
});
decode!(Time as Time, |value| {
    let (hour, minute, second, microsecond) = shared::time(value)?;
    Self::from_hms_micro(hour, minute, second, microsecond).map_err(|_| DecodeError::OutOfRange)
});

encode!(PrimitiveDateTime as Timestamp, |value, to| {
    let utc = value.assume_utc();
    shared::write_unix(to, utc.unix_timestamp(), utc.nanosecond())
});
decode!(PrimitiveDateTime as Timestamp, |value| {
    utc(value).map(|utc| Self::new(utc.date(), utc.time()))
});

encode!(OffsetDateTime as Timestamptz, |value, to| {
    shared::write_unix(to, value.unix_timestamp(), value.nanosecond())
});
decode!(OffsetDateTime as Timestamptz, |value| utc(value));

fn utc(value: &[u8]) -> Result<OffsetDateTime, DecodeError> {
    let (seconds, nanoseconds) = shared::unix(value)?;
    OffsetDateTime::from_unix_timestamp(seconds)
        .and_then(|utc| utc.replace_nanosecond(nanoseconds))
        .map_err(|_| DecodeError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use ::time::UtcOffset;

    use super::*;
    use crate::codec::check::{bytes, check, refuses, sends};
    use crate::sql;
    use crate::types;

    fn day(year: i32, month: Month, day: u8) -> Date {
        Date::from_calendar_date(year, month, day).unwrap()
    }

    #[track_caller]
    fn date(text: &str, expected: Date) {
        let ours = bytes::<sql::Date, _>(&text.parse::<types::Date>().unwrap());
        check::<sql::Date, _>(expected, &ours);
    }

    #[track_caller]
    fn timestamp(text: &str, date: Date, time: (u8, u8, u8, u32)) {
        let ours = bytes::<sql::Timestamp, _>(&text.parse::<types::Timestamp>().unwrap());
        let time = Time::from_hms_micro(time.0, time.1, time.2, time.3).unwrap();
        let primitive = PrimitiveDateTime::new(date, time);
        check::<sql::Timestamp, _>(primitive, &ours);
        check::<sql::Timestamptz, _>(primitive.assume_utc(), &ours);
    }

    #[test]
    fn what_both_hold_is_the_same() {
        date("2024-02-29", day(2024, Month::February, 29));
        date("0044-03-15 BC", day(-43, Month::March, 15));
        date("9999-12-31", day(9999, Month::December, 31));
        timestamp(
            "2024-02-29 04:05:06.789",
            day(2024, Month::February, 29),
            (4, 5, 6, 789_000),
        );
        timestamp(
            "1999-12-31 23:59:59.999999",
            day(1999, Month::December, 31),
            (23, 59, 59, 999_999),
        );
        timestamp(
            "0044-03-15 12:00:00 BC",
            day(-43, Month::March, 15),
            (12, 0, 0, 0),
        );
        let time = Time::from_hms_micro(23, 59, 59, 999_999).unwrap();
        check::<sql::Time, _>(time, &86_399_999_999_i64.to_be_bytes());
    }

    #[test]
    fn what_the_crate_cannot_hold_is_an_error() {
        refuses::<sql::Date, Date>(&i32::MAX.to_be_bytes());
        refuses::<sql::Date, Date>(&types::Date::MAX.days().to_be_bytes());
        refuses::<sql::Time, Time>(&86_400_000_000_i64.to_be_bytes());
        refuses::<sql::Timestamp, PrimitiveDateTime>(&i64::MIN.to_be_bytes());
        refuses::<sql::Timestamptz, OffsetDateTime>(&i64::MAX.to_be_bytes());
        refuses::<sql::Timestamptz, OffsetDateTime>(
            &types::Timestamptz::MAX.microseconds().to_be_bytes(),
        );
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_cut_off_towards_the_past() {
        let before = OffsetDateTime::from_unix_timestamp_nanos(946_684_799_999_999_999).unwrap();
        sends::<sql::Timestamptz, _>(&before, &[0xff; 8]);
        sends::<sql::Time, _>(
            &Time::from_hms_nano(0, 0, 0, 1_999).unwrap(),
            &1_i64.to_be_bytes(),
        );
    }

    #[test]
    fn an_offset_is_not_kept() {
        let epoch = day(2000, Month::January, 1).midnight().assume_utc();
        let local = epoch.to_offset(UtcOffset::from_hms(2, 0, 0).unwrap());
        sends::<sql::Timestamptz, _>(&local, &[0; 8]);
    }
}
