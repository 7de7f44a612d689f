//! Versions of PostgreSQL as its programs print them.

use std::fmt;

/// The majors that can be fetched, and the oldest that is accepted where it is installed.
pub(crate) const OLDEST_MAJOR: u32 = 14;
pub(crate) const NEWEST_MAJOR: u32 = 18;

/// A version of PostgreSQL, such as `18.4`.
///
/// # Example: asking a server for its major
///
/// ```no_run
/// # fn demo() -> Result<(), hathi_local::Error> {
/// let server = hathi_local::Server::owned().major(18).start()?;
/// assert_eq!(server.version().major(), 18);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    major: u32,
    text: String,
}

impl Version {
    /// The major: 18 of `18.4`.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The whole version as the server writes it: `18.4`, `19beta1`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads what `postgres --version` prints: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    pub(crate) fn of_program(output: &str) -> Option<Self> {
        let (_, rest) = output.split_once("(PostgreSQL) ")?;
        Self::parse(rest.split_whitespace().next()?)
    }

    /// Reads a bare version: `18.4`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let major = text.get(..end)?.parse().ok()?;
        Some(Self {
            major,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, expected: Option<(u32, &str)>) {
        let version = Version::of_program(output);
        assert_eq!(
            version
                .as_ref()
                .map(|version| (version.major(), version.as_str())),
            expected
        );
    }

    #[test]
    fn the_version_is_read_from_what_the_program_prints() {
        check("postgres (PostgreSQL) 18.4\n", Some((18, "18.4")));
        check(
            "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
            Some((15, "15.18")),
        );
        check("postgres (PostgreSQL) 19beta1\n", Some((19, "19beta1")));
    }

    #[test]
    fn other_programs_have_no_version() {
        check("", None);
        check("mysqld  Ver 8.0.36", None);
        check("postgres (PostgreSQL) devel", None);
    }
}
