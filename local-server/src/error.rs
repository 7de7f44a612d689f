//! The one error of this crate: what failed, and what a person can do about it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use crate::missing::Missing;
use crate::version::{OLDEST_MAJOR, Version};
use crate::{package, shared};

/// Why no server could be found, fetched, started or stopped.
///
/// The text says what to do where something can be done; what caused it is behind [`source`](StdError::source).
/// No text holds a password.
///
/// # Example: saying which programs to install
///
/// ```no_run
/// match hathi_local::Server::owned().start() {
///     Ok(server) => assert!(server.is_running()),
///     Err(error) if error.is_missing() => eprintln!("{error}"),
///     Err(error) => panic!("{error}"),
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Unsupported,
    Missing(Missing),
    /// `HATHI_POSTGRES_BIN` names a folder without a working PostgreSQL.
    BinSetting {
        bin: PathBuf,
    },
    OldMajor {
        asked: u32,
    },
    Package {
        package: String,
        problem: package::Problem,
    },
    /// Root has no ordinary user to run servers as.
    NoAccount,
    Unreachable {
        path: PathBuf,
        account: String,
    },
    Io {
        action: &'static str,
        path: PathBuf,
    },
    NoRandom,
    Program {
        program: PathBuf,
        status: Option<ExitStatus>,
        output: String,
    },
    Limit {
        activity: &'static str,
        limit: Duration,
        output: String,
    },
    Start {
        version: Version,
        output: String,
    },
    BadSetting {
        name: String,
    },
    /// The cluster that a standby would begin with is not the one that its primary began with.
    OtherCluster {
        primary: PathBuf,
    },
    Shared {
        folder: PathBuf,
        problem: shared::Problem,
    },
}

impl Error {
    /// No PostgreSQL is installed and none could be fetched; the text lists what to install on this system.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.0.kind, Kind::Missing(_))
    }

    /// What was downloaded is not what this version of the library expects.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        matches!(self.0.kind, Kind::Package { .. })
    }

    /// Something took longer than its limit.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Limit { .. })
    }

    /// Servers cannot be run on this platform at all.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        matches!(self.0.kind, Kind::Unsupported)
    }

    /// A shared server is running, but not the one that was asked for: it has another major, or no TCP port.
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        matches!(&self.0.kind, Kind::Shared { problem, .. } if problem.is_mismatch())
    }

    pub(crate) fn with_source(
        kind: Kind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            source: Some(source.into()),
        }))
    }

    /// The usual `map_err` of file operations.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::with_source(Kind::Io { action, path }, source)
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, source: None }))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str(
                "running a private PostgreSQL is not supported on this platform\n   help: set DATABASE_URL to a server that runs already",
            ),
            Self::Missing(missing) => missing.fmt(f),
            Self::BinSetting { bin } => {
                write!(f, "HATHI_POSTGRES_BIN names {bin:?}, which holds no working postgres and initdb")
            }
            Self::OldMajor { asked } => write!(f, "PostgreSQL {asked} was asked for, the oldest supported is {OLDEST_MAJOR}"),
            Self::Package { package, problem } => write!(f, "what npm fetched as {package} cannot be used: {problem}"),
            Self::NoAccount => f.write_str(
                "PostgreSQL refuses to run as root, and /etc/passwd has neither a user \"postgres\" nor \"nobody\"",
            ),
            Self::Unreachable { path, account } => write!(
                f,
                "the server runs as the user {account:?} (PostgreSQL refuses to run as root), who cannot enter {path:?}"
            ),
            Self::Io { action, path } => write!(f, "cannot {action} {path:?}"),
            Self::NoRandom => f.write_str("cannot read random bytes"),
            Self::Program { program, status: Some(status), output } => {
                write!(f, "{program:?} failed with {status}{}", Tail(output))
            }
            Self::Program { program, status: None, output } => write!(f, "cannot run {program:?}{}", Tail(output)),
            Self::Limit { activity, limit, output } => {
                write!(f, "{activity} took longer than {} s{}", limit.as_secs_f32(), Tail(output))
            }
            Self::Start { version, output } => write!(f, "PostgreSQL {version} did not start{}", Tail(output)),
            Self::BadSetting { name } => write!(f, "{name:?} cannot be the name of a setting of PostgreSQL"),
            Self::OtherCluster { primary } => write!(
                f,
                "no standby of the server in {primary:?} can be made: it began as a copy of another cluster\n   help: start both with the same programs and the same cache folder"
            ),
            Self::Shared { folder, problem } => write!(f, "the shared server of {folder:?} {problem}"),
        }
    }
}

/// The last lines of what a program said, indented below the sentence; nothing if it said nothing.
struct Tail<'a>(&'a str);

impl Tail<'_> {
    const LINES: usize = 20;
}

impl fmt::Display for Tail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<&str> = self
            .0
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        for line in lines.iter().skip(lines.len().saturating_sub(Self::LINES)) {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_the_log_stands_below_the_sentence() {
        let version = Version::parse("18.4").unwrap();
        let error = Error::from(Kind::Start {
            version,
            output: "LOG:  a\n\nFATAL:  b\n".to_owned(),
        });
        assert_eq!(
            error.to_string(),
            "PostgreSQL 18.4 did not start\n    LOG:  a\n    FATAL:  b"
        );
    }

    #[test]
    fn a_long_log_is_cut_at_its_beginning() {
        let output: Vec<String> = (0..50).map(|line| line.to_string()).collect();
        let text = Tail(&output.join("\n")).to_string();
        assert_eq!(text.lines().count(), 21);
        assert!(text.ends_with("\n    49"), "{text}");
    }

    #[test]
    fn the_cause_is_the_source_and_is_not_printed_twice() {
        let error =
            Error::io("read", Path::new("/nowhere"))(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(error.to_string(), "cannot read \"/nowhere\"");
        assert_eq!(error.source().unwrap().to_string(), "entity not found");
    }
}
