//! Closes connections in good order: their place is free only when the server has let go of them.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::entry::Entry;
use super::inner::Inner;

/// How long a server may take to end a session; then it is taken for gone.
const LIMIT: Duration = Duration::from_secs(5);

/// Closes a connection that was counted as being closed.
pub(super) fn close(inner: &Arc<Inner>, entry: Entry) {
    let closing = Closing(Some(entry));
    inner.spawn(closing.run());
}

/// A connection that is being closed. Dropping it closes it without waiting for the server.
struct Closing(Option<Entry>);

impl Closing {
    async fn run(mut self) {
        if let Some(entry) = &mut self.0 {
            let link = entry.session.link();
            drop(timeout(LIMIT, poll_fn(|cx| link.poll_hang_up(cx))).await);
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        let Some(entry) = self.0.take() else { return };
        if let Some(inner) = entry.place.inner().upgrade() {
            inner.slots().closing -= 1;
        }
        drop(entry);
    }
}
