//! TLS on real servers, by both libraries: who is accepted, which way is taken, what it is bound to.

mod cancel;
mod certificates;
mod dropped;
mod man_in_between;
mod ways;

use hathi::{Config, Session};

use crate::live::ask::text;

/// Whether the server says that the session is encrypted.
pub(crate) async fn is_encrypted(session: &mut Session) -> bool {
    let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    text(session, sql).await == "true"
}

/// Opens a session: whether it is encrypted, or why it could not be opened.
pub(crate) async fn open(config: &Config) -> Result<bool, hathi::Error> {
    let mut session = Session::connect(config).await?;
    let encrypted = is_encrypted(&mut session).await;
    session.close().await?;
    Ok(encrypted)
}
