//! Between numerics and integers, exactly or not at all.

use std::error::Error;
use std::fmt;

use super::{Form, GROUP, Numeric};

/// Why a numeric is no integer of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumericError {
    /// It is NaN or an infinity.
    NotFinite,
    /// It has digits behind the point, other than zeros.
    Fraction,
    /// The type is too small for it.
    OutOfRange,
}

impl fmt::Display for NumericError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "the number is not finite",
            Self::Fraction => "the number has more digits behind the point than the Rust type",
            Self::OutOfRange => "the number is beyond the range of the Rust type",
        })
    }
}

impl Error for NumericError {}

/// Groups that 39 digits, the most of a `u128`, can touch.
const SHORT: usize = 11;

/// A finite number of at most 39 digits, which needs no allocation.
pub(crate) struct Short {
    pub(crate) negative: bool,
    pub(crate) weight: i32,
    pub(crate) scale: u16,
    groups: [u16; SHORT],
    // Invariant: the groups in use are `first..end`; the others are zero.
    first: usize,
    end: usize,
}

impl Short {
    /// `mantissa / 10^scale`.
    pub(crate) fn new(negative: bool, mut mantissa: u128, scale: u16) -> Self {
        let mut groups = [0; SHORT];
        let mut first = SHORT;
        let mut push = |group: u128| {
            first -= 1;
            groups[first] = u16::try_from(group).unwrap_or_default();
        };
        let places = u32::from(scale % GROUP);
        if places > 0 {
            let unit = 10_u128.pow(places);
            push(mantissa % unit * 10_u128.pow(u32::from(GROUP) - places));
            mantissa /= unit;
        }
        while mantissa > 0 {
            push(mantissa % 10_000);
            mantissa /= 10_000;
        }
        let lowest = -i32::from(scale.div_ceil(GROUP));
        let weight = lowest - 1 + i32::try_from(SHORT - first).unwrap_or_default();
        Self {
            negative,
            weight,
            scale,
            groups,
            first,
            end: SHORT,
        }
        .without_zeros()
    }

    fn without_zeros(mut self) -> Self {
        while self.first < self.end && self.groups[self.first] == 0 {
            self.first += 1;
            self.weight -= 1;
        }
        while self.first < self.end && self.groups[self.end - 1] == 0 {
            self.end -= 1;
        }
        if self.first == self.end {
            self.negative = false;
            self.weight = 0;
        }
        self
    }

    pub(crate) fn groups(&self) -> &[u16] {
        &self.groups[self.first..self.end]
    }
}

impl From<Short> for Numeric {
    fn from(short: Short) -> Self {
        // A scale within the limits and 39 digits always have a form, so NaN is never the answer.
        Self::finite(
            short.negative,
            short.weight,
            short.scale,
            short.groups().to_vec(),
        )
        .unwrap_or(Self::NAN)
    }
}

/// `number * 10^scale` of the number that is the sum of `groups[i] * 10000^(weight - i)`.
///
/// # Errors
///
/// If that is no integer, or none of a `u128`.
pub(crate) fn mantissa(
    weight: i16,
    mut groups: impl Iterator<Item = u16>,
    scale: u16,
) -> Result<u128, NumericError> {
    let lowest = -i32::from(scale.div_ceil(GROUP));
    let mut mantissa = 0_u128;
    for exponent in (lowest..=i32::from(weight)).rev() {
        let group = groups.next().unwrap_or_default();
        let places = match scale % GROUP {
            places if places > 0 && exponent == lowest => places,
            _ => GROUP,
        };
        let cut = 10_u16.pow(u32::from(GROUP - places));
        if !group.is_multiple_of(cut) {
            return Err(NumericError::Fraction);
        }
        mantissa = mantissa
            .checked_mul(10_u128.pow(u32::from(places)))
            .and_then(|mantissa| mantissa.checked_add(u128::from(group / cut)))
            .ok_or(NumericError::OutOfRange)?;
    }
    if groups.any(|group| group != 0) {
        return Err(NumericError::Fraction);
    }
    Ok(mantissa)
}

/// A sign and a magnitude as a signed integer.
pub(crate) fn signed(negative: bool, magnitude: u128) -> Result<i128, NumericError> {
    let number = if negative {
        0_i128.checked_sub_unsigned(magnitude)
    } else {
        0_i128.checked_add_unsigned(magnitude)
    };
    number.ok_or(NumericError::OutOfRange)
}

impl Numeric {
    /// The sign and the magnitude of an integer.
    fn integer(&self) -> Result<(bool, u128), NumericError> {
        match self.form() {
            Form::Finite(digits) => {
                let magnitude = mantissa(digits.weight, digits.groups.iter().copied(), 0)?;
                Ok((digits.negative, magnitude))
            }
            _ => Err(NumericError::NotFinite),
        }
    }
}

impl TryFrom<&Numeric> for i128 {
    type Error = NumericError;

    fn try_from(numeric: &Numeric) -> Result<Self, NumericError> {
        let (negative, magnitude) = numeric.integer()?;
        signed(negative, magnitude)
    }
}

impl TryFrom<&Numeric> for u128 {
    type Error = NumericError;

    fn try_from(numeric: &Numeric) -> Result<Self, NumericError> {
        match numeric.integer()? {
            (false, magnitude) => Ok(magnitude),
            (true, _) => Err(NumericError::OutOfRange),
        }
    }
}

macro_rules! narrow {
    ($($integer:ident)+) => {$(
        impl TryFrom<&Numeric> for $integer {
            type Error = NumericError;

            fn try_from(numeric: &Numeric) -> Result<Self, NumericError> {
                Self::try_from(i128::try_from(numeric)?).map_err(|_| NumericError::OutOfRange)
            }
        }
    )+};
}

narrow!(i16 i32 i64 u16 u32 u64);

macro_rules! from_integers {
    ($($integer:ident)+) => {$(
        impl From<$integer> for Numeric {
            fn from(integer: $integer) -> Self {
                let integer = i128::from(integer);
                Self::from(Short::new(integer < 0, integer.unsigned_abs(), 0))
            }
        }
    )+};
}

from_integers!(i16 i32 i64 i128 u16 u32 u64);

impl From<u128> for Numeric {
    fn from(integer: u128) -> Self {
        Self::from(Short::new(false, integer, 0))
    }
}
