//! `date`: a day, or one of the two infinities.

use std::fmt;
use std::str::FromStr;

use super::ParseError;
use super::calendar::{Day, Pieces, era};

/// A `date`: a day from 4714-11-24 BC to 5874897-12-31, or an infinity.
///
/// # Example: text, parts and order
///
/// ```
/// use hathi::types::Date;
///
/// # fn demo() -> Result<(), hathi::types::ParseError> {
/// let ides: Date = "0044-03-15 BC".parse()?;
/// assert_eq!(ides.year_month_day(), Some((-43, 3, 15)));
/// assert!(ides < Date::INFINITY);
/// assert_eq!(ides.to_string(), "0044-03-15 BC");
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// `infinity`: later than every day.
    pub const INFINITY: Self = Self(i32::MAX);

    /// `-infinity`: earlier than every day.
    pub const NEG_INFINITY: Self = Self(i32::MIN);

    /// The first day.
    pub const MIN: Self = Self(-2_451_545);

    /// The last day.
    pub const MAX: Self = Self(2_145_031_948);

    /// The day, in the Gregorian calendar, whose year 0 is 1 BC. `None` if PostgreSQL does not hold it.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let number = Day::new(year, month, day)?.number();
        i32::try_from(number).ok().and_then(Self::from_days)
    }

    /// So many days after 2000-01-01. `None` if PostgreSQL does not hold it; the infinities have numbers too.
    #[must_use]
    pub fn from_days(days: i32) -> Option<Self> {
        let date = Self(days);
        (!date.is_finite() || (Self::MIN..=Self::MAX).contains(&date)).then_some(date)
    }

    /// Days after 2000-01-01: the number on the wire.
    #[must_use]
    pub fn days(self) -> i32 {
        self.0
    }

    /// Whether it is a day and no infinity.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self != Self::INFINITY && self != Self::NEG_INFINITY
    }

    /// Year (0 is 1 BC), month and day; `None` for an infinity.
    #[must_use]
    pub fn year_month_day(self) -> Option<(i32, u8, u8)> {
        let Day { year, month, day } = self.day()?;
        Some((year, month, day))
    }

    pub(super) fn day(self) -> Option<Day> {
        if self.is_finite() {
            Day::from_number(i64::from(self.0))
        } else {
            None
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.day() {
            Some(day) => {
                day.write(f)?;
                day.write_era(f)
            }
            None => f.write_str(if self.0 > 0 { "infinity" } else { "-infinity" }),
        }
    }
}

impl FromStr for Date {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "infinity" => return Ok(Self::INFINITY),
            "-infinity" => return Ok(Self::NEG_INFINITY),
            _ => {}
        }
        let (text, before_christ) = era(text);
        let mut pieces = Pieces(text);
        let day = pieces.day(before_christ)?;
        pieces.end()?;
        Self::new(day.year, day.month, day.day).ok_or(ParseError::Range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, days: i32) {
        let date = Date::from_days(days).unwrap();
        assert_eq!(text.parse(), Ok(date));
        assert_eq!(date.to_string(), text);
    }

    #[track_caller]
    fn refused(text: &str, expected: ParseError) {
        assert_eq!(text.parse::<Date>(), Err(expected), "{text}");
    }

    #[test]
    fn dates_are_written_and_read_as_postgresql_does() {
        check("2000-01-01", 0);
        check("2024-02-29", 8825);
        check("0001-01-01", -730_119);
        check("0001-12-31 BC", -730_120);
        check("4714-11-24 BC", -2_451_545);
        check("5874897-12-31", 2_145_031_948);
        check("infinity", i32::MAX);
        check("-infinity", i32::MIN);
    }

    #[test]
    fn texts_that_are_no_date_are_errors() {
        refused("", ParseError::Form);
        refused("24-02-29", ParseError::Form);
        refused("2024-2-29", ParseError::Form);
        refused("2024-02-29 ", ParseError::Form);
        refused("2024-02-29 AD", ParseError::Form);
        refused("+2024-02-29", ParseError::Form);
        refused("2023-02-29", ParseError::Range);
        refused("2023-13-01", ParseError::Range);
        refused("0000-01-01", ParseError::Range);
        refused("4714-11-23 BC", ParseError::Range);
        refused("5874898-01-01", ParseError::Range);
        refused("99999999999999999999-01-01", ParseError::Range);
    }

    #[test]
    fn numbers_that_no_server_holds_are_refused() {
        assert_eq!(Date::from_days(-2_451_546), None);
        assert_eq!(Date::from_days(i32::MAX - 1), None);
        assert_eq!(Date::new(i32::MIN, 1, 1), None);
        assert_eq!(Date::new(i32::MAX, 12, 31), None);
    }

    #[test]
    fn infinities_enclose_every_day() {
        assert!(Date::NEG_INFINITY < Date::MIN && Date::MAX < Date::INFINITY);
        assert_eq!(Date::INFINITY.year_month_day(), None);
    }
}
