//! `time`: what a clock shows, up to and including 24:00:00.

use std::fmt;
use std::str::FromStr;

use super::ParseError;
use super::calendar::Pieces;

/// A `time`: microseconds since midnight, up to and including 24:00:00.
///
/// # Example: the end of a day
///
/// ```
/// use hathi::types::Time;
///
/// # fn demo() -> Result<(), hathi::types::ParseError> {
/// let end: Time = "24:00:00".parse()?;
/// assert!(end > "23:59:59.999999".parse()?);
/// assert_eq!(end, Time::END_OF_DAY);
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

pub(super) const MICROSECONDS_OF_SECOND: i64 = 1_000_000;
const MICROSECONDS_OF_MINUTE: i64 = 60 * MICROSECONDS_OF_SECOND;
const MICROSECONDS_OF_HOUR: i64 = 60 * MICROSECONDS_OF_MINUTE;
pub(super) const MICROSECONDS_OF_DAY: i64 = 24 * MICROSECONDS_OF_HOUR;

impl Time {
    /// 00:00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// 24:00:00, the latest time there is.
    pub const END_OF_DAY: Self = Self(MICROSECONDS_OF_DAY);

    /// The time, if a clock shows it: 23:59:59.999999 at most, or 24:00:00.
    #[must_use]
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Option<Self> {
        if hour > 24 || minute > 59 || second > 59 || microsecond > 999_999 {
            return None;
        }
        Self::from_microseconds(
            i64::from(hour) * MICROSECONDS_OF_HOUR
                + i64::from(minute) * MICROSECONDS_OF_MINUTE
                + i64::from(second) * MICROSECONDS_OF_SECOND
                + i64::from(microsecond),
        )
    }

    /// So many microseconds after midnight. `None` beyond 24:00:00.
    #[must_use]
    pub fn from_microseconds(microseconds: i64) -> Option<Self> {
        (0..=MICROSECONDS_OF_DAY)
            .contains(&microseconds)
            .then_some(Self(microseconds))
    }

    /// Microseconds after midnight: the number on the wire.
    #[must_use]
    pub fn microseconds(self) -> i64 {
        self.0
    }

    /// Hour, minute, second and microsecond. The hour is 24 at the end of a day.
    #[must_use]
    pub fn parts(self) -> (u8, u8, u8, u32) {
        let part = |unit: i64, of: i64| u8::try_from(self.0 / unit % of).unwrap_or_default();
        (
            part(MICROSECONDS_OF_HOUR, 25),
            part(MICROSECONDS_OF_MINUTE, 60),
            part(MICROSECONDS_OF_SECOND, 60),
            u32::try_from(self.0 % MICROSECONDS_OF_SECOND).unwrap_or_default(),
        )
    }

    /// Reads `04:05:06.789`.
    pub(super) fn read(pieces: &mut Pieces<'_>) -> Result<Self, ParseError> {
        let hour = pieces.two()?;
        pieces.expect(":")?;
        let minute = pieces.two()?;
        pieces.expect(":")?;
        let second = pieces.two()?;
        let microsecond = if pieces.take(".") {
            fraction(pieces.digits())?
        } else {
            0
        };
        Self::new(hour, minute, second, microsecond).ok_or(ParseError::Range)
    }
}

/// The digits behind the point as microseconds.
fn fraction(digits: &str) -> Result<u32, ParseError> {
    let digits = match digits.len() {
        0 => return Err(ParseError::Form),
        1..=6 => digits,
        _ => digits.trim_end_matches('0'),
    };
    if digits.len() > 6 {
        return Err(ParseError::Inexact);
    }
    let places = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    Ok(places.fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, microsecond) = self.parts();
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        if microsecond == 0 {
            return Ok(());
        }
        let digits = format!("{microsecond:06}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

impl FromStr for Time {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut pieces = Pieces(text);
        let time = Self::read(&mut pieces)?;
        pieces.end()?;
        Ok(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, microseconds: i64) {
        let time = Time::from_microseconds(microseconds).unwrap();
        assert_eq!(text.parse(), Ok(time));
        assert_eq!(time.to_string(), text);
    }

    #[track_caller]
    fn refused(text: &str, expected: ParseError) {
        assert_eq!(text.parse::<Time>(), Err(expected), "{text}");
    }

    #[test]
    fn times_are_written_and_read_as_postgresql_does() {
        check("00:00:00", 0);
        check("04:05:06.789", 14_706_789_000);
        check("04:05:06.000001", 14_706_000_001);
        check("23:59:59.999999", 86_399_999_999);
        check("24:00:00", 86_400_000_000);
        assert_eq!("00:00:00.10000000".parse(), Ok(Time(100_000)));
    }

    #[test]
    fn texts_that_are_no_time_are_errors() {
        refused("", ParseError::Form);
        refused("04:05", ParseError::Form);
        refused("4:05:06", ParseError::Form);
        refused("04:05:06.", ParseError::Form);
        refused("04:05:06 ", ParseError::Form);
        refused("24:00:00.000001", ParseError::Range);
        refused("25:00:00", ParseError::Range);
        refused("04:60:00", ParseError::Range);
        refused("23:59:60", ParseError::Range);
        refused("04:05:06.0000001", ParseError::Inexact);
    }

    #[test]
    fn numbers_that_no_clock_shows_are_refused() {
        for microseconds in [-1, 86_400_000_001, i64::MIN, i64::MAX] {
            assert_eq!(Time::from_microseconds(microseconds), None);
        }
        assert_eq!(Time::new(24, 0, 0, 1), None);
        assert_eq!(Time::new(0, 0, 0, 1_000_000), None);
    }
}
