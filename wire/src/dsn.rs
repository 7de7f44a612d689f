//! Where a database is and who wants in: `postgres://` URLs and libpq's `key=value` text, read into one value.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

mod keywords;
#[cfg(test)]
mod tests;
mod url;

/// A text that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// One place where a server may listen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name or an address, and a port.
    Tcp {
        /// The name or the address.
        name: String,
        /// The port.
        port: u16,
    },
    /// A folder that holds unix sockets, and the port that names one of them.
    Unix {
        /// The folder.
        folder: String,
        /// The port in the socket's name.
        port: u16,
    },
}

impl Host {
    /// A host as the keyword `host` means it: what starts with a slash is a folder of sockets.
    pub fn new(name: &str, port: u16) -> Self {
        if name.starts_with('/') {
            Self::Unix {
                folder: name.to_owned(),
                port,
            }
        } else {
            Self::Tcp {
                name: name.to_owned(),
                port,
            }
        }
    }

    /// The path of the socket, if it is one.
    pub fn socket_path(&self) -> Option<String> {
        match self {
            Self::Unix { folder, port } => Some(format!("{folder}/.s.PGSQL.{port}")),
            Self::Tcp { .. } => None,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { name, port } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Tcp { name, port } => write!(f, "{name}:{port}"),
            Self::Unix { folder, port } => write!(f, "{folder}/.s.PGSQL.{port}"),
        }
    }
}

/// How much the transport must be protected; libpq's words and meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only if the server insists.
    Allow,
    /// If the server can.
    #[default]
    Prefer,
    /// Always, whoever the server is.
    Require,
    /// Always, and an authority has signed the server's certificate.
    VerifyCa,
    /// Always, and the certificate carries the name that was asked for.
    VerifyFull,
}

impl SslMode {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }
}

/// Where a database is, who wants in, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Dsn {
    /// Where to try, in order; empty means the default of whoever connects.
    pub hosts: Vec<Host>,
    /// The role.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// The database.
    pub database: Option<String>,
    /// What the session calls itself.
    pub application_name: Option<String>,
    /// Command-line options for the session (`-c name=value`).
    pub options: Option<String>,
    /// How long connecting may take.
    pub connect_timeout: Option<Duration>,
    /// How much the transport must be protected.
    pub ssl_mode: Option<SslMode>,
}

/// What is wrong with a connection string. It never holds the password.
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
    UnknownKey(String),
    /// A value that its setting cannot have.
    Value {
        /// The setting.
        key: String,
        /// What was expected.
        expected: &'static str,
    },
}

impl fmt::Display for DsnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid connection string: ")?;
        match self {
            Self::Unrecognized => f.write_str(
                "expected \"postgres://user:password@host:port/database\" or \"host=… user=… dbname=…\"",
            ),
            Self::Url { part, expected } => write!(f, "in its {part}, expected {expected}"),
            Self::Keywords { expected } => write!(f, "expected {expected}"),
            Self::UnknownKey(key) => write!(
                f,
                "unknown setting \"{key}\"; expected one of host, port, user, password, dbname, application_name, options, connect_timeout, sslmode"
            ),
            Self::Value { key, expected } => write!(f, "\"{key}\" must be {expected}"),
        }
    }
}

impl std::error::Error for DsnError {}

impl FromStr for Dsn {
    type Err = DsnError;

    fn from_str(text: &str) -> Result<Self, DsnError> {
        let text = text.trim();
        for scheme in ["postgres://", "postgresql://"] {
            if let Some(rest) = text.strip_prefix(scheme) {
                return url::read(rest);
            }
        }
        if text.contains('=') && !text.contains("://") {
            keywords::read(text)
        } else {
            Err(DsnError::Unrecognized)
        }
    }
}

/// Settings as they are read, before hosts and ports are brought together.
#[derive(Debug, Default)]
struct Draft {
    dsn: Dsn,
    hosts: Vec<String>,
    ports: Vec<String>,
}

impl Draft {
    fn set(&mut self, key: &str, value: &str) -> Result<(), DsnError> {
        let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
        let wrong = |expected| DsnError::Value {
            key: key.to_owned(),
            expected,
        };
        match key {
            "host" | "hostaddr" => self.hosts = value.split(',').map(str::to_owned).collect(),
            "port" => self.ports = value.split(',').map(str::to_owned).collect(),
            "user" => self.dsn.user = text(),
            "password" => self.dsn.password = text().map(Secret),
            "dbname" => self.dsn.database = text(),
            "application_name" => self.dsn.application_name = text(),
            "options" => self.dsn.options = text(),
            "connect_timeout" => {
                let seconds: u32 = value.parse().map_err(|_| wrong("a number of seconds"))?;
                // Zero means "no limit" to libpq; here every wait has one, the default.
                self.dsn.connect_timeout =
                    (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)));
            }
            "sslmode" => {
                let expected = "disable, allow, prefer, require, verify-ca or verify-full";
                self.dsn.ssl_mode = Some(SslMode::read(value).ok_or_else(|| wrong(expected))?);
            }
            "client_encoding"
                if value.eq_ignore_ascii_case("utf8") || value.eq_ignore_ascii_case("utf-8") => {}
            "client_encoding" => return Err(wrong("UTF8: hathi speaks nothing else")),
            _ => return Err(DsnError::UnknownKey(key.to_owned())),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Dsn, DsnError> {
        let wrong = |expected| DsnError::Value {
            key: "port".to_owned(),
            expected,
        };
        if self.hosts.is_empty() && !self.ports.is_empty() {
            self.hosts.push(String::new());
        }
        if self.ports.len() > 1 && self.ports.len() != self.hosts.len() {
            return Err(wrong("one number, or as many as there are hosts"));
        }
        for (index, host) in self.hosts.iter().enumerate() {
            let port = self
                .ports
                .get(index)
                .or(self.ports.first())
                .map_or("", String::as_str);
            let port = match port {
                "" => 5432,
                digits => digits
                    .parse()
                    .ok()
                    .filter(|&port| port > 0)
                    .ok_or_else(|| wrong("a number from 1 to 65535"))?,
            };
            let host = if host.is_empty() { "localhost" } else { host };
            self.dsn.hosts.push(Host::new(host, port));
        }
        Ok(self.dsn)
    }
}
