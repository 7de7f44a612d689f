//! Types of other crates against the servers: what they can hold is exact, what they cannot is an error.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use hathi::sql::{Date, Json, Jsonb, Nullable, Numeric, Time, Timestamp, Timestamptz, Uuid};
use hathi::{Decode, Session, types};
use hathi_tests::{Made, on_every_server_and_pooler};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::agree;
use crate::live::ask::assert_in_step;

const DATES: &[&str] = &[
    "2000-01-01",
    "1999-12-31",
    "2024-02-29",
    "1582-10-15",
    "0001-01-01",
    "9999-12-31",
];
const TIMES: &[&str] = &["00:00:00", "04:05:06.789", "23:59:59.999999"];
const TIMESTAMPS: &[&str] = &[
    "2000-01-01 00:00:00",
    "1999-12-31 23:59:59.999999",
    "1969-12-31 23:59:59.5",
    "2024-02-29 04:05:06.000001",
    "0001-01-01 00:00:00",
    "9999-12-30 21:59:59.999999",
];

/// Year, month and day of `2024-02-29`.
fn day(text: &str) -> (i32, u8, u8) {
    let mut parts = text.split('-');
    let mut next = || parts.next().unwrap();
    (
        next().parse().unwrap(),
        next().parse().unwrap(),
        next().parse().unwrap(),
    )
}

/// Hour, minute, second and microsecond of `04:05:06.5`.
fn clock(text: &str) -> (u8, u8, u8, u32) {
    let (text, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = text.split(':').map(|part| part.parse().unwrap());
    let mut next = || parts.next().unwrap();
    (
        next(),
        next(),
        next(),
        format!("{fraction:0<6}").parse().unwrap(),
    )
}

/// Day and clock of a literal, in UTC.
fn both(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap()
}

fn chrono_date(text: &str) -> NaiveDate {
    let (year, month, day) = day(text);
    NaiveDate::from_ymd_opt(year, month.into(), day.into()).unwrap()
}

fn chrono_time(text: &str) -> NaiveTime {
    let (hour, minute, second, micro) = clock(text);
    NaiveTime::from_hms_micro_opt(hour.into(), minute.into(), second.into(), micro).unwrap()
}

fn chrono_timestamp(text: &str) -> NaiveDateTime {
    let (day, clock) = both(text);
    chrono_date(day).and_time(chrono_time(clock))
}

fn jiff_date(text: &str) -> jiff::civil::Date {
    let (year, month, day) = day(text);
    jiff::civil::date(
        year.try_into().unwrap(),
        month.try_into().unwrap(),
        day.try_into().unwrap(),
    )
}

fn jiff_time(text: &str) -> jiff::civil::Time {
    let (hour, minute, second, micro) = clock(text);
    let [hour, minute, second] = [hour, minute, second].map(|part| part.try_into().unwrap());
    jiff::civil::time(hour, minute, second, i32::try_from(micro).unwrap() * 1000)
}

fn jiff_timestamp(text: &str) -> jiff::civil::DateTime {
    let (day, clock) = both(text);
    jiff_date(day).to_datetime(jiff_time(clock))
}

fn time_date(text: &str) -> time::Date {
    let (year, month, day) = day(text);
    time::Date::from_calendar_date(year, month.try_into().unwrap(), day).unwrap()
}

fn time_time(text: &str) -> time::Time {
    let (hour, minute, second, micro) = clock(text);
    time::Time::from_hms_micro(hour, minute, second, micro).unwrap()
}

fn time_timestamp(text: &str) -> time::PrimitiveDateTime {
    let (day, clock) = both(text);
    time::PrimitiveDateTime::new(time_date(day), time_time(clock))
}

on_every_server_and_pooler! {
    async fn dates_and_times_of_jiff_chrono_and_time_agree_with_the_server(db) {
        let mut session = db.session().await;
        agree::<Date, _>(&mut session, DATES, |text, _| jiff_date(text)).await;
        agree::<Date, _>(&mut session, DATES, |text, _| chrono_date(text)).await;
        agree::<Date, _>(&mut session, DATES, |text, _| time_date(text)).await;
        agree::<Time, _>(&mut session, TIMES, |text, _| jiff_time(text)).await;
        agree::<Time, _>(&mut session, TIMES, |text, _| chrono_time(text)).await;
        agree::<Time, _>(&mut session, TIMES, |text, _| time_time(text)).await;
        agree::<Timestamp, _>(&mut session, TIMESTAMPS, |text, _| jiff_timestamp(text)).await;
        agree::<Timestamp, _>(&mut session, TIMESTAMPS, |text, _| chrono_timestamp(text)).await;
        agree::<Timestamp, _>(&mut session, TIMESTAMPS, |text, _| time_timestamp(text)).await;
        let utc = jiff::tz::TimeZone::UTC;
        agree::<Timestamptz, jiff::Timestamp>(&mut session, TIMESTAMPS, |text, _| {
            utc.to_timestamp(jiff_timestamp(text)).unwrap()
        })
        .await;
        agree::<Timestamptz, DateTime<Utc>>(&mut session, TIMESTAMPS, |text, _| chrono_timestamp(text).and_utc()).await;
        agree::<Timestamptz, time::OffsetDateTime>(&mut session, TIMESTAMPS, |text, _| time_timestamp(text).assume_utc()).await;
    }

    async fn decimals_uuids_and_json_of_other_crates_agree_with_the_server(db) {
        let mut session = db.session().await;
        let decimals = ["0", "1.500", "-0.0001", "79228162514264337593543950335", "-79228162514264337593543950335", "0.0000000000000000000000000001", "12345.6789"];
        agree::<Numeric, Decimal>(&mut session, &decimals, |text, _| text.parse().unwrap()).await;
        let uuids = ["123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"];
        agree::<Uuid, uuid::Uuid>(&mut session, &uuids, |text, _| text.parse().unwrap()).await;
        let documents = ["{\"a\":[1,null,\"x\"]}", "null", "-1.5", "\"\u{1f418}\"", "[]"];
        agree::<Json, Value>(&mut session, &documents, |text, _| text.parse().unwrap()).await;
        agree::<Jsonb, Value>(&mut session, &documents, |text, _| text.parse().unwrap()).await;
        let lists = ["[1,2,3]", "[]"];
        agree::<Json, types::Json<Vec<i32>>>(&mut session, &lists, |text, _| types::Json(serde_json::from_str(text).unwrap())).await;
    }

    async fn sql_null_and_the_null_of_json_are_told_apart(db) {
        let mut session = db.session().await;
        let sql = "SELECT NULL::jsonb AS a, 'null'::jsonb AS b";
        let query = Made::new(sql).column::<Nullable<Jsonb>>("a").column::<Nullable<Jsonb>>("b");
        let query = query.query(|row| Ok((row.nullable::<Jsonb, Option<Value>>(0)?, row.nullable::<Jsonb, Option<Value>>(1)?)));
        assert_eq!(session.fetch_one(query).await.unwrap(), (None, Some(json!(null))));
    }

    async fn what_a_type_cannot_hold_is_an_error_that_names_the_column(db) {
        let mut session = db.session().await;
        for literal in ["infinity", "-infinity", "5874897-12-31"] {
            refused::<Date, jiff::civil::Date>(&mut session, literal).await;
            refused::<Date, NaiveDate>(&mut session, literal).await;
            refused::<Date, time::Date>(&mut session, literal).await;
        }
        for literal in ["infinity", "-infinity", "294276-12-31 23:59:59"] {
            refused::<Timestamp, jiff::civil::DateTime>(&mut session, literal).await;
            refused::<Timestamptz, jiff::Timestamp>(&mut session, literal).await;
            refused::<Timestamp, time::PrimitiveDateTime>(&mut session, literal).await;
            refused::<Timestamptz, time::OffsetDateTime>(&mut session, literal).await;
        }
        for literal in ["infinity", "-infinity"] {
            refused::<Timestamp, NaiveDateTime>(&mut session, literal).await;
            refused::<Timestamptz, DateTime<Utc>>(&mut session, literal).await;
        }
        refused::<Time, jiff::civil::Time>(&mut session, "24:00:00").await;
        refused::<Time, NaiveTime>(&mut session, "24:00:00").await;
        refused::<Time, time::Time>(&mut session, "24:00:00").await;
        for literal in ["NaN", "Infinity", "-Infinity", "1e40", "0.12345678901234567890123456789012345"] {
            refused::<Numeric, Decimal>(&mut session, literal).await;
        }
        for literal in ["{}", "[1.5]", "[1, \"x\"]"] {
            refused::<Json, types::Json<Vec<i32>>>(&mut session, literal).await;
        }
    }
}

/// Reads a value that the Rust type cannot hold.
async fn refused<S: hathi::sql::Type, T: for<'r> Decode<'r, S>>(
    session: &mut Session,
    literal: &str,
) {
    let sql = format!("SELECT 1 AS first, '{literal}'::{} AS strange", S::NAME);
    let query = Made::new(sql)
        .column::<hathi::sql::Int4>("first")
        .column::<S>("strange");
    let query = query.query(|row| {
        row.get::<S, T>(1)?;
        Ok(())
    });
    let error = session.fetch_one(query).await.unwrap_err();
    assert!(error.is_codec(), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("\"strange\": column 2 cannot be read as `"),
        "{error}"
    );
    assert_in_step(session).await;
}
