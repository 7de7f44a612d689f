//! Names of channels, and what is wrong with some of them.

use std::fmt;

use crate::fragment::Identifier;

/// The longest name that the server takes whole.
const LONGEST: usize = 63;

/// Why something cannot be said on a channel, or the channel cannot be listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mistake {
    EmptyName,
    LongName(usize),
    ZeroByte,
    LongPayload(usize),
    // Notifications come between transactions.
    InTransaction,
}

/// Refuses names that the server does not take; LISTEN would cut a long one off and listen to another channel.
pub(crate) fn check(name: &str) -> Result<(), Mistake> {
    match name.len() {
        0 => Err(Mistake::EmptyName),
        length if length > LONGEST => Err(Mistake::LongName(length)),
        _ if name.contains('\0') => Err(Mistake::ZeroByte),
        _ => Ok(()),
    }
}

/// The name as SQL takes it.
pub(crate) fn quoted(name: &str) -> Result<String, Mistake> {
    check(name).map(|()| Identifier::new(name).to_string())
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("expected the name of a channel, found an empty one"),
            Self::LongName(length) => write!(
                f,
                "expected the name of a channel to have at most {LONGEST} bytes, found {length}: the server would cut it off"
            ),
            Self::ZeroByte => f.write_str(
                "expected the name of a channel, found one with a zero byte, which no name can hold",
            ),
            Self::LongPayload(length) => write!(
                f,
                "expected a payload of at most {} bytes, found {length}: put it into a table and send its key",
                super::payload::LONGEST
            ),
            Self::InTransaction => f.write_str(
                "expected no open transaction, found one, in which no notification arrives: commit or roll back before waiting",
            ),
        }
    }
}

impl std::error::Error for Mistake {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Result<&str, Mistake>) {
        assert_eq!(quoted(name), expected.map(str::to_owned), "{name:?}");
    }

    #[test]
    fn names_are_quoted_whatever_they_hold() {
        check("jobs", Ok("\"jobs\""));
        check("Jöbs; DROP \"x\"", Ok("\"Jöbs; DROP \"\"x\"\"\""));
        check(&"x".repeat(63), Ok(&format!("\"{}\"", "x".repeat(63))));
    }

    #[test]
    fn names_that_the_server_would_not_take_whole_are_refused() {
        check("", Err(Mistake::EmptyName));
        check(&"x".repeat(64), Err(Mistake::LongName(64)));
        check(&"ö".repeat(32), Err(Mistake::LongName(64)));
        check("a\0b", Err(Mistake::ZeroByte));
    }
}
