//! `timestamp` and `timestamptz`: microseconds from 2000-01-01, or one of the two infinities.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use super::calendar::{Day, Pieces, era};
use super::time::{MICROSECONDS_OF_DAY, MICROSECONDS_OF_SECOND};
use super::{Date, ParseError, Time};

/// Microseconds from 1970-01-01 to 2000-01-01.
const UNIX_TO_2000: i64 = 946_684_800 * MICROSECONDS_OF_SECOND;

/// What both types share: they are one number, and differ in what the number means.
macro_rules! instants {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// `infinity`: later than everything else.
            pub const INFINITY: Self = Self(i64::MAX);

            /// `-infinity`: earlier than everything else.
            pub const NEG_INFINITY: Self = Self(i64::MIN);

            /// The first microsecond of 4714-11-24 BC.
            pub const MIN: Self = Self(-211_813_488_000_000_000);

            /// The last microsecond of 294276-12-31.
            pub const MAX: Self = Self(9_223_371_331_199_999_999);

            /// So many microseconds after 2000-01-01. `None` if PostgreSQL does not hold it; the infinities have
            /// numbers too.
            #[must_use]
            pub fn from_microseconds(microseconds: i64) -> Option<Self> {
                let instant = Self(microseconds);
                let held = !instant.is_finite() || (Self::MIN..=Self::MAX).contains(&instant);
                held.then_some(instant)
            }

            /// Microseconds after 2000-01-01: the number on the wire.
            #[must_use]
            pub fn microseconds(self) -> i64 {
                self.0
            }

            /// Whether it is no infinity.
            #[must_use]
            pub fn is_finite(self) -> bool {
                self != Self::INFINITY && self != Self::NEG_INFINITY
            }

            /// The infinity of this name.
            fn infinity(text: &str) -> Option<Self> {
                match text {
                    "infinity" => Some(Self::INFINITY),
                    "-infinity" => Some(Self::NEG_INFINITY),
                    _ => None,
                }
            }

            /// Writes the value with this offset behind the time.
            fn write(self, offset: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (date, time) = match split(self.0) {
                    Some(parts) if self.is_finite() => parts,
                    _ => return f.write_str(if self.0 > 0 { "infinity" } else { "-infinity" }),
                };
                date.write(f)?;
                write!(f, " {time}{offset}")?;
                date.write_era(f)
            }
        }
    )+};
}

instants! {
    /// A `timestamp without time zone`: what a calendar and a clock show, wherever they hang.
    ///
    /// # Example: text and parts
    ///
    /// ```
    /// use hathi::types::{Date, Time, Timestamp};
    ///
    /// # fn demo() -> Result<(), hathi::types::ParseError> {
    /// let departure: Timestamp = "2024-02-29 04:05:06.5".parse()?;
    /// assert_eq!(departure.date_time(), Some(("2024-02-29".parse()?, "04:05:06.5".parse()?)));
    /// assert!(departure < Timestamp::INFINITY);
    /// # Ok(()) }
    /// # demo().unwrap();
    /// ```
    Timestamp;
    /// A `timestamp with time zone`: an instant. The server keeps no zone, so it is written in UTC.
    ///
    /// # Example: an offset is not kept
    ///
    /// ```
    /// use hathi::types::Timestamptz;
    ///
    /// # fn demo() -> Result<(), hathi::types::ParseError> {
    /// let takeoff: Timestamptz = "2024-02-29 04:05:06+02".parse()?;
    /// assert_eq!(takeoff.to_string(), "2024-02-29 02:05:06+00");
    /// assert_eq!(takeoff.unix_microseconds(), Some(1_709_172_306_000_000));
    /// # Ok(()) }
    /// # demo().unwrap();
    /// ```
    Timestamptz;
}

/// The day and the time of a number of microseconds.
fn split(microseconds: i64) -> Option<(Day, Time)> {
    let day = Day::from_number(microseconds.div_euclid(MICROSECONDS_OF_DAY))?;
    let time = Time::from_microseconds(microseconds.rem_euclid(MICROSECONDS_OF_DAY))?;
    Some((day, time))
}

/// The number of microseconds of a day and a time.
fn join(day: i64, time: Time) -> Option<i64> {
    day.checked_mul(MICROSECONDS_OF_DAY)?
        .checked_add(time.microseconds())
}

impl Timestamp {
    /// The day and the time on it; at 24:00:00 it is the next day. `None` if PostgreSQL does not hold it, or if the
    /// day is an infinity.
    #[must_use]
    pub fn new(date: Date, time: Time) -> Option<Self> {
        if !date.is_finite() {
            return None;
        }
        let timestamp = Self(join(i64::from(date.days()), time)?);
        (Self::MIN..=Self::MAX)
            .contains(&timestamp)
            .then_some(timestamp)
    }

    /// The day and the time on it; `None` for an infinity.
    #[must_use]
    pub fn date_time(self) -> Option<(Date, Time)> {
        if !self.is_finite() {
            return None;
        }
        let (day, time) = split(self.0)?;
        Some((Date::new(day.year, day.month, day.day)?, time))
    }
}

impl Timestamptz {
    /// So many microseconds after 1970-01-01 00:00:00 UTC. `None` if PostgreSQL does not hold it.
    #[must_use]
    pub fn from_unix_microseconds(microseconds: i64) -> Option<Self> {
        let instant = Self(microseconds.checked_sub(UNIX_TO_2000)?);
        (Self::MIN..=Self::MAX)
            .contains(&instant)
            .then_some(instant)
    }

    /// Microseconds after 1970-01-01 00:00:00 UTC; `None` for an infinity, and from 294247-01-10 on, where an `i64`
    /// ends.
    #[must_use]
    pub fn unix_microseconds(self) -> Option<i64> {
        if self.is_finite() {
            self.0.checked_add(UNIX_TO_2000)
        } else {
            None
        }
    }
}

/// What is finer than a microsecond is cut off, towards the past.
impl TryFrom<SystemTime> for Timestamptz {
    type Error = ParseError;

    fn try_from(time: SystemTime) -> Result<Self, ParseError> {
        let microseconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).ok(),
            Err(before) => {
                let nanoseconds = before.duration().as_nanos();
                i64::try_from(nanoseconds.div_ceil(1000))
                    .ok()
                    .map(|before| -before)
            }
        };
        microseconds
            .and_then(Self::from_unix_microseconds)
            .ok_or(ParseError::Range)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write("", f)
    }
}

impl fmt::Display for Timestamptz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write("+00", f)
    }
}

/// Reads `2024-02-29 04:05:06`, with a blank or a `T` between, and lends the rest to `offset`, which reads seconds.
fn read(
    text: &str,
    offset: impl FnOnce(&mut Pieces<'_>) -> Result<i64, ParseError>,
) -> Result<i64, ParseError> {
    let (text, before_christ) = era(text);
    let mut pieces = Pieces(text);
    let day = pieces.day(before_christ)?;
    if !pieces.take("T") {
        pieces.expect(" ")?;
    }
    let time = Time::read(&mut pieces)?;
    let offset = offset(&mut pieces)? * MICROSECONDS_OF_SECOND;
    pieces.end()?;
    join(day.number(), time)
        .and_then(|local| local.checked_sub(offset))
        .ok_or(ParseError::Range)
}

/// Seconds east of UTC: `Z`, `+02`, `-03:30`, `+00:19:32`.
fn offset(pieces: &mut Pieces<'_>) -> Result<i64, ParseError> {
    if pieces.take("Z") {
        return Ok(0);
    }
    let sign = if pieces.take("-") {
        -1
    } else {
        pieces.expect("+")?;
        1
    };
    let hours = pieces.two()?;
    let minutes = if pieces.take(":") { pieces.two()? } else { 0 };
    let seconds = if pieces.take(":") { pieces.two()? } else { 0 };
    // The server knows no offset of sixteen hours either.
    if hours > 15 || minutes > 59 || seconds > 59 {
        return Err(ParseError::Range);
    }
    Ok(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds)))
}

impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        if let Some(infinity) = Self::infinity(text) {
            return Ok(infinity);
        }
        let timestamp = Self(read(text, |_| Ok(0))?);
        let held = (Self::MIN..=Self::MAX).contains(&timestamp);
        held.then_some(timestamp).ok_or(ParseError::Range)
    }
}

impl FromStr for Timestamptz {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        if let Some(infinity) = Self::infinity(text) {
            return Ok(infinity);
        }
        let instant = Self(read(text, offset)?);
        let held = (Self::MIN..=Self::MAX).contains(&instant);
        held.then_some(instant).ok_or(ParseError::Range)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(text: &str, microseconds: i64) {
        let timestamp = Timestamp::from_microseconds(microseconds).unwrap();
        assert_eq!(text.parse(), Ok(timestamp));
        assert_eq!(timestamp.to_string(), text);
    }

    #[track_caller]
    fn check_zoned(text: &str, expected: &str) {
        assert_eq!(text.parse::<Timestamptz>().unwrap().to_string(), expected);
    }

    #[track_caller]
    fn refused(text: &str, expected: ParseError) {
        assert_eq!(text.parse::<Timestamp>(), Err(expected), "{text}");
        assert!(text.parse::<Timestamptz>().is_err(), "{text}");
    }

    #[test]
    fn timestamps_are_written_and_read_as_postgresql_does() {
        check("2000-01-01 00:00:00", 0);
        check("1999-12-31 23:59:59.999999", -1);
        check("2024-02-29 04:05:06.789", 762_494_706_789_000);
        check("0044-03-15 12:00:00 BC", -64_464_465_600_000_000);
        check("4714-11-24 00:00:00 BC", -211_813_488_000_000_000);
        check("294276-12-31 23:59:59.999999", 9_223_371_331_199_999_999);
        check("infinity", i64::MAX);
        check("-infinity", i64::MIN);
        assert_eq!(
            "2024-02-29T24:00:00".parse(),
            "2024-03-01 00:00:00".parse::<Timestamp>()
        );
    }

    #[test]
    fn instants_are_written_in_utc_wherever_they_were_read() {
        check_zoned("2024-02-29 04:05:06+00", "2024-02-29 04:05:06+00");
        check_zoned("2024-02-29T04:05:06Z", "2024-02-29 04:05:06+00");
        check_zoned("2024-02-29 04:05:06-03:30", "2024-02-29 07:35:06+00");
        check_zoned("1900-01-01 00:00:00+00:19:32", "1899-12-31 23:40:28+00");
        check_zoned("0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC");
        check_zoned("-infinity", "-infinity");
    }

    #[test]
    fn texts_that_are_no_timestamp_are_errors() {
        refused("", ParseError::Form);
        refused("2024-02-29", ParseError::Form);
        refused("2024-02-29  04:05:06", ParseError::Form);
        refused("2024-02-30 04:05:06", ParseError::Range);
        refused("4714-11-23 23:59:59.999999 BC", ParseError::Range);
        refused("294277-01-01 00:00:00", ParseError::Range);
        refused("9999999-01-01 00:00:00", ParseError::Range);
        refused("2024-02-29 04:05:06.1234567", ParseError::Inexact);
        assert_eq!(
            "2024-02-29 04:05:06+02".parse::<Timestamp>(),
            Err(ParseError::Form)
        );
        assert_eq!(
            "2024-02-29 04:05:06".parse::<Timestamptz>(),
            Err(ParseError::Form)
        );
        assert_eq!(
            "2024-02-29 04:05:06+16".parse::<Timestamptz>(),
            Err(ParseError::Range)
        );
    }

    #[test]
    fn numbers_that_no_server_holds_are_refused() {
        for microseconds in [i64::MIN + 1, i64::MAX - 1, -211_813_488_000_000_001] {
            assert_eq!(Timestamp::from_microseconds(microseconds), None);
            assert_eq!(Timestamptz::from_microseconds(microseconds), None);
        }
        assert_eq!(Timestamp::new(Date::MAX, Time::MIDNIGHT), None);
        assert_eq!(Timestamp::new(Date::INFINITY, Time::MIDNIGHT), None);
        assert_eq!(Timestamptz::from_unix_microseconds(i64::MIN), None);
        assert_eq!(Timestamptz::INFINITY.unix_microseconds(), None);
        assert_eq!(Timestamptz::MAX.unix_microseconds(), None);
    }

    #[test]
    fn the_systems_clock_is_cut_to_microseconds_towards_the_past() {
        let epoch = SystemTime::UNIX_EPOCH;
        let check = |time, expected: &str| {
            assert_eq!(Timestamptz::try_from(time).unwrap().to_string(), expected);
        };
        check(
            epoch + Duration::from_nanos(1_999),
            "1970-01-01 00:00:00.000001+00",
        );
        check(
            epoch - Duration::from_nanos(1),
            "1969-12-31 23:59:59.999999+00",
        );
    }
}
