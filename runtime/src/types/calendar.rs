//! The calendar that PostgreSQL counts by: the Gregorian one for all times, days from 2000-01-01.

use std::error::Error;
use std::fmt;

/// Text that is no value of its type, in PostgreSQL's ISO form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// The text has another form.
    Form,
    /// The form is right, but there is no such day, hour or minute, or PostgreSQL does not hold it.
    Range,
    /// The text is more precise than the type.
    Inexact,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "the text has not the form of the type",
            Self::Range => "the type has no such value",
            Self::Inexact => "the text has more digits than the type",
        })
    }
}

impl Error for ParseError {}

/// A day of the calendar. Year 0 is 1 BC, year -1 is 2 BC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// Days from 0000-03-01, where a cycle of leap years begins, to 2000-01-01.
const EPOCH: i64 = 730_425;
const DAYS_OF_400_YEARS: i64 = 146_097;
const DAYS_OF_4_YEARS: i64 = 1_461;
const DAYS_OF_100_YEARS: i64 = 36_524;

impl Day {
    /// The day, if the calendar has it.
    pub(super) fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => return None,
        };
        (1..=last)
            .contains(&day)
            .then_some(Self { year, month, day })
    }

    /// Days from 2000-01-01. Years begin in March here, so that a leap day is the last one of its year.
    pub(super) fn number(self) -> i64 {
        let early = i64::from(self.month <= 2);
        let year = i64::from(self.year) - early;
        let month = i64::from(self.month) - 3 + 12 * early;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        year * 365 + leap_days + of_year - EPOCH
    }

    /// The day with this number. `None` beyond the years of an `i32`, which no count of PostgreSQL reaches.
    pub(super) fn from_number(number: i64) -> Option<Self> {
        let days = number.checked_add(EPOCH)?;
        let cycle = days.div_euclid(DAYS_OF_400_YEARS);
        let of_cycle = days.rem_euclid(DAYS_OF_400_YEARS);
        let year_of_cycle = (of_cycle - of_cycle / (DAYS_OF_4_YEARS - 1)
            + of_cycle / DAYS_OF_100_YEARS
            - of_cycle / (DAYS_OF_400_YEARS - 1))
            / 365;
        let of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let early = i64::from(month >= 10);
        Some(Self {
            year: i32::try_from(cycle * 400 + year_of_cycle + early).ok()?,
            month: u8::try_from(month + 3 - 12 * early).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// The day without the era: PostgreSQL writes `BC` behind everything else.
    pub(super) fn write(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        let year = if year > 0 {
            i64::from(year)
        } else {
            1 - i64::from(year)
        };
        write!(f, "{year:04}-{month:02}-{day:02}")
    }

    /// ` BC`, or nothing.
    pub(super) fn write_era(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.year > 0 { "" } else { " BC" })
    }
}

/// Reads a text from its start, piece by piece.
pub(super) struct Pieces<'t>(pub(super) &'t str);

impl Pieces<'_> {
    /// Takes the text if it stands here.
    pub(super) fn take(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes the text, which must stand here.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), ParseError> {
        if self.take(text) {
            Ok(())
        } else {
            Err(ParseError::Form)
        }
    }

    /// The digits that stand here.
    pub(super) fn digits(&mut self) -> &str {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// A number of two digits.
    pub(super) fn two(&mut self) -> Result<u8, ParseError> {
        let digits = self.digits();
        if digits.len() != 2 {
            return Err(ParseError::Form);
        }
        digits.parse().map_err(|_| ParseError::Form)
    }

    /// A day without its era: `2024-02-29`.
    pub(super) fn day(&mut self, before_christ: bool) -> Result<Day, ParseError> {
        let digits = self.digits();
        if digits.len() < 4 {
            return Err(ParseError::Form);
        }
        let year: i32 = digits.parse().map_err(|_| ParseError::Range)?;
        self.expect("-")?;
        let month = self.two()?;
        self.expect("-")?;
        let day = self.two()?;
        // Neither era has a year 0.
        let year = match (year, before_christ) {
            (0, _) => return Err(ParseError::Range),
            (year, true) => 1 - year,
            (year, false) => year,
        };
        Day::new(year, month, day).ok_or(ParseError::Range)
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), ParseError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ParseError::Form)
        }
    }
}

/// The text without its era, and whether that was `BC`.
pub(super) fn era(text: &str) -> (&str, bool) {
    match text.strip_suffix(" BC") {
        Some(text) => (text, true),
        None => (text, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: i64, year: i32, month: u8, day: u8) {
        let expected = Day::new(year, month, day).unwrap();
        assert_eq!(Day::from_number(number), Some(expected));
        assert_eq!(expected.number(), number);
    }

    #[test]
    fn days_are_counted_from_the_first_of_january_2000() {
        check(0, 2000, 1, 1);
        check(-1, 1999, 12, 31);
        check(59, 2000, 2, 29);
        check(60, 2000, 3, 1);
        check(366, 2001, 1, 1);
        check(-10_957, 1970, 1, 1);
        check(-730_119, 1, 1, 1);
        check(-730_120, 0, 12, 31);
        check(-2_451_545, -4713, 11, 24);
        check(2_145_031_948, 5_874_897, 12, 31);
    }

    #[test]
    fn every_day_of_eight_centuries_follows_the_one_before() {
        let mut before = Day::from_number(-300_001).unwrap();
        for number in -300_000..300_000 {
            let day = Day::from_number(number).unwrap();
            assert_eq!(day.number(), number);
            let next = Day::new(before.year, before.month, before.day + 1)
                .or_else(|| Day::new(before.year, before.month + 1, 1))
                .or_else(|| Day::new(before.year + 1, 1, 1));
            assert_eq!(Some(day), next);
            before = day;
        }
    }

    #[test]
    fn no_number_panics() {
        for number in [i64::MIN, i64::MAX, i64::MAX - EPOCH, 1 << 40] {
            assert_eq!(Day::from_number(number), None);
        }
        assert!(Day::from_number(i64::from(i32::MIN)).is_some());
        assert!(Day::from_number(i64::from(i32::MAX)).is_some());
    }
}
