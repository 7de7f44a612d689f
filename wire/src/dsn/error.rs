//! What is wrong with a connection string, an environment or a service file.

use std::fmt;

/// What is wrong with a connection string, an environment or a service file. It never holds the password.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DsnError {
    /// Neither a URL nor `key=value` text.
    Unrecognized,
    /// A part of a URL that does not belong there.
    Url {
        /// Which part.
        part: &'static str,
        /// What was expected of it.
        expected: &'static str,
    },
    /// `key=value` text that does not follow its grammar.
    Keywords {
        /// What was expected.
        expected: &'static str,
    },
    /// A setting that is not known.
    UnknownKey {
        /// The setting.
        key: String,
        /// The known one whose name is nearest, if any is near.
        nearest: Option<&'static str>,
    },
    /// A value that its setting cannot have.
    Value {
        /// The setting.
        key: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A setting of libpq that cannot be followed, and must not be ignored.
    Unsupported {
        /// The setting.
        key: &'static str,
        /// What to do instead.
        instead: &'static str,
    },
    /// Two settings that cannot both be followed.
    Contradiction(&'static str),
    /// A variable of the environment is wrong.
    Environment {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        cause: Box<Self>,
    },
    /// No service file has the section that was asked for.
    NoService {
        /// The section.
        name: String,
        /// The files that were looked for.
        files: Vec<String>,
    },
    /// A section of a service file is wrong.
    Service {
        /// The line, counted from one.
        line: usize,
        /// What is wrong with it.
        cause: Box<Self>,
    },
}

impl DsnError {
    /// What is wrong, without where it stands.
    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrecognized => f.write_str(
                "expected \"postgres://user:password@host:port/database\" or \"host=… user=… dbname=…\"",
            ),
            Self::Url { part, expected } => write!(f, "in its {part}, expected {expected}"),
            Self::Keywords { expected } => write!(f, "expected {expected}"),
            Self::UnknownKey { key, nearest: Some(nearest) } => {
                write!(f, "unknown setting \"{key}\": did you mean \"{nearest}\"?")
            }
            Self::UnknownKey { key, nearest: None } => write!(
                f,
                "unknown setting \"{key}\": expected one of libpq's, such as host, port, user, password, dbname or sslmode"
            ),
            Self::Value { key, expected } => write!(f, "\"{key}\" must be {expected}"),
            Self::Unsupported { key, instead } => {
                write!(f, "\"{key}\" is not supported: {instead}")
            }
            Self::Contradiction(words) => f.write_str(words),
            Self::Environment { variable, cause } => {
                write!(f, "environment variable {variable}: ")?;
                cause.what(f)
            }
            Self::NoService { name, files } if files.is_empty() => write!(
                f,
                "service \"{name}\" has no file to be in: set PGSERVICEFILE, or HOME for .pg_service.conf"
            ),
            Self::NoService { name, files } => write!(
                f,
                "service \"{name}\" was not found: write a section [{name}] into {}",
                files.join(" or ")
            ),
            Self::Service { line, cause } => {
                write!(f, "line {line}: ")?;
                cause.what(f)
            }
        }
    }
}

impl fmt::Display for DsnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment { .. } => "invalid ",
            Self::Service { .. } => "invalid service file, ",
            Self::Contradiction(_) | Self::NoService { .. } => "invalid connection settings: ",
            _ => "invalid connection string: ",
        })?;
        self.what(f)
    }
}

impl std::error::Error for DsnError {}

/// The known name that a mistyped one was meant to be, if one is near enough.
pub(super) fn nearest(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = key.to_ascii_lowercase().replace('-', "_");
    let near = known.iter().map(|&name| (distance(&plain, name), name));
    near.filter(|&(distance, name)| distance <= name.len() / 2 && distance <= 2)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}

/// How many letters have to be put in, taken out or changed to turn one name into another.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, a) in from.bytes().take(64).enumerate() {
        let mut corner = index;
        let mut left = index + 1;
        for (cell, b) in row[1..].iter_mut().zip(to.bytes()) {
            let changed = corner + usize::from(a != b);
            corner = *cell;
            left = changed.min(corner + 1).min(left + 1);
            *cell = left;
        }
        row[0] = index + 1;
    }
    row.last().copied().unwrap_or_default()
}
