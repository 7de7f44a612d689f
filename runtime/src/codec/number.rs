//! `bool`, integers, floats, `oid` and `void`. Integers widen; nothing narrows, and no float passes for an integer.

use super::DecodeError;

/// The bytes of a value whose length the type knows.
#[inline]
pub(super) fn fixed<const N: usize>(value: &[u8]) -> Result<[u8; N], DecodeError> {
    match <[u8; N]>::try_from(value) {
        Ok(value) => Ok(value),
        Err(_) => Err(DecodeError::length(N, value.len())),
    }
}

encode!(bool as Bool, |value, to| {
    to.fixed([u8::from(*value)]);
    Ok(())
});

decode!(bool as Bool, |value| match fixed(value)? {
    [0] => Ok(false),
    [1] => Ok(true),
    _ => Err(DecodeError::Malformed),
});

/// A number that is sent as `$wide` and read from `$wide`, the type on the wire.
macro_rules! numbers {
    ($($marker:ident = $wide:ident: send $($sent:ident)+, read $($read:ident)+;)+) => {$(
        $(
            encode!($sent as $marker, |value, to| {
                to.fixed($wide::from(*value).to_be_bytes());
                Ok(())
            });
        )+
        $(
            decode!($read as $marker, |value| Ok($read::from($wide::from_be_bytes(fixed(value)?))));
        )+
    )+};
}

// `Int2`, `Float4` and `Oid` take one type each: so a literal is of that type, and `bind((1,))` compiles.
numbers! {
    Int2 = i16: send i16, read i16 i32 i64;
    Int4 = i32: send i32 i16 i8 u16 u8, read i32 i64;
    Int8 = i64: send i64 i32 i16 i8 u32 u16 u8, read i64;
    Oid = u32: send u32, read u32;
    Float4 = f32: send f32, read f32 f64;
    Float8 = f64: send f64 f32, read f64;
}

decode!(() as Void, |value| fixed(value).map(|[]: [u8; 0]| ()));

#[cfg(test)]
mod tests {
    use crate::codec::check::{bytes, check, refuses, sends, value};
    use crate::sql::{Bool, Float4, Float8, Int2, Int4, Int8, Oid, Void};

    #[test]
    fn booleans_are_one_byte() {
        check::<Bool, _>(true, &[1]);
        check::<Bool, _>(false, &[0]);
        refuses::<Bool, bool>(&[2]);
        refuses::<Bool, bool>(b"");
        refuses::<Bool, bool>(b"tt");
    }

    #[test]
    fn integers_are_big_endian() {
        check::<Int2, _>(i16::MIN, &[0x80, 0]);
        check::<Int4, _>(-2_i32, &[0xff, 0xff, 0xff, 0xfe]);
        check::<Int8, _>(i64::MAX, &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        check::<Oid, _>(u32::MAX, &[0xff; 4]);
    }

    #[test]
    fn every_int2_is_read_as_what_was_sent() {
        for number in i16::MIN..=i16::MAX {
            assert_eq!(value::<Int2, i16>(&bytes::<Int2, _>(&number)), number);
            assert_eq!(
                value::<Int2, i64>(&bytes::<Int2, _>(&number)),
                i64::from(number)
            );
        }
    }

    #[test]
    fn integers_widen_when_sent_and_when_read() {
        sends::<Int8, _>(&-1_i32, &[0xff; 8]);
        sends::<Int8, _>(&u32::MAX, &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        sends::<Int4, _>(&200_u8, &[0, 0, 0, 200]);
        assert_eq!(value::<Int4, i64>(&[0xff; 4]), -1);
    }

    #[test]
    fn every_sort_of_bit_pattern_of_a_float_survives() {
        for half in 0..=u16::MAX {
            let bits = u32::from(half) << 16 | u32::from(half.reverse_bits());
            let float = f32::from_bits(bits);
            assert_eq!(
                value::<Float4, f32>(&bytes::<Float4, _>(&float)).to_bits(),
                bits
            );
            let bits = u64::from(bits) << 32 | u64::from(!bits);
            let float = f64::from_bits(bits);
            assert_eq!(
                value::<Float8, f64>(&bytes::<Float8, _>(&float)).to_bits(),
                bits
            );
        }
    }

    #[test]
    fn floats_that_look_like_text_are_no_text() {
        let looks_like_text = f32::from_be_bytes(*b"1.50");
        check::<Float4, _>(looks_like_text, b"1.50");
        check::<Float8, _>(f64::from_be_bytes(*b"-12.5e10"), b"-12.5e10");
    }

    #[test]
    fn void_is_no_bytes() {
        value::<Void, ()>(b"");
        refuses::<Void, ()>(b"x");
    }

    #[test]
    fn another_length_is_an_error() {
        refuses::<Int4, i32>(&[0; 3]);
        refuses::<Int4, i32>(&[0; 8]);
        refuses::<Int8, i64>(&[0; 4]);
        refuses::<Float8, f64>(&[0; 4]);
        refuses::<Float4, f64>(&[0; 8]);
    }
}
