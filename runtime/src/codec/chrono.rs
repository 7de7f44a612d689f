//! Dates and times as chrono's types. What they cannot hold, ±infinity and 24:00:00 above all, is an error.

use ::chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};

use super::temporal::shared;
use super::{DecodeError, EncodeError};

fn small(number: u32) -> Result<u8, EncodeError> {
    u8::try_from(number).map_err(|_| EncodeError::OutOfRange)
}

encode!(NaiveDate as Date, |value, to| {
    shared::write_date(to, value.year(), small(value.month())?, small(value.day())?)
});
decode!(NaiveDate as Date, |value| {
    let (year, month, day) = shared::year_month_day(value)?;
    Self::from_ymd_opt(year, u32::from(month), u32::from(day)).ok_or(DecodeError::OutOfRange)
});

// A leap second is the second after it, as on the server: 23:59:60 is 24:00:00.
encode!(NaiveTime as Time, |value, to| {
    shared::write_time(to, value.num_seconds_from_midnight(), value.nanosecond())
});
decode!(NaiveTime as Time, |value| {
    let (hour, minute, second, microsecond) = shared::time(value)?;
    Self::from_hms_micro_opt(hour.into(), minute.into(), second.into(), microsecond)
        .ok_or(DecodeError::OutOfRange)
});

encode!(NaiveDateTime as Timestamp, |value, to| {
    let utc = value.and_utc();
    shared::write_unix(to, utc.timestamp(), utc.timestamp_subsec_nanos())
});
decode!(NaiveDateTime as Timestamp, |value| utc(value)
    .map(|utc| utc.naive_utc()));

encode!({Tz: TimeZone} DateTime<Tz> as Timestamptz, |value, to| {
    shared::write_unix(to, value.timestamp(), value.timestamp_subsec_nanos())
});
decode!(DateTime<Utc> as Timestamptz, |value| utc(value));

fn utc(value: &[u8]) -> Result<DateTime<Utc>, DecodeError> {
    let (seconds, nanoseconds) = shared::unix(value)?;
    DateTime::from_timestamp(seconds, nanoseconds).ok_or(DecodeError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{bytes, check, refuses, sends, unsendable};
    use crate::sql;
    use crate::types;

    #[track_caller]
    fn date(text: &str, year: i32, month: u32, day: u32) {
        let ours = bytes::<sql::Date, _>(&text.parse::<types::Date>().unwrap());
        check::<sql::Date, _>(NaiveDate::from_ymd_opt(year, month, day).unwrap(), &ours);
    }

    #[track_caller]
    fn timestamp(text: &str, expected: &str) {
        let ours = bytes::<sql::Timestamp, _>(&text.parse::<types::Timestamp>().unwrap());
        let naive: NaiveDateTime = expected.parse().unwrap();
        check::<sql::Timestamp, _>(naive, &ours);
        check::<sql::Timestamptz, _>(naive.and_utc(), &ours);
    }

    #[test]
    fn what_both_hold_is_the_same() {
        date("2024-02-29", 2024, 2, 29);
        date("0044-03-15 BC", -43, 3, 15);
        date("262142-12-31", 262_142, 12, 31);
        timestamp("2024-02-29 04:05:06.789", "2024-02-29T04:05:06.789");
        timestamp("1999-12-31 23:59:59.999999", "1999-12-31T23:59:59.999999");
        timestamp("0044-03-15 12:00:00 BC", "-0043-03-15T12:00:00");
        let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
        check::<sql::Time, _>(time, &86_399_999_999_i64.to_be_bytes());
    }

    #[test]
    fn what_chrono_cannot_hold_is_an_error() {
        let refused = |text: &str| {
            refuses::<sql::Date, NaiveDate>(&bytes::<sql::Date, _>(
                &text.parse::<types::Date>().unwrap(),
            ))
        };
        assert!(matches!(refused("infinity"), DecodeError::NotFinite));
        assert!(matches!(refused("-infinity"), DecodeError::NotFinite));
        assert!(matches!(refused("5874897-12-31"), DecodeError::OutOfRange));
        refuses::<sql::Time, NaiveTime>(&86_400_000_000_i64.to_be_bytes());
        refuses::<sql::Timestamp, NaiveDateTime>(&i64::MAX.to_be_bytes());
        refuses::<sql::Timestamptz, DateTime<Utc>>(&i64::MIN.to_be_bytes());
        refuses::<sql::Timestamptz, DateTime<Utc>>(
            &types::Timestamptz::MAX.microseconds().to_be_bytes(),
        );
    }

    #[test]
    fn what_postgresql_cannot_hold_is_an_error() {
        unsendable::<sql::Date, _>(&NaiveDate::MIN);
        unsendable::<sql::Timestamp, _>(&NaiveDateTime::MIN);
        unsendable::<sql::Timestamptz, _>(&DateTime::<Utc>::MIN_UTC);
        let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
        unsendable::<sql::Time, _>(&leap);
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_cut_off_towards_the_past() {
        let before = DateTime::from_timestamp(946_684_799, 999_999_999).unwrap();
        sends::<sql::Timestamptz, _>(&before, &[0xff; 8]);
        sends::<sql::Timestamp, _>(&before.naive_utc(), &[0xff; 8]);
        let time = NaiveTime::from_hms_nano_opt(0, 0, 0, 1_999).unwrap();
        sends::<sql::Time, _>(&time, &1_i64.to_be_bytes());
    }

    #[test]
    fn an_offset_is_not_kept() {
        let offset = ::chrono::FixedOffset::east_opt(7200).unwrap();
        let local = offset.with_ymd_and_hms(2000, 1, 1, 2, 0, 0).unwrap();
        sends::<sql::Timestamptz, _>(&local, &[0; 8]);
    }
}
