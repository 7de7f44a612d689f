//! Answers that nobody waits for: read to their end, or cut short by asking the server to stop.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hathi_wire::Connection;
use tokio::time::{Instant, Sleep, sleep};

use super::cancel::Canceller;

/// An abandoned answer that is longer than this is not read to its end: the statement is cancelled.
const BYTES: usize = 1024 * 1024;

/// How long the end of an abandoned answer may take before the statement is cancelled.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// The same for a stream: it was dropped because its reader had seen enough.
pub(super) const HURRY: Duration = Duration::from_millis(5);

/// How an abandoned answer is got rid of.
///
/// ```text
/// reading ── it is long, or takes long ──> cancelling ── the server has heard ──> reading
///    └── its end has come ──> done
/// ```
/// Nothing of a later call is sent before it is done: a cancel request could hit that instead.
#[derive(Debug)]
pub(crate) struct Drain {
    patience: Pin<Box<Sleep>>,
    // How many bytes of the answer may come before the statement is cancelled.
    limit: usize,
    // A cancel request is on its way.
    asking: bool,
}

impl Drain {
    /// Begins to read; a call that took too long has used up all patience.
    pub(crate) fn new(patience: Duration) -> Self {
        Self {
            patience: Box::pin(sleep(patience)),
            limit: BYTES,
            asking: false,
        }
    }

    /// Ready when the abandoned answer has ended and no cancel request is on its way.
    ///
    /// Reading goes on meanwhile, so that the server is never stuck on us.
    #[cold]
    pub(crate) fn poll(
        &mut self,
        connection: &Connection,
        canceller: &Canceller,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        loop {
            // A token, or the drop of the call, may have asked already.
            if self.asking || canceller.is_busy() {
                self.asking = true;
                ready!(canceller.poll_idle(cx));
                self.asking = false;
                // It may have come before the statement began to run: then the server hears it again.
                self.patience.as_mut().reset(Instant::now() + PATIENCE);
                self.limit = connection
                    .draining()
                    .unwrap_or_default()
                    .saturating_add(BYTES);
            }
            let Some(bytes) = connection.draining() else {
                return Poll::Ready(());
            };
            let is_late = self.patience.as_mut().poll(cx).is_ready();
            if !canceller.has_key() || (!is_late && bytes <= self.limit) {
                return Poll::Pending;
            }
            drop(canceller.begin());
            self.asking = true;
        }
    }
}
