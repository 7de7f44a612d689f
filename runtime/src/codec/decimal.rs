//! `numeric` as `rust_decimal::Decimal`: up to 28 places; what does not fit is an error.

use rust_decimal::Decimal;

use super::numeric::{Received, groups, write_short};
use super::{DecodeError, EncodeError};
use crate::types::numeric::{mantissa, signed};

encode!(Decimal as Numeric, |value, to| {
    let mantissa = value.mantissa();
    match u16::try_from(value.scale()) {
        Ok(scale) => write_short(to, mantissa < 0, mantissa.unsigned_abs(), scale),
        Err(_) => Err(EncodeError::OutOfRange),
    }
});

decode!(Decimal as Numeric, |value| {
    let Received::Finite {
        negative,
        weight,
        scale,
        groups,
    } = Received::read(value)?
    else {
        return Err(DecodeError::NotFinite);
    };
    // Zeros behind the last place that fits are no part of the value, and may go; other digits may not.
    let mut scale = scale.min(MAX_SCALE);
    loop {
        match with_scale(negative, weight, groups, scale) {
            Err(DecodeError::OutOfRange) if scale > 0 => scale -= 1,
            result => return result,
        }
    }
});

const MAX_SCALE: u16 = 28;

fn with_scale(
    negative: bool,
    weight: i16,
    digits: &[u8],
    scale: u16,
) -> Result<Decimal, DecodeError> {
    let magnitude = mantissa(weight, groups(digits), scale)?;
    let mantissa = signed(negative, magnitude)?;
    Decimal::try_from_i128_with_scale(mantissa, u32::from(scale))
        .map_err(|_| DecodeError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::check::{bytes, refuses, sends, value};
    use crate::sql;
    use crate::types::Numeric;

    #[track_caller]
    fn received(text: &str) -> Vec<u8> {
        bytes::<sql::Numeric, _>(&text.parse::<Numeric>().unwrap())
    }

    #[track_caller]
    fn check(text: &str) {
        let decimal: Decimal = text.parse().unwrap();
        sends::<sql::Numeric, _>(&decimal, &received(text));
        let read = value::<sql::Numeric, Decimal>(&received(text));
        assert_eq!(read.to_string(), text);
    }

    #[track_caller]
    fn refused(text: &str, expected: &DecodeError) {
        let error = refuses::<sql::Numeric, Decimal>(&received(text)).to_string();
        assert_eq!(error, expected.to_string(), "{text}");
    }

    #[test]
    fn decimals_keep_their_scale() {
        check("0");
        check("0.00");
        check("1.500");
        check("-12345678.90");
        check("10000");
        check("79228162514264337593543950335");
        check("-79228162514264337593543950335");
        check("0.0000000000000000000000000001");
    }

    #[test]
    fn zeros_that_do_not_fit_are_left_out() {
        let read = |text: &str| value::<sql::Numeric, Decimal>(&received(text)).to_string();
        assert_eq!(
            read(&format!("1.5{}", "0".repeat(40))),
            format!("1.5{}", "0".repeat(27))
        );
        assert_eq!(
            read("79228162514264337593543950335.000"),
            "79228162514264337593543950335"
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        refused("79228162514264337593543950336", &DecodeError::OutOfRange);
        refused(&"9".repeat(200), &DecodeError::OutOfRange);
        refused("0.00000000000000000000000000001", &DecodeError::Inexact);
        refused("79228162514264337593543950335.5", &DecodeError::Inexact);
        refused("NaN", &DecodeError::NotFinite);
        refused("-Infinity", &DecodeError::NotFinite);
    }
}
