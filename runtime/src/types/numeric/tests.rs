//! Numerics as text, in order, and as integers.

use std::hash::BuildHasher;

use super::*;
use crate::types::ParseError;

fn parse(text: &str) -> Numeric {
    text.parse().unwrap()
}

#[track_caller]
fn check(text: &str) {
    assert_eq!(parse(text).to_string(), text);
}

#[track_caller]
fn refused(text: &str, expected: ParseError) {
    assert_eq!(text.parse::<Numeric>(), Err(expected), "{text}");
}

#[test]
fn numbers_are_written_as_they_were_read() {
    check("0");
    check("0.0000");
    check("0.00000");
    check("1.500");
    check("-12345678.9");
    check("10000");
    check("100000000.00010");
    check("0.00001234");
    check("-0.5");
    check("9999.9999");
    check("123456789012345678901234567890123456789012345678901234567890.123456789");
    check("NaN");
    check("Infinity");
    check("-Infinity");
}

#[test]
fn every_number_of_five_digits_is_written_as_it_was_read() {
    for number in 0..100_000_u32 {
        let scale = u16::try_from(number % 9).unwrap();
        let numeric = Numeric::new(i128::from(number), scale).unwrap();
        let width = usize::from(scale) + 1;
        let mut expected = format!("{number:0width$}");
        if scale > 0 {
            expected.insert(expected.len() - usize::from(scale), '.');
        }
        assert_eq!(numeric.to_string(), expected);
        assert_eq!(parse(&expected), numeric);
        assert_eq!(parse(&expected).scale(), Some(scale));
    }
}

#[test]
fn other_spellings_are_read_too() {
    assert_eq!(parse("+7").to_string(), "7");
    assert_eq!(parse("007.0").to_string(), "7.0");
    assert_eq!(parse(".5").to_string(), "0.5");
    assert_eq!(parse("5.").to_string(), "5");
    assert_eq!(parse("-0.00").to_string(), "0.00");
}

#[test]
fn texts_that_are_no_number_are_errors() {
    for text in [
        "", "-", ".", "+-1", "1e5", "1_000", " 1", "1 ", "nan", "1.2.3", "٣",
    ] {
        refused(text, ParseError::Form);
    }
    refused(&"1".repeat(131_073), ParseError::Range);
    refused(&format!("0.{}", "1".repeat(16_384)), ParseError::Inexact);
    refused(&format!("0.{}", "1".repeat(70_000)), ParseError::Inexact);
    check(&"9".repeat(131_072));
    check(&format!("0.{}", "1".repeat(16_383)));
}

#[test]
fn numbers_compare_as_on_the_server() {
    let sorted = [
        "-Infinity",
        "-10000",
        "-9999.5",
        "-1.5",
        "-0.0001",
        "0",
        "0.00001",
        "0.0001",
        "0.5",
        "1.4999",
        "1.5",
        "2",
        "9999",
        "10000",
        "10000.0001",
        "100000000",
        "Infinity",
        "NaN",
    ];
    for (left, a) in sorted.iter().enumerate() {
        for (right, b) in sorted.iter().enumerate() {
            assert_eq!(parse(a).cmp(&parse(b)), left.cmp(&right), "{a} {b}");
        }
    }
}

#[test]
fn the_scale_is_no_part_of_the_value() {
    let (short, long) = (parse("1.5"), parse("1.50000000"));
    assert_eq!(short, long);
    assert_ne!(short.to_string(), long.to_string());
    let hasher = std::hash::RandomState::new();
    assert_eq!(hasher.hash_one(&short), hasher.hash_one(&long));
    assert_eq!(parse("0.000"), parse("-0"));
}

#[test]
fn integers_are_converted_both_ways() {
    for integer in [0, 1, -1, 9999, 10_000, -10_000, i64::MIN, i64::MAX] {
        let numeric = Numeric::from(integer);
        assert_eq!(numeric.to_string(), integer.to_string());
        assert_eq!(i64::try_from(&numeric), Ok(integer));
        assert_eq!(i128::try_from(&numeric), Ok(i128::from(integer)));
    }
    for integer in [i128::MIN, i128::MAX] {
        assert_eq!(Numeric::from(integer).to_string(), integer.to_string());
        assert_eq!(i128::try_from(&Numeric::from(integer)), Ok(integer));
        assert_eq!(
            i64::try_from(&Numeric::from(integer)),
            Err(NumericError::OutOfRange)
        );
    }
    assert_eq!(Numeric::from(u128::MAX).to_string(), u128::MAX.to_string());
    assert_eq!(u128::try_from(&Numeric::from(u128::MAX)), Ok(u128::MAX));
    assert_eq!(u64::try_from(&Numeric::from(u64::MAX)), Ok(u64::MAX));
}

#[test]
fn mantissas_of_39_digits_keep_their_scale() {
    for scale in [0, 1, 2, 3, 4, 5, 38, 39, 40, 16_383] {
        let numeric = Numeric::new(i128::MIN, scale).unwrap();
        assert_eq!(numeric.scale(), Some(scale));
        let digits: String = numeric
            .to_string()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        assert_eq!(
            digits.trim_start_matches('0'),
            i128::MIN.unsigned_abs().to_string()
        );
    }
    assert!(Numeric::new(1, 16_384).is_none());
}

#[test]
fn what_is_no_integer_of_a_type_is_an_error() {
    assert_eq!(i64::try_from(&parse("7.000")), Ok(7));
    assert_eq!(i64::try_from(&parse("7.001")), Err(NumericError::Fraction));
    assert_eq!(
        i64::try_from(&parse("0.00000001")),
        Err(NumericError::Fraction)
    );
    assert_eq!(u64::try_from(&parse("-1")), Err(NumericError::OutOfRange));
    assert_eq!(u128::try_from(&parse("-1")), Err(NumericError::OutOfRange));
    assert_eq!(
        u128::try_from(&parse(&"9".repeat(131_072))),
        Err(NumericError::OutOfRange)
    );
    for text in ["NaN", "Infinity", "-Infinity"] {
        assert_eq!(i128::try_from(&parse(text)), Err(NumericError::NotFinite));
    }
}
