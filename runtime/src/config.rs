//! Where to connect, as whom, and how long to wait: a builder, a URL, or libpq's own words.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use hathi_wire::{Dsn, Host, Secret, SslMode};

use crate::error::Error;

/// How long connecting may take unless the configuration says otherwise.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a call may take unless the configuration says otherwise.
const CALL: Duration = Duration::from_secs(30);
/// No limit is longer: a clock cannot tell when one of all the time there is would have passed.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
/// How many statements a session keeps prepared unless the configuration says otherwise.
const STATEMENTS: usize = 256;

/// How to open a session.
///
/// # Example: the same place, three ways
///
/// ```
/// use std::time::Duration;
/// use hathi::Config;
///
/// # fn demo() -> Result<(), hathi::Error> {
/// let url: Config = "postgres://ada:secret@localhost:5432/crew".parse()?;
/// let words: Config = "host=localhost port=5432 user=ada password=secret dbname=crew".parse()?;
/// let built = Config::new().host("localhost").port(5432).user("ada").password("secret").database("crew");
/// assert_eq!(url, words);
/// assert_eq!(url, built);
///
/// let patient = url.call_limit(Some(Duration::from_secs(300)));
/// # let _ = patient;
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    dsn: Dsn,
    connect_limit: Duration,
    call_limit: Option<Duration>,
    statements: usize,
}

impl Config {
    /// Connects to `localhost:5432` as the user of the operating system, unless told otherwise.
    #[must_use]
    pub fn new() -> Self {
        Self::from_dsn(Dsn::default())
    }

    fn from_dsn(dsn: Dsn) -> Self {
        let connect_limit = dsn.connect_timeout.unwrap_or(CONNECT);
        Self {
            dsn,
            connect_limit,
            call_limit: Some(CALL),
            statements: STATEMENTS,
        }
    }

    /// The host: a name, an address, or the folder of a unix socket.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.dsn = self.dsn.with_host(&host.into());
        self
    }

    /// The port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.dsn = self.dsn.with_port(port);
        self
    }

    /// The role.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.dsn.user = Some(user.into());
        self
    }

    /// The role's password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.dsn.password = Some(Secret::new(password));
        self
    }

    /// The database.
    #[must_use]
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.dsn.database = Some(database.into());
        self
    }

    /// What the session calls itself; seen in `pg_stat_activity`.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.dsn.application_name = Some(name.into());
        self
    }

    /// How long opening a session may take, over all hosts and addresses: 10 seconds unless told otherwise.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.connect_limit = limit;
        self
    }

    /// How long one call may take: 30 seconds unless told otherwise; `None` waits as long as the server does.
    #[must_use]
    pub fn call_limit(mut self, limit: Option<Duration>) -> Self {
        self.call_limit = limit;
        self
    }

    /// How many statements the session keeps prepared: 256 unless told otherwise. The least recently used makes room.
    #[must_use]
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.statements = statements;
        self
    }

    pub(crate) fn hosts(&self) -> Vec<Host> {
        if self.dsn.hosts.is_empty() {
            vec![Host::new("localhost", self.dsn.port())]
        } else {
            self.dsn.hosts.clone()
        }
    }

    pub(crate) fn role(&self) -> String {
        let system = || {
            ["PGUSER", "USER", "LOGNAME"]
                .iter()
                .find_map(|name| std::env::var(name).ok())
        };
        self.dsn
            .user
            .clone()
            .or_else(system)
            .unwrap_or_else(|| "postgres".to_owned())
    }

    pub(crate) fn secret(&self) -> Option<String> {
        self.dsn
            .password
            .as_ref()
            .map(|password| password.expose().to_owned())
    }

    /// The settings that every session starts with; poolers refuse others.
    pub(crate) fn settings<'a>(&'a self, role: &'a str) -> Vec<(&'a str, &'a str)> {
        let mut settings = vec![
            ("database", self.dsn.database.as_deref().unwrap_or(role)),
            ("client_encoding", "UTF8"),
            (
                "application_name",
                self.dsn.application_name.as_deref().unwrap_or("hathi"),
            ),
            ("DateStyle", "ISO, MDY"),
            ("TimeZone", "UTC"),
        ];
        settings.extend(
            self.dsn
                .options
                .as_deref()
                .map(|options| ("options", options)),
        );
        settings
    }

    pub(crate) fn needs_tls(&self) -> bool {
        matches!(
            self.dsn.ssl_mode,
            Some(SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull)
        )
    }

    pub(crate) fn limits(&self) -> (Duration, Option<Duration>) {
        (
            self.connect_limit.min(LONGEST),
            self.call_limit.map(|limit| limit.min(LONGEST)),
        )
    }

    pub(crate) fn statements(&self) -> usize {
        self.statements
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for Config {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let dsn: Dsn = text.parse()?;
        Ok(Self::from_dsn(dsn))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("dsn", &self.dsn)
            .field("connect_limit", &self.connect_limit)
            .field("call_limit", &self.call_limit)
            .field("statements", &self.statements)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_errors_nor_debug_show_the_password() {
        let error = "postgres://ada:hush@host:port/crew"
            .parse::<Config>()
            .unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
        let config: Config = "postgres://ada:hush@host/crew".parse().unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn a_configuration_that_needs_tls_says_so() {
        for (mode, needs) in [
            ("disable", false),
            ("prefer", false),
            ("require", true),
            ("verify-full", true),
        ] {
            let config: Config = format!("postgres://ada@host/crew?sslmode={mode}")
                .parse()
                .unwrap();
            assert_eq!(config.needs_tls(), needs, "{mode}");
        }
    }
}
