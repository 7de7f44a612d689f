//! Numerics as text: `-12.50`, `NaN`, `Infinity`, `-Infinity`.

use std::fmt;
use std::str::FromStr;

use super::{Digits, Form, GROUP, Numeric};
use crate::types::ParseError;

/// The most digits before the point.
const MAX_INTEGER_DIGITS: usize = 131_072;

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form() {
            Form::Finite(digits) => digits.fmt(f),
            Form::NaN => f.write_str("NaN"),
            Form::Infinity => f.write_str("Infinity"),
            Form::NegativeInfinity => f.write_str("-Infinity"),
        }
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let highest = i32::from(self.weight).max(0);
        write!(f, "{}", self.group(highest))?;
        for exponent in (0..highest).rev() {
            write!(f, "{:04}", self.group(exponent))?;
        }
        if self.scale == 0 {
            return Ok(());
        }
        f.write_str(".")?;
        let whole = i32::from(self.scale / GROUP);
        for exponent in 1..=whole {
            write!(f, "{:04}", self.group(-exponent))?;
        }
        match self.scale % GROUP {
            0 => Ok(()),
            places => {
                let cut = 10_u16.pow(u32::from(GROUP - places));
                let width = usize::from(places);
                write!(f, "{:0width$}", self.group(-whole - 1) / cut)
            }
        }
    }
}

impl FromStr for Numeric {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "NaN" => return Ok(Self::NAN),
            "Infinity" => return Ok(Self::INFINITY),
            "-Infinity" => return Ok(Self::NEG_INFINITY),
            _ => {}
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (integer, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = || integer.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
            return Err(ParseError::Form);
        }
        let integer = integer.trim_start_matches('0');
        if integer.len() > MAX_INTEGER_DIGITS {
            return Err(ParseError::Range);
        }
        let scale = u16::try_from(fraction.len()).map_err(|_| ParseError::Inexact)?;
        if scale > Self::MAX_SCALE {
            return Err(ParseError::Inexact);
        }
        let groups = groups(integer, fraction);
        let before_point =
            i32::try_from(integer.len().div_ceil(4)).map_err(|_| ParseError::Range)?;
        Self::finite(negative, before_point - 1, scale, groups).ok_or(ParseError::Range)
    }
}

/// The digits in groups of four that meet at the point.
fn groups(integer: &str, fraction: &str) -> Vec<u16> {
    let zeros = |length: usize| std::iter::repeat_n(b'0', length.next_multiple_of(4) - length);
    let digits: Vec<u8> = zeros(integer.len())
        .chain(integer.bytes())
        .chain(fraction.bytes())
        .chain(zeros(fraction.len()))
        .collect();
    digits
        .chunks(4)
        .map(|group| {
            group
                .iter()
                .fold(0, |number, digit| number * 10 + u16::from(digit - b'0'))
        })
        .collect()
}
