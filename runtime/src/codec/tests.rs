//! What holds for every codec: no bytes make it panic, and what it reads it sends as something it reads the same.

use std::fmt::Debug;

use super::check::bytes;
use super::{DataRow, Decode, Encode};
use crate::{sql, types};

/// Bytes without a pattern, the same in every run, many of them small numbers as lengths and counts are.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.next() % 40;
        let byte = |noise: &mut Self| match noise.next() % 4 {
            0 => 0,
            1 => u8::try_from(noise.next() % 8).unwrap(),
            2 => 0xff,
            _ => u8::try_from(noise.next() % 256).unwrap(),
        };
        (0..length).map(|_| byte(self)).collect()
    }
}

fn check<S, T>(received: &[u8])
where
    T: for<'r> Decode<'r, S> + Encode<S> + Debug,
{
    let Ok(value) = T::decode(received) else {
        return;
    };
    let shown = format!("{value:?}");
    let sent = bytes::<S, T>(&value);
    // NaN is not itself, so it is compared as it is shown.
    assert_eq!(format!("{:?}", T::decode(&sent).unwrap()), shown);
}

fn check_all(received: &[u8]) {
    check::<sql::Bool, bool>(received);
    check::<sql::Int2, i16>(received);
    check::<sql::Int4, i32>(received);
    check::<sql::Int8, i64>(received);
    check::<sql::Oid, u32>(received);
    check::<sql::Float4, f32>(received);
    check::<sql::Float8, f64>(received);
    check::<sql::Text, String>(received);
    check::<sql::Name, char>(received);
    check::<sql::Char, char>(received);
    check::<sql::Bytea, Vec<u8>>(received);
    check::<sql::Uuid, [u8; 16]>(received);
    check::<sql::Json, types::JsonText>(received);
    check::<sql::Jsonb, types::JsonText>(received);
    check::<sql::Date, types::Date>(received);
    check::<sql::Time, types::Time>(received);
    check::<sql::Timestamp, types::Timestamp>(received);
    check::<sql::Timestamptz, types::Timestamptz>(received);
    check::<sql::Numeric, types::Numeric>(received);
    check::<sql::Numeric, i64>(received);
    check::<sql::Numeric, u128>(received);
    check::<sql::Array<sql::Text>, Vec<Option<String>>>(received);
    check::<sql::Array<sql::Numeric>, types::Array<Option<types::Numeric>>>(received);
    #[cfg(feature = "uuid")]
    check::<sql::Uuid, uuid::Uuid>(received);
    #[cfg(feature = "json")]
    check::<sql::Jsonb, serde_json::Value>(received);
    #[cfg(feature = "decimal")]
    check::<sql::Numeric, rust_decimal::Decimal>(received);
    #[cfg(feature = "jiff")]
    {
        check::<sql::Date, jiff::civil::Date>(received);
        check::<sql::Time, jiff::civil::Time>(received);
        check::<sql::Timestamp, jiff::civil::DateTime>(received);
        check::<sql::Timestamptz, jiff::Timestamp>(received);
    }
    #[cfg(feature = "chrono")]
    {
        check::<sql::Date, chrono::NaiveDate>(received);
        check::<sql::Time, chrono::NaiveTime>(received);
        check::<sql::Timestamp, chrono::NaiveDateTime>(received);
        check::<sql::Timestamptz, chrono::DateTime<chrono::Utc>>(received);
    }
    #[cfg(feature = "time")]
    {
        check::<sql::Date, time::Date>(received);
        check::<sql::Time, time::Time>(received);
        check::<sql::Timestamp, time::PrimitiveDateTime>(received);
        check::<sql::Timestamptz, time::OffsetDateTime>(received);
    }
}

#[test]
fn no_bytes_make_a_codec_panic() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        check_all(&noise.bytes());
    }
}

#[test]
fn every_number_near_an_end_of_its_range_is_safe() {
    for end in [i64::MIN, i64::MAX, 0, types::Timestamp::MIN.microseconds()] {
        for near in -1000..=1000 {
            check_all(&end.wrapping_add(near).to_be_bytes());
        }
    }
    for end in [
        i32::MIN,
        i32::MAX,
        0,
        types::Date::MIN.days(),
        types::Date::MAX.days(),
    ] {
        for near in -1000..=1000 {
            check_all(&end.wrapping_add(near).to_be_bytes());
        }
    }
}

#[test]
fn elements_of_an_array_are_read_whatever_follows_its_header() {
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    for _ in 0..20_000 {
        let mut array = bytes::<sql::Array<sql::Text>, _>(&["a", "b"]);
        array.truncate(12);
        array.extend(noise.bytes());
        check_all(&array);
    }
}

#[test]
fn no_row_makes_a_column_panic() {
    let mut noise = Noise(0x0123_4567_89ab_cdef);
    for _ in 0..20_000 {
        let mut body = vec![0, 3];
        body.extend(noise.bytes());
        let row = DataRow::new(&body, 3).unwrap();
        for _ in 0..6 {
            let column = u16::try_from(noise.next() % 5).unwrap();
            let got = row.get::<sql::Text, &str>(column).ok();
            let again = row
                .nullable::<sql::Text, Option<&str>>(column)
                .ok()
                .flatten();
            assert_eq!(got, again);
        }
    }
}
