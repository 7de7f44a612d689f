//! Connections that many tasks use by turns.

mod acquiring;
mod chance;
mod closing;
mod entry;
mod failure;
mod inner;
mod opening;
mod options;
mod pooled;
mod reaper;
mod release;
mod shared;
mod slots;
mod status;
mod turn;
mod verbs;
mod work;

use std::fmt;
use std::sync::Arc;

use tokio::time::timeout;

pub(crate) use self::chance::about;
pub(crate) use self::failure::PoolFailure;
pub use self::options::{Health, Hooked, PoolOptions, Reset};
pub use self::pooled::Pooled;
pub(crate) use self::shared::Single;
pub use self::status::PoolStatus;

use self::inner::Inner;
use self::slots::Due;
use crate::config::Config;
use crate::error::{Error, Kind};

/// Connections that many tasks use by turns. Cloning it is cheap, and all clones are one pool.
///
/// A connection is opened when somebody needs it and there are fewer than [`PoolOptions::max`]. Those who wait are
/// served in the order in which they came. What is prepared on a connection stays prepared for its next user.
///
/// # Example: a connection for a while
///
/// ```no_run
/// use hathi::{Config, Pool, PoolOptions};
///
/// # async fn demo() -> Result<(), hathi::Error> {
/// let config: Config = "postgres://ada@localhost/crew".parse()?;
/// let pool = Pool::new(config, PoolOptions::new().max(20));
/// let mut session = pool.acquire().await?;
/// session.simple("CREATE TEMPORARY TABLE notes (note text)").await?;
/// drop(session);
/// assert_eq!(pool.status().size, 1);
/// pool.close().await?;
/// # Ok(()) }
/// ```
///
#[cfg_attr(doctest, doc = include_str!("../../docs/src/pool.md"))]
#[derive(Clone)]
pub struct Pool {
    inner: Arc<Inner>,
}

impl Pool {
    /// A pool without connections: the first is opened when somebody needs it.
    #[must_use]
    pub fn new(config: Config, options: PoolOptions) -> Self {
        Self {
            inner: Arc::new(Inner::new(config, options)),
        }
    }

    /// A connection for the caller alone, until it is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::is_pool_timeout`] if none became free within [`PoolOptions::acquire_limit`], or could be opened: the
    /// error then says why. A refusal that waiting does not mend, such as a wrong password, is told at once.
    /// [`Error::is_closed`] if the pool was closed.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves the line. A connection that is being opened goes on being opened, for whoever is next.
    ///
    /// # Example: several statements on one connection
    ///
    /// ```no_run
    /// # async fn demo(pool: &hathi::Pool) -> Result<(), hathi::Error> {
    /// let mut session = pool.acquire().await?;
    /// session.simple("LISTEN news").await?;
    /// assert!(!session.in_transaction());
    /// # Ok(()) }
    /// ```
    pub async fn acquire(&self) -> Result<Pooled, Error> {
        acquiring::acquire(&self.inner).await
    }

    /// A connection for the caller alone, if one is idle and nobody waits for it.
    ///
    /// # Errors
    ///
    /// If no connection is free at once; [`Error::is_closed`] if the pool was closed.
    ///
    /// # Example: only if it costs nothing
    ///
    /// ```no_run
    /// # fn demo(pool: &hathi::Pool) {
    /// if let Ok(session) = pool.try_acquire() {
    ///     assert!(!session.is_closed());
    /// }
    /// # }
    /// ```
    pub fn try_acquire(&self) -> Result<Pooled, Error> {
        match acquiring::at_once(&self.inner)? {
            Some(mut pooled) => {
                pooled.is_lent();
                Ok(pooled)
            }
            None => Err(PoolFailure::NoneFree {
                max: self.inner.slots().max,
            }
            .into()),
        }
    }

    /// Opens connections until there are so many, or as many as there may be, and waits for them.
    ///
    /// # Errors
    ///
    /// If one of them cannot be opened, or not within [`PoolOptions::acquire_limit`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops nothing: the connections are opened all the same.
    ///
    /// # Example: ready before the first request
    ///
    /// ```no_run
    /// # async fn demo(pool: &hathi::Pool) -> Result<(), hathi::Error> {
    /// pool.warm_up(4).await?;
    /// assert!(pool.status().idle >= 4);
    /// # Ok(()) }
    /// ```
    pub async fn warm_up(&self, connections: usize) -> Result<(), Error> {
        self.inner.wake_up();
        let limit = self.inner.options().acquire_limit;
        match timeout(limit, self.warmed(connections)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(acquiring::too_late(&self.inner, limit)),
        }
    }

    async fn warmed(&self, connections: usize) -> Result<(), Error> {
        let (failures, warmed) = self.inner.change(|slots| {
            slots.floor = slots.floor.max(connections.min(slots.max));
            (slots.counters.failures, slots.warmed)
        });
        loop {
            let changed = self.inner.changed.notified();
            {
                let slots = self.inner.slots();
                if slots.is_closed {
                    return Err(PoolFailure::Closed.into());
                }
                if slots.warmed > warmed || slots.established() >= connections.min(slots.max) {
                    return Ok(());
                }
                if let Some(error) = &slots.last_failure
                    && slots.counters.failures > failures
                {
                    return Err(Error::new(Kind::Common(Arc::clone(error))));
                }
            }
            changed.await;
        }
    }

    /// Changes how many connections there may be. If there are more, idle ones are closed at once, and others when they
    /// come back.
    ///
    /// # Example: as many as the server has to give
    ///
    /// ```no_run
    /// # fn demo(pool: &hathi::Pool) {
    /// pool.resize(40);
    /// assert_eq!(pool.status().max, 40);
    /// # }
    /// ```
    pub fn resize(&self, max: usize) {
        self.inner.change(|slots| slots.max = max.max(1));
    }

    /// Closes the pool: nobody gets a connection any more, and those that are in use are waited for and closed.
    ///
    /// # Errors
    ///
    /// [`Error::is_pool_timeout`] if connections were not given back within [`PoolOptions::close_limit`]; they are
    /// closed when they are.
    ///
    /// # Cancellation
    ///
    /// The pool is closed by the first poll; dropping the future only ends the waiting.
    ///
    /// # Example: an orderly end
    ///
    /// ```no_run
    /// # async fn demo(pool: &hathi::Pool) -> Result<(), hathi::Error> {
    /// pool.close().await?;
    /// assert!(pool.acquire().await.is_err_and(|error| error.is_closed()));
    /// # Ok(()) }
    /// ```
    pub async fn close(&self) -> Result<(), Error> {
        let limit = self.inner.options().close_limit;
        self.refuse();
        match timeout(limit, self.emptied()).await {
            Ok(()) => Ok(()),
            Err(_) => {
                let count = self.inner.slots().open;
                Err(PoolFailure::Held { limit, count }.into())
            }
        }
    }

    fn refuse(&self) {
        let mut due = Due::default();
        self.inner.change(|slots| {
            slots.is_closed = true;
            slots.fail_all(|| PoolFailure::Closed.into(), &mut due);
        });
        self.inner.carry_out(due);
        self.inner.changed.notify_waiters();
    }

    async fn emptied(&self) {
        loop {
            let changed = self.inner.changed.notified();
            if self.inner.slots().open == 0 {
                return;
            }
            changed.await;
        }
    }

    /// What the pool has and does.
    ///
    /// # Example: a pool that was not used yet
    ///
    /// ```
    /// use hathi::{Config, Pool, PoolOptions};
    ///
    /// let pool = Pool::new(Config::new(), PoolOptions::new().max(3));
    /// let status = pool.status();
    /// assert_eq!((status.max, status.size, status.waiting), (3, 0, 0));
    /// ```
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        self.inner.slots().status()
    }

    /// Whether [`close`](Self::close) was called.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.slots().is_closed
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
