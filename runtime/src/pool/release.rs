//! What becomes of a connection that comes back: the next user gets it as it is, cleaned, or never.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::entry::Entry;
use super::inner::{Inner, Settings};
use super::options::Reset;
use crate::error::Error;
use crate::session::Session;

/// How long cleaning may take; then the connection is closed instead.
const LIMIT: Duration = Duration::from_secs(30);

/// Leaves nothing of the last user, but the statements it has prepared.
const FULL: &str = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; \
                    SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

/// A connection comes back. Nothing here waits.
pub(super) fn release(inner: &Arc<Inner>, mut entry: Entry) {
    let options = inner.options();
    let link = entry.session.link();
    // Whoever still waits for an answer was forgotten: a future that lives borrows the session.
    link.begin();
    link.forget_scopes();
    if link.owes_answers() {
        // What was abandoned may have been answered meanwhile.
        link.look();
    }
    if link.is_broken() || (inner.expects_writes() && link.was_demoted()) {
        return inner.close(entry);
    }
    let listens = link.connection.listens();
    let is_dirty = link.owes_answers() || listens || entry.session.in_transaction();
    match (options.reset, is_dirty) {
        (Reset::None, true) => inner.close(entry),
        (Reset::None | Reset::Rollback, false) if options.after_release.is_none() => {
            inner.put(entry)
        }
        _ => inner.spawn(clean(
            Arc::downgrade(inner),
            Arc::clone(&inner.settings),
            entry,
        )),
    }
}

/// Cleans a connection, and gives it to the next user. If this is dropped, so is the connection.
async fn clean(inner: std::sync::Weak<Inner>, settings: Arc<Settings>, mut entry: Entry) {
    let washed = timeout(LIMIT, wash(&mut entry.session, &settings)).await;
    let Some(inner) = inner.upgrade() else { return };
    match washed {
        Ok(Ok(())) => inner.put(entry),
        _ => inner.close(entry),
    }
}

async fn wash(session: &mut Session, settings: &Settings) -> Result<(), Error> {
    if session.link().owes_answers() {
        // Only behind its end is it known whether a transaction is open.
        session.simple("").await?;
    }
    if session.in_transaction() {
        session.simple("ROLLBACK").await?;
    }
    if settings.options.reset == Reset::Full {
        session.simple(FULL).await?;
    } else if session.link().connection.listens() {
        session.simple("UNLISTEN *").await?;
    }
    session.link().connection.forget_notifications();
    if let Some(hook) = &settings.options.after_release {
        hook(session).await?;
    }
    Ok(())
}
