//! The one table of types against the codecs and against every server: no row of the table is left out.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use hathi::sql;
use hathi::sql::Type;
use hathi::types::{Date, JsonText, Numeric, Time, Timestamp, Timestamptz};
use hathi_tests::{Made, on_every_server_and_pooler};
use hathi_wire::types::{self, TypeRef};

use super::agree;
use crate::live::ask::number;

const TEXTS: &[&str] = &[
    "",
    "a",
    "NULL",
    "{}",
    "{\"a\",NULL}",
    "gr\u{fc}\u{df}e, \u{1f418}",
    "two\nlines\t",
    "\\x00 \\ \" ' $1",
    "%s",
];

const INSTANTS: &[&str] = &[
    "2000-01-01 00:00:00+00",
    "1999-12-31 23:59:59.999999+00",
    "2000-01-01 00:00:00.000001+00",
    "1970-01-01 00:00:00+00",
    "0001-01-01 00:00:00+00",
    "0001-12-31 23:59:59.5+00 BC",
    "4714-11-24 00:00:00+00 BC",
    "294276-12-31 23:59:59.999999+00",
    "infinity",
    "-infinity",
];

/// The value that its own text means.
fn parsed<T: FromStr<Err: Debug>>(_literal: &str, text: &str) -> T {
    text.parse().unwrap()
}

fn owned(literal: &str, _text: &str) -> String {
    literal.to_owned()
}

fn bytes(_literal: &str, text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").unwrap().as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    assert!(rest.is_empty());
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Runs `agree` for each marker, and notes the marker.
macro_rules! agree_on_all {
    ($session:ident; $($marker:ident as $rust:ty: $literals:expr, $expected:expr;)+) => {{
        let mut seen = BTreeSet::new();
        $(
            agree::<sql::$marker, $rust>(&mut $session, $literals, $expected).await;
            seen.insert(stringify!($marker));
        )+
        seen
    }};
}

on_every_server_and_pooler! {
    async fn every_type_with_a_codec_agrees_with_the_server(db) {
        let mut session = db.session().await;
        let digits = "9".repeat(500);
        let long = "x".repeat(100_000);
        let name = "n".repeat(63);
        let mut seen = agree_on_all! { session;
            Bool as bool: &["true", "false"], parsed;
            Int2 as i16: &["0", "1", "-1", "32767", "-32768"], parsed;
            Int4 as i32: &["0", "1", "-1", "2147483647", "-2147483648"], parsed;
            Int8 as i64: &["0", "1", "-1", "9223372036854775807", "-9223372036854775808"], parsed;
            Oid as u32: &["0", "1", "4294967295"], parsed;
            Float4 as f32: &["0", "-0", "0.1", "3.4028235e38", "-3.4028235e38", "1e-45", "1.1754944e-38", "NaN", "Infinity", "-Infinity"], parsed;
            Float8 as f64: &["0", "-0", "0.1", "1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "2.2250738585072014e-308", "NaN", "Infinity", "-Infinity"], parsed;
            Text as String: TEXTS, owned;
            Text as String: &[&long], owned;
            Varchar as String: TEXTS, owned;
            Bpchar as String: TEXTS, owned;
            Bpchar as String: &["padded   "], owned;
            Name as String: &["", "pg_class", "gr\u{fc}\u{df}e", &name], owned;
            Char as u8: &["a", "~", " "], |literal, _| literal.as_bytes()[0];
            Bytea as Vec<u8>: &["", "\\x00", "\\x0001feff5c78", "\\x5c7830"], bytes;
            Uuid as [u8; 16]: &["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "123e4567-e89b-12d3-a456-426614174000"],
                |literal, _| bytes("", &format!("\\x{}", literal.replace('-', ""))).try_into().unwrap();
            Json as JsonText: &["{ \"b\": 1.50,  \"a\": null, \"a\": [] }", "null", "\"\\u00e4\"", "12345678901234567890.123"], |literal, _| literal.into();
            Jsonb as JsonText: &["{ \"b\": 1.50,  \"a\": null, \"a\": [] }", "null", "\"\\u00e4\"", "12345678901234567890.123"], |_, text| text.into();
            Date as Date: &["2000-01-01", "1999-12-31", "2024-02-29", "0001-01-01", "0001-12-31 BC", "4714-11-24 BC", "5874897-12-31", "infinity", "-infinity"], parsed;
            Time as Time: &["00:00:00", "04:05:06.789", "23:59:59.999999", "24:00:00"], parsed;
            Timestamp as Timestamp: INSTANTS, parsed;
            Timestamptz as Timestamptz: INSTANTS, parsed;
            Numeric as Numeric: &["0", "0.000", "1.500", "-1", "10000", "9999.9999", "0.0001", "-0.00001234", "12345678901234567890.0987654321", &digits, "1e131071", "1e-16383", "NaN", "Infinity", "-Infinity"], parsed;
        };
        // It has no arrays and cannot be sent.
        session.fetch_one(Made::new("SELECT pg_notify('a', 'b') AS v").column::<sql::Void>("v").query(|row| Ok(row.get::<sql::Void, ()>(0)?))).await.unwrap();
        seen.insert("Void");
        let table: BTreeSet<&str> = types::all().iter().filter_map(|info| info.marker).collect();
        assert_eq!(seen, table);
    }

    async fn the_table_of_types_is_the_servers(db) {
        let mut session = db.session().await;
        for info in types::all() {
            // What is newer than this server is no mistake; what it has is as the table says.
            let name = info.name.strip_suffix("[]").map_or(info.name.to_owned(), |element| format!("_{element}"));
            let question = format!(
                "SELECT count(*) + 2 * count(*) FILTER (WHERE typname <> '{name}' OR typelem <> {} AND typcategory = 'A' OR typarray <> {}) FROM pg_type WHERE oid = {}",
                info.element.unwrap_or(0), info.array.unwrap_or(0), info.oid
            );
            let answer = number(&mut session, &question).await;
            assert!(answer <= 1, "{info:?}");
            assert!(answer == 1 || info.marker.is_none(), "no server may lack {info:?}");
        }
        assert_eq!(sql::Int4::TYPE, TypeRef::Oid(23));
    }
}
