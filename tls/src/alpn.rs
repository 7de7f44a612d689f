//! The name that PostgreSQL and its clients agree on by ALPN.

pub(crate) const POSTGRESQL: &str = "postgresql";

/// Whether the server has agreed to speak PostgreSQL: what a handshake without an SSLRequest needs, so that no other
/// service behind the same port can be meant.
///
/// # Example: a server that agrees, and one that says nothing
///
/// ```
/// assert!(hathi_tls::is_agreed(Some(b"postgresql")));
/// assert!(!hathi_tls::is_agreed(None));
/// ```
#[must_use]
pub fn is_agreed(alpn: Option<&[u8]>) -> bool {
    alpn == Some(POSTGRESQL.as_bytes())
}
