//! `numeric`: counts of ten thousands. Layout: `numeric_send` in `src/backend/utils/adt/numeric.c`.

use super::{Arguments, DecodeError, EncodeError};
use crate::types::{Numeric, NumericError, numeric};

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xc000;
const INFINITY: u16 = 0xd000;
const NEGATIVE_INFINITY: u16 = 0xf000;

/// The number of groups, weight, sign and scale.
const HEADER: usize = 8;

/// A numeric as it came, its groups not yet looked at.
pub(super) enum Received<'r> {
    Finite {
        negative: bool,
        weight: i16,
        scale: u16,
        groups: &'r [u8],
    },
    NaN,
    Infinity,
    NegativeInfinity,
}

impl<'r> Received<'r> {
    pub(super) fn read(value: &'r [u8]) -> Result<Self, DecodeError> {
        let Some((header, groups)) = value.split_first_chunk::<HEADER>() else {
            return Err(DecodeError::Truncated);
        };
        let [
            count_0,
            count_1,
            weight_0,
            weight_1,
            sign_0,
            sign_1,
            scale_0,
            scale_1,
        ] = *header;
        let count = usize::from(u16::from_be_bytes([count_0, count_1]));
        let scale = u16::from_be_bytes([scale_0, scale_1]);
        if groups.len() != 2 * count {
            return Err(DecodeError::length(HEADER + 2 * count, value.len()));
        }
        let negative = match u16::from_be_bytes([sign_0, sign_1]) {
            POSITIVE => false,
            NEGATIVE => true,
            NAN => return Ok(Self::NaN),
            INFINITY => return Ok(Self::Infinity),
            NEGATIVE_INFINITY => return Ok(Self::NegativeInfinity),
            _ => return Err(DecodeError::Malformed),
        };
        if scale > Numeric::MAX_SCALE || self::groups(groups).any(|group| group > 9999) {
            return Err(DecodeError::Malformed);
        }
        let weight = i16::from_be_bytes([weight_0, weight_1]);
        Ok(Self::Finite {
            negative,
            weight,
            scale,
            groups,
        })
    }

    /// Sign and magnitude, if it is an integer.
    fn integer(self) -> Result<(bool, u128), DecodeError> {
        match self {
            Self::Finite {
                negative,
                weight,
                groups,
                ..
            } => Ok((
                negative,
                numeric::mantissa(weight, self::groups(groups), 0)?,
            )),
            _ => Err(DecodeError::NotFinite),
        }
    }
}

pub(super) fn groups(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|group| u16::from_be_bytes(*group))
}

impl From<NumericError> for DecodeError {
    #[cold]
    fn from(error: NumericError) -> Self {
        match error {
            NumericError::NotFinite => Self::NotFinite,
            NumericError::Fraction => Self::Inexact,
            NumericError::OutOfRange => Self::OutOfRange,
        }
    }
}

/// Writes a finite number.
pub(super) fn write(
    to: &mut Arguments<'_>,
    negative: bool,
    weight: i16,
    scale: u16,
    groups: &[u16],
) -> Result<(), EncodeError> {
    let Ok(count) = u16::try_from(groups.len()) else {
        return Err(EncodeError::OutOfRange);
    };
    to.value(|buf| {
        buf.reserve(HEADER + 2 * groups.len());
        buf.extend_from_slice(&count.to_be_bytes());
        buf.extend_from_slice(&weight.to_be_bytes());
        buf.extend_from_slice(&(if negative { NEGATIVE } else { POSITIVE }).to_be_bytes());
        buf.extend_from_slice(&scale.to_be_bytes());
        for group in groups {
            buf.extend_from_slice(&group.to_be_bytes());
        }
        Ok(())
    })
}

/// Writes `mantissa / 10^scale`.
pub(super) fn write_short(
    to: &mut Arguments<'_>,
    negative: bool,
    mantissa: u128,
    scale: u16,
) -> Result<(), EncodeError> {
    let short = numeric::Short::new(negative, mantissa, scale);
    match i16::try_from(short.weight) {
        Ok(weight) => write(to, short.negative, weight, short.scale, short.groups()),
        Err(_) => Err(EncodeError::OutOfRange),
    }
}

/// Writes what is no number: no groups, only the sign says which.
fn write_sign(to: &mut Arguments<'_>, sign: u16) {
    let [high, low] = sign.to_be_bytes();
    to.fixed([0, 0, 0, 0, high, low, 0, 0]);
}

encode!(Numeric as Numeric, |value, to| {
    match value.form() {
        numeric::Form::Finite(digits) => {
            return write(
                to,
                digits.negative,
                digits.weight,
                digits.scale,
                &digits.groups,
            );
        }
        numeric::Form::NaN => write_sign(to, NAN),
        numeric::Form::Infinity => write_sign(to, INFINITY),
        numeric::Form::NegativeInfinity => write_sign(to, NEGATIVE_INFINITY),
    }
    Ok(())
});

decode!(Numeric as Numeric, |value| match Received::read(value)? {
    Received::Finite {
        negative,
        weight,
        scale,
        groups,
    } => {
        let groups = self::groups(groups).collect();
        Self::finite(negative, i32::from(weight), scale, groups).ok_or(DecodeError::Malformed)
    }
    Received::NaN => Ok(Self::NAN),
    Received::Infinity => Ok(Self::INFINITY),
    Received::NegativeInfinity => Ok(Self::NEG_INFINITY),
});

macro_rules! signed {
    ($($integer:ident)+) => {$(
        encode!($integer as Numeric, |value, to| {
            write_short(to, *value < 0, u128::from(value.unsigned_abs()), 0)
        });
    )+};
}

macro_rules! unsigned {
    ($($integer:ident)+) => {$(
        encode!($integer as Numeric, |value, to| write_short(to, false, u128::from(*value), 0));
    )+};
}

signed!(i8 i16 i32 i64 i128);
unsigned!(u8 u16 u32 u64 u128);

decode!(i128 as Numeric, |value| {
    let (negative, magnitude) = Received::read(value)?.integer()?;
    Ok(numeric::signed(negative, magnitude)?)
});
decode!(
    u128 as Numeric,
    |value| match Received::read(value)?.integer()? {
        (false, magnitude) => Ok(magnitude),
        (true, _) => Err(DecodeError::OutOfRange),
    }
);

/// Integers that the widest one is checked against.
macro_rules! narrow {
    ($($integer:ident = $wide:ident)+) => {$(
        decode!($integer as Numeric, |value| {
            let wide = <$wide as super::Decode<'_, crate::sql::Numeric>>::decode(value)?;
            Self::try_from(wide).map_err(|_| DecodeError::OutOfRange)
        });
    )+};
}

narrow!(i64 = i128 u64 = u128);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{bytes, check, refuses, value};
    use crate::sql;

    fn number(text: &str) -> Numeric {
        text.parse().unwrap()
    }

    /// The bytes of a numeric, from its parts.
    fn wire(count: u16, weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let mut bytes = count.to_be_bytes().to_vec();
        bytes.extend(weight.to_be_bytes());
        bytes.extend(sign.to_be_bytes());
        bytes.extend(scale.to_be_bytes());
        bytes.extend(groups.iter().flat_map(|group| group.to_be_bytes()));
        bytes
    }

    #[track_caller]
    fn known(text: &str, weight: i16, sign: u16, scale: u16, groups: &[u16]) {
        let bytes = wire(
            u16::try_from(groups.len()).unwrap(),
            weight,
            sign,
            scale,
            groups,
        );
        check::<sql::Numeric, _>(number(text), &bytes);
        assert_eq!(value::<sql::Numeric, Numeric>(&bytes).to_string(), text);
    }

    #[test]
    fn numbers_are_groups_of_four_digits() {
        known("0", 0, POSITIVE, 0, &[]);
        known("0.00", 0, POSITIVE, 2, &[]);
        known("1.500", 0, POSITIVE, 3, &[1, 5000]);
        known("-12345.6789", 1, NEGATIVE, 4, &[1, 2345, 6789]);
        known("10000", 1, POSITIVE, 0, &[1]);
        known("0.00001", -2, POSITIVE, 5, &[1000]);
        known("NaN", 0, NAN, 0, &[]);
        known("Infinity", 0, INFINITY, 0, &[]);
        known("-Infinity", 0, NEGATIVE_INFINITY, 0, &[]);
    }

    #[test]
    fn integers_are_numerics_and_back() {
        check::<sql::Numeric, _>(
            u64::MAX,
            &bytes::<sql::Numeric, _>(&Numeric::from(u64::MAX)),
        );
        check::<sql::Numeric, _>(
            i64::MIN,
            &bytes::<sql::Numeric, _>(&Numeric::from(i64::MIN)),
        );
        check::<sql::Numeric, _>(
            u128::MAX,
            &bytes::<sql::Numeric, _>(&number("340282366920938463463374607431768211455")),
        );
        check::<sql::Numeric, _>(
            i128::MIN,
            &bytes::<sql::Numeric, _>(&number("-170141183460469231731687303715884105728")),
        );
        check::<sql::Numeric, _>(0_i64, &wire(0, 0, POSITIVE, 0, &[]));
        assert_eq!(
            value::<sql::Numeric, i64>(&wire(2, 0, POSITIVE, 4, &[7, 0])),
            7
        );
    }

    #[test]
    fn what_an_integer_cannot_hold_is_an_error() {
        let refuses_i64 = |bytes: &[u8]| refuses::<sql::Numeric, i64>(bytes);
        assert!(matches!(
            refuses_i64(&wire(2, 0, POSITIVE, 1, &[7, 5000])),
            DecodeError::Inexact
        ));
        assert!(matches!(
            refuses_i64(&wire(1, -1, POSITIVE, 1, &[5000])),
            DecodeError::Inexact
        ));
        assert!(matches!(
            refuses_i64(&wire(1, 5, POSITIVE, 0, &[1])),
            DecodeError::OutOfRange
        ));
        assert!(matches!(
            refuses_i64(&wire(1, i16::MAX, POSITIVE, 0, &[1])),
            DecodeError::OutOfRange
        ));
        assert!(matches!(
            refuses_i64(&wire(0, 0, NAN, 0, &[])),
            DecodeError::NotFinite
        ));
        assert!(matches!(
            refuses::<sql::Numeric, u64>(&wire(1, 0, NEGATIVE, 0, &[1])),
            DecodeError::OutOfRange
        ));
    }

    #[test]
    fn hostile_bytes_are_errors() {
        for bytes in [
            wire(0, 0, POSITIVE, 0, &[])[..7].to_vec(),
            wire(2, 0, POSITIVE, 0, &[1]),
            wire(0, 0, POSITIVE, 0, &[1]),
            wire(u16::MAX, 0, POSITIVE, 0, &[]),
            wire(1, 0, POSITIVE, 0, &[10_000]),
            wire(1, 0, 0x1234, 0, &[1]),
            wire(1, 0, POSITIVE, 0x4000, &[1]),
            wire(1, -1, POSITIVE, 0, &[5000]),
            wire(1, -1, POSITIVE, 3, &[1]),
            wire(2, i16::MIN, POSITIVE, 0, &[0, 1]),
        ] {
            refuses::<sql::Numeric, Numeric>(&bytes);
        }
    }

    #[test]
    fn groups_of_zeros_at_the_ends_are_no_part_of_the_number() {
        let padded = wire(4, 2, POSITIVE, 4, &[0, 7, 5, 0]);
        assert_eq!(value::<sql::Numeric, Numeric>(&padded), number("70005"));
        assert_eq!(value::<sql::Numeric, i64>(&padded), 70_005);
        let zeros = wire(2, i16::MAX, NEGATIVE, 0, &[0, 0]);
        assert_eq!(value::<sql::Numeric, Numeric>(&zeros).to_string(), "0");
        assert_eq!(value::<sql::Numeric, i64>(&zeros), 0);
    }
}
