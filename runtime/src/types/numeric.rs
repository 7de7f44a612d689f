//! `numeric`: a decimal number of any precision, exactly as the server holds it.

mod convert;
mod text;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

pub use self::convert::NumericError;
pub(crate) use self::convert::{Short, mantissa, signed};

/// A `numeric`: a decimal number of up to 131,072 digits before and 16,383 behind the point, an infinity, or NaN.
///
/// The scale, the number of digits behind the point, is kept: `1.500` stays `1.500`. Numbers compare as on the server,
/// where `1.500 = 1.5`, NaN equals itself and is greater than everything else.
///
/// # Example: text, integers and scale
///
/// ```
/// use hathi::types::Numeric;
///
/// # fn demo() -> Result<(), Box<dyn std::error::Error>> {
/// let price: Numeric = "12.50".parse()?;
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(price.scale(), Some(2));
/// assert_eq!(price, "12.5".parse()?);
/// assert_eq!(i64::try_from(&Numeric::from(7_u64))?, 7);
/// assert!(i64::try_from(&price).is_err());
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Clone)]
pub struct Numeric(Form);

/// The sorts of numerics, in the order the server sorts them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    NegativeInfinity,
    Finite(Digits),
    Infinity,
    NaN,
}

/// A finite number: the sum of `groups[i] * 10000^(weight - i)`.
#[derive(Clone)]
pub(crate) struct Digits {
    pub(crate) negative: bool,
    pub(crate) weight: i16,
    pub(crate) scale: u16,
    // Invariants: each below 10000, no zero at either end, none behind the scale; zero has none, weight 0 and no sign.
    pub(crate) groups: Vec<u16>,
}

/// Digits in a group.
pub(crate) const GROUP: u16 = 4;

impl Numeric {
    /// NaN.
    pub const NAN: Self = Self(Form::NaN);

    /// `Infinity`.
    pub const INFINITY: Self = Self(Form::Infinity);

    /// `-Infinity`.
    pub const NEG_INFINITY: Self = Self(Form::NegativeInfinity);

    /// The most digits behind the point.
    pub const MAX_SCALE: u16 = 0x3fff;

    /// `mantissa / 10^scale`: `new(1250, 2)` is `12.50`. `None` beyond [`Numeric::MAX_SCALE`].
    #[must_use]
    pub fn new(mantissa: i128, scale: u16) -> Option<Self> {
        if scale > Self::MAX_SCALE {
            return None;
        }
        Some(Self::from(Short::new(
            mantissa < 0,
            mantissa.unsigned_abs(),
            scale,
        )))
    }

    /// Whether it is neither an infinity nor NaN.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        matches!(self.0, Form::Finite(_))
    }

    /// Whether it is NaN.
    #[must_use]
    pub fn is_nan(&self) -> bool {
        matches!(self.0, Form::NaN)
    }

    /// How many digits stand behind the point; `None` for infinities and NaN.
    #[must_use]
    pub fn scale(&self) -> Option<u16> {
        match &self.0 {
            Form::Finite(digits) => Some(digits.scale),
            _ => None,
        }
    }

    pub(crate) fn form(&self) -> &Form {
        &self.0
    }

    /// The finite number of these groups, brought into the form of [`Digits`]; `None` if there is none.
    pub(crate) fn finite(
        negative: bool,
        weight: i32,
        scale: u16,
        groups: Vec<u16>,
    ) -> Option<Self> {
        Digits::new(negative, weight, scale, groups).map(|digits| Self(Form::Finite(digits)))
    }
}

impl Digits {
    fn new(negative: bool, mut weight: i32, scale: u16, mut groups: Vec<u16>) -> Option<Self> {
        if scale > Numeric::MAX_SCALE || groups.iter().any(|group| *group > 9999) {
            return None;
        }
        let zeros = groups.iter().take_while(|group| **group == 0).count();
        groups.drain(..zeros);
        let end = groups
            .iter()
            .rposition(|group| *group != 0)
            .map_or(0, |last| last + 1);
        groups.truncate(end);
        let Some(last) = groups.last() else {
            return Some(Self {
                negative: false,
                weight: 0,
                scale,
                groups,
            });
        };
        weight -= i32::try_from(zeros).ok()?;
        let exponent = weight.checked_sub(i32::try_from(end).ok()? - 1)?;
        let unused = (1..GROUP)
            .take_while(|places| last % 10_u16.pow(u32::from(*places)) == 0)
            .count();
        let behind_point = i32::from(GROUP) * -exponent - i32::try_from(unused).ok()?;
        if behind_point > i32::from(scale) {
            return None;
        }
        Some(Self {
            negative,
            weight: i16::try_from(weight).ok()?,
            scale,
            groups,
        })
    }

    /// The group that counts `10000^exponent`.
    fn group(&self, exponent: i32) -> u16 {
        usize::try_from(i32::from(self.weight) - exponent)
            .ok()
            .and_then(|index| self.groups.get(index).copied())
            .unwrap_or_default()
    }

    /// The number without its sign, in an order; zero has weight 0, so it is told from fractions by its groups.
    fn magnitude(&self) -> (Option<i16>, &[u16]) {
        let weight = (!self.groups.is_empty()).then_some(self.weight);
        (weight, &self.groups)
    }
}

// The scale is no part of the value.
impl PartialEq for Digits {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Digits {}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl Hash for Digits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.negative, self.magnitude()).hash(state);
    }
}

impl PartialEq for Numeric {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Numeric {}

impl PartialOrd for Numeric {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Numeric {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl Hash for Numeric {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Numeric({self})")
    }
}

#[cfg(test)]
mod tests;
