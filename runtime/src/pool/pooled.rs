//! A connection of a pool in the hands of one user.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::entry::Entry;
use super::inner::Inner;
use super::release::release;
use crate::observe::Moment;
use crate::session::Session;

/// A [`Session`] of a [`Pool`](crate::Pool), for one user. Dropping it gives it back.
///
/// What is open on it is ended by the pool: an abandoned answer is read or cancelled, a transaction is rolled back.
/// The next user never sees any of it. What else a session can be left with is a matter of [`Reset`](crate::Reset).
pub struct Pooled {
    // There until this is dropped or given away.
    entry: Option<Entry>,
    inner: Arc<Inner>,
    hold: u64,
    // Since when somebody outside of the pool has it.
    lent: Option<Moment>,
}

impl Pooled {
    pub(super) fn new(inner: &Arc<Inner>, entry: Entry) -> Self {
        Self {
            entry: Some(entry),
            inner: Arc::clone(inner),
            hold: inner.hold(),
            lent: None,
        }
    }

    /// It has passed every test, and is handed out.
    pub(super) fn is_lent(&mut self) {
        self.lent = Some(Moment::now());
    }

    pub(super) fn entry(&mut self) -> &mut Entry {
        self.entry.as_mut().expect("a connection until the drop")
    }

    /// Closes the connection instead of giving it back; the pool opens another one when it needs it.
    pub fn discard(mut self) {
        if let Some(entry) = self.entry.take() {
            self.inner.close(entry);
        }
    }
}

impl Deref for Pooled {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self
            .entry
            .as_ref()
            .expect("a connection until the drop")
            .session
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self
            .entry
            .as_mut()
            .expect("a connection until the drop")
            .session
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        self.inner.let_go(self.hold);
        if let Some(since) = &self.lent {
            self.inner.settings.meter.used(since);
        }
        if let Some(entry) = self.entry.take() {
            release(&self.inner, entry);
        }
    }
}

impl fmt::Debug for Pooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooled")
            .field("session", &**self)
            .finish_non_exhaustive()
    }
}
