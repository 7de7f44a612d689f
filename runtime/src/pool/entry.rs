//! A connection of a pool, and the place it takes among those the pool may have.

use std::fmt;
use std::sync::Weak;

use tokio::time::Instant;

use super::chance::about;
use super::inner::Inner;
use super::options::PoolOptions;
use crate::session::Session;

/// How much longer or shorter than was asked a connection may live, in percent.
const JITTER: u32 = 10;

/// One of the connections a pool may have on the server, whether it is being opened, used or closed. Dropping it makes
/// room for another one.
pub(super) struct Place {
    inner: Weak<Inner>,
}

impl Place {
    /// A place that the pool has already counted.
    pub(super) fn counted(inner: Weak<Inner>) -> Self {
        Self { inner }
    }

    pub(super) fn inner(&self) -> &Weak<Inner> {
        &self.inner
    }

    /// Gives the place back, and opens no other connection in it: there is no runtime that could.
    pub(super) fn vacate(mut self) {
        if let Some(inner) = std::mem::take(&mut self.inner).upgrade() {
            let mut slots = inner.slots();
            slots.open = slots.open.saturating_sub(1);
        }
    }
}

// The slots are locked here: a place, and what holds one, must not be dropped by who has locked them.
impl Drop for Place {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.upgrade() {
            inner.freed();
        }
    }
}

/// An open connection in its place. The fields are in the order in which they are to be dropped.
pub(super) struct Entry {
    pub(super) session: Session,
    pub(super) expires: Option<Instant>,
    pub(super) idle_since: Instant,
    pub(super) place: Place,
}

impl Entry {
    pub(super) fn new(session: Session, options: &PoolOptions, place: Place) -> Self {
        let now = Instant::now();
        let life = options.max_lifetime.map(|limit| about(limit, JITTER));
        Self {
            session,
            expires: life.and_then(|life| now.checked_add(life)),
            idle_since: now,
            place,
        }
    }

    pub(super) fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
