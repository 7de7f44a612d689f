//! Where to connect, as whom, and how long to wait: a builder, a URL, or libpq's own words.

use std::fmt;
use std::time::Duration;

use hathi_wire::{Dsn, Host, Secret};

use crate::session::LONGEST;

mod cancel;
mod listeners;
mod network;
mod passfile;
mod password;
mod proof;
#[cfg(feature = "tracing")]
mod slow;
mod sources;
#[cfg(test)]
mod tests;
mod tls;
mod wire_trace;

pub(crate) use self::network::SocketOptions;
pub(crate) use self::password::Password;

pub(crate) use self::listeners::Listeners;
use self::password::Callback;
#[cfg(feature = "tracing")]
pub(crate) use self::slow::Slow;
pub use self::wire_trace::WireTrace;
use crate::tls::Setups;

/// How long connecting may take unless the configuration says otherwise.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a call may take unless the configuration says otherwise.
const CALL: Duration = Duration::from_secs(30);
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
    // Asked at each connect, instead of the password that is written down.
    callback: Option<Callback>,
    connect_limit: Option<Duration>,
    call_limit: Option<Duration>,
    statements: usize,
    cancel_on_drop: bool,
    listeners: Listeners,
    tls: Setups,
    // The environment decides where nothing is said.
    wire_trace: Option<WireTrace>,
    #[cfg(feature = "tracing")]
    slow: Slow,
}

impl Config {
    /// Connects to `localhost:5432` as the user of the operating system, unless told otherwise.
    #[must_use]
    pub fn new() -> Self {
        Self::from_dsn(Dsn::default())
    }

    fn from_dsn(dsn: Dsn) -> Self {
        Self {
            dsn,
            callback: None,
            connect_limit: None,
            call_limit: Some(CALL),
            statements: STATEMENTS,
            cancel_on_drop: false,
            listeners: Listeners::default(),
            tls: Setups::default(),
            wire_trace: None,
            #[cfg(feature = "tracing")]
            slow: Slow::default(),
        }
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
        self.callback = None;
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

    /// Command-line options for the session, such as `-c work_mem=64MB`. Poolers refuse them.
    #[must_use]
    pub fn options(mut self, options: impl Into<String>) -> Self {
        self.dsn.options = Some(options.into());
        self
    }

    /// How long opening a session may take, over all hosts and addresses.
    ///
    /// Unless told otherwise it is 10 seconds; with `connect_timeout` in the text, that for each host. A host gets no
    /// more than its share of what is left, so that one that swallows everything leaves time for the others.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.connect_limit = Some(limit);
        self
    }

    /// How long one call may take: 30 seconds unless told otherwise; `None` waits as long as the server does.
    #[must_use]
    pub fn call_limit(mut self, limit: Option<Duration>) -> Self {
        self.call_limit = limit;
        self
    }

    /// How many statements the session keeps prepared: 256 unless told otherwise. The least recently used makes room.
    ///
    /// With zero nothing is kept on the server: every use parses its statement anew, without a name, still in one
    /// flight. That is for poolers that lose names, such as PgBouncer before 1.21 in transaction mode. Columns are
    /// compared at each use; only the first use of a statement that writes and returns rows waits for the comparison
    /// before it is kept.
    #[must_use]
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.statements = statements;
        self
    }

    pub(crate) fn dsn(&self) -> &Dsn {
        &self.dsn
    }

    pub(crate) fn places(&self) -> Vec<Host> {
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

    pub(crate) fn database_of<'a>(&'a self, role: &'a str) -> &'a str {
        self.dsn.database.as_deref().unwrap_or(role)
    }

    /// What sessions call themselves, if somebody said so.
    #[cfg(feature = "metrics")]
    pub(crate) fn own_name(&self) -> Option<&str> {
        self.dsn.application_name.as_deref()
    }

    /// The settings that every session starts with; poolers refuse others.
    pub(crate) fn settings<'a>(&'a self, role: &'a str) -> Vec<(&'a str, &'a str)> {
        let dsn = &self.dsn;
        let names = [&dsn.application_name, &dsn.fallback_application_name];
        let name = names.into_iter().flatten().next();
        let mut settings = vec![
            ("database", self.database_of(role)),
            ("client_encoding", "UTF8"),
            ("application_name", name.map_or("hathi", String::as_str)),
            ("DateStyle", "ISO, MDY"),
            ("TimeZone", "UTC"),
        ];
        settings.extend(dsn.options.as_deref().map(|options| ("options", options)));
        settings
    }

    /// How long connecting may take over all of these hosts, and for each of them.
    pub(crate) fn connect_limits(&self, hosts: usize) -> (Duration, Duration) {
        let each = self.dsn.connect_timeout.map(|limit| limit.min(LONGEST));
        let hosts = u32::try_from(hosts).unwrap_or(u32::MAX);
        let all = match (self.connect_limit, each) {
            (Some(limit), _) => limit,
            (None, Some(each)) => each.saturating_mul(hosts),
            (None, None) => CONNECT,
        };
        (all.min(LONGEST), each.unwrap_or(LONGEST))
    }

    /// How long one call may take.
    pub(crate) fn limit_of_calls(&self) -> Option<Duration> {
        self.call_limit.map(|limit| limit.min(LONGEST))
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

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("dsn", &self.dsn)
            .field("password_with", &self.callback.is_some())
            .field("connect_limit", &self.connect_limit)
            .field("call_limit", &self.call_limit)
            .field("statements", &self.statements)
            .finish()
    }
}
