//! What a pool is told: how many connections, for how long, in which health, and what is done at their turns.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::session::Session;

/// No limit is longer: a clock cannot tell when one of all the time there is would have passed.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// What a hook returns: a future that may use the session.
pub type Hooked<'s> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 's>>;

pub(super) type Hook = Arc<dyn for<'s> Fn(&'s mut Session) -> Hooked<'s> + Send + Sync>;
pub(super) type LongHold = Arc<dyn Fn(Duration) + Send + Sync>;

/// How a connection is looked at before it is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Health {
    /// Not at all.
    None,
    /// What the server has said meanwhile is read, without waiting: its farewell or the end of the connection.
    #[default]
    TryRead,
    /// As [`TryRead`](Self::TryRead), and a connection that was idle for longer than this has to answer a question.
    Ping {
        /// How long a connection may be idle without being asked.
        after: Duration,
    },
}

/// What is done to a connection that comes back, so that its next user finds nothing of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Reset {
    /// Nothing: a connection that comes back inside a transaction, or that listens to a channel, is closed.
    None,
    /// ROLLBACK, and only if a transaction is open; UNLISTEN, and only if it listens to a channel. Settings, temporary
    /// tables and locks of the session stay.
    #[default]
    Rollback,
    /// Everything a session can be left with: transaction, cursors, LISTEN, settings, role, advisory locks, temporary
    /// tables. It costs a round trip per return, and statements are prepared anew.
    Full,
}

/// How a [`Pool`](crate::Pool) behaves.
///
/// # Example: a pool of twenty that speaks up about leaks
///
/// ```
/// use std::time::Duration;
/// use hathi::{PoolOptions, Reset};
///
/// let options = PoolOptions::new()
///     .max(20)
///     .min_idle(2)
///     .acquire_limit(Duration::from_secs(5))
///     .reset(Reset::Full)
///     .after_connect(|session| Box::pin(async move { session.simple("SET statement_timeout = '10s'").await.map(drop) }))
///     .on_long_hold(Duration::from_secs(60), |held| eprintln!("a connection is held for {held:?}"));
/// # let _ = options;
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a pool is made of them"]
pub struct PoolOptions {
    pub(super) max: usize,
    pub(super) min_idle: usize,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) acquire_limit: Duration,
    pub(super) close_limit: Duration,
    pub(super) backoff: (Duration, Duration),
    pub(super) health: Health,
    pub(super) reset: Reset,
    // Left out: what the configuration asks of a server.
    pub(super) expects_writes: Option<bool>,
    pub(super) sharing: bool,
    pub(super) patience: Duration,
    pub(super) after_connect: Option<Hook>,
    pub(super) before_acquire: Option<Hook>,
    pub(super) after_release: Option<Hook>,
    pub(super) long_hold: Option<(Duration, LongHold)>,
}

impl PoolOptions {
    /// At most 10 connections, none kept idle on purpose; 10 minutes of idleness, 30 minutes of life.
    pub fn new() -> Self {
        Self {
            max: 10,
            min_idle: 0,
            idle_timeout: Some(Duration::from_secs(600)),
            max_lifetime: Some(Duration::from_secs(1800)),
            acquire_limit: Duration::from_secs(30),
            close_limit: Duration::from_secs(30),
            backoff: (Duration::from_millis(100), Duration::from_secs(10)),
            health: Health::default(),
            reset: Reset::default(),
            expects_writes: None,
            sharing: true,
            patience: Duration::from_millis(5),
            after_connect: None,
            before_acquire: None,
            after_release: None,
            long_hold: None,
        }
    }

    /// How many connections there are at most on the server, those being opened and closed among them: 10 unless told
    /// otherwise, and at least 1.
    pub fn max(mut self, connections: usize) -> Self {
        self.max = connections.max(1);
        self
    }

    /// How many connections are kept ready for the next users: 0 unless told otherwise.
    pub fn min_idle(mut self, connections: usize) -> Self {
        self.min_idle = connections;
        self
    }

    /// After how much idleness a connection is closed: 10 minutes unless told otherwise; `None` never does.
    pub fn idle_timeout(mut self, limit: Option<Duration>) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// After how much time a connection is replaced, give or take a tenth: 30 minutes unless told otherwise; `None`
    /// never does. A connection in use is replaced when it comes back.
    pub fn max_lifetime(mut self, limit: Option<Duration>) -> Self {
        self.max_lifetime = limit;
        self
    }

    /// How long somebody may wait for a connection, opening it included: 30 seconds unless told otherwise.
    pub fn acquire_limit(mut self, limit: Duration) -> Self {
        self.acquire_limit = limit.min(LONGEST);
        self
    }

    /// How long [`Pool::close`](crate::Pool::close) waits for connections that are in use: 30 seconds unless told
    /// otherwise.
    pub fn close_limit(mut self, limit: Duration) -> Self {
        self.close_limit = limit.min(LONGEST);
        self
    }

    /// How long to wait after a connection could not be opened: `first`, then twice as long each time up to `longest`,
    /// each made longer or shorter by chance. 100 milliseconds and 10 seconds unless told otherwise.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = (first.min(LONGEST), longest.min(LONGEST));
        self
    }

    /// How a connection is looked at before it is handed out.
    pub fn health(mut self, health: Health) -> Self {
        self.health = health;
        self
    }

    /// What is done to a connection that comes back.
    pub fn reset(mut self, reset: Reset) -> Self {
        self.reset = reset;
        self
    }

    /// Whether the pool is for writing: a connection whose server refuses a write as read-only (25006), although nobody
    /// asked for a read-only transaction, has been demoted and is replaced. It is, unless told otherwise, if the
    /// configuration asks for such servers with `target_session_attrs`.
    pub fn expects_writes(mut self, expects: bool) -> Self {
        self.expects_writes = Some(expects);
        self
    }

    /// Whether single statements given to the pool share connections, as they do unless told otherwise. Without, each
    /// takes a connection for itself.
    pub fn sharing(mut self, sharing: bool) -> Self {
        self.sharing = sharing;
        self
    }

    /// How long the oldest statement on a shared connection may run before no other is sent behind it: 5 milliseconds
    /// unless told otherwise.
    pub fn sharing_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs on each new connection before anybody gets it. If it fails, the connection is closed, and those who wait
    /// get its error.
    pub fn after_connect(
        mut self,
        hook: impl for<'s> Fn(&'s mut Session) -> Hooked<'s> + Send + Sync + 'static,
    ) -> Self {
        self.after_connect = Some(Arc::new(hook));
        self
    }

    /// Runs before a connection is handed out. If it fails, the connection is closed and another one taken.
    pub fn before_acquire(
        mut self,
        hook: impl for<'s> Fn(&'s mut Session) -> Hooked<'s> + Send + Sync + 'static,
    ) -> Self {
        self.before_acquire = Some(Arc::new(hook));
        self
    }

    /// Runs on a connection that has come back, after its reset, in a task of its own. If it fails, the connection is
    /// closed.
    pub fn after_release(
        mut self,
        hook: impl for<'s> Fn(&'s mut Session) -> Hooked<'s> + Send + Sync + 'static,
    ) -> Self {
        self.after_release = Some(Arc::new(hook));
        self
    }

    /// Is called once for each connection that somebody holds for longer than this, with how long it was by then.
    pub fn on_long_hold(
        mut self,
        after: Duration,
        warn: impl Fn(Duration) + Send + Sync + 'static,
    ) -> Self {
        self.long_hold = Some((after, Arc::new(warn)));
        self
    }
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PoolOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolOptions")
            .field("max", &self.max)
            .field("min_idle", &self.min_idle)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_lifetime", &self.max_lifetime)
            .field("acquire_limit", &self.acquire_limit)
            .field("health", &self.health)
            .field("reset", &self.reset)
            .field("sharing", &self.sharing)
            .finish_non_exhaustive()
    }
}
