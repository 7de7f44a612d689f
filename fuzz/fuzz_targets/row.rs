//! Rows and values: any bytes are a value or an error, for every codec.
#![no_main]

use std::fmt::Debug;

use hathi::{DataRow, Decode, Encode, sql, types};
use libfuzzer_sys::fuzz_target;

/// What is read is shown without a panic.
fn read<S, T>(row: &DataRow<'_>, column: u16)
where
    T: for<'r> Decode<'r, S> + Encode<S> + Debug,
    S: sql::Type,
{
    match row.get::<S, T>(column) {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fuzz_target!(|body: &[u8]| {
    let columns = body.first_chunk().map_or(0, |count| u16::from_be_bytes(*count));
    let Ok(row) = DataRow::new(body, columns) else { return };
    // Those behind the end are asked for too, and all out of order.
    for column in (0..columns.min(8)).rev().chain(0..9) {
        read::<sql::Bool, bool>(&row, column);
        read::<sql::Int8, i64>(&row, column);
        read::<sql::Float8, f64>(&row, column);
        read::<sql::Text, String>(&row, column);
        read::<sql::Jsonb, types::JsonText>(&row, column);
        read::<sql::Jsonb, serde_json::Value>(&row, column);
        read::<sql::Date, types::Date>(&row, column);
        read::<sql::Time, types::Time>(&row, column);
        read::<sql::Timestamptz, types::Timestamptz>(&row, column);
        read::<sql::Numeric, types::Numeric>(&row, column);
        read::<sql::Numeric, rust_decimal::Decimal>(&row, column);
        read::<sql::Numeric, i64>(&row, column);
        read::<sql::Timestamp, jiff::civil::DateTime>(&row, column);
        read::<sql::Timestamp, chrono::NaiveDateTime>(&row, column);
        read::<sql::Timestamp, time::PrimitiveDateTime>(&row, column);
        read::<sql::Array<sql::Text>, Vec<Option<String>>>(&row, column);
        read::<sql::Array<sql::Numeric>, types::Array<Option<types::Numeric>>>(&row, column);
    }
});
