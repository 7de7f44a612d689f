//! Where a server is reached, and with which password.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::template::SUPERUSER;

/// Where a server is reached; its texts are URLs that libpq and every driver of ours understands.
///
/// `Display` and `Debug` hide the password.
///
/// # Example: the URL to use, and one to show
///
/// ```no_run
/// # fn demo() -> Result<(), hathi_local::Error> {
/// let server = hathi_local::Server::owned().tcp().start()?;
/// let address = server.address();
/// assert!(address.url().starts_with("postgres://postgres:"));
/// assert!(address.to_string().starts_with("postgres://postgres:***@127.0.0.1:"));
/// assert!(address.socket_url().starts_with("postgres://postgres@%2F"));
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Holds the socket; only the server's user and root can enter it.
    pub(crate) socket_folder: PathBuf,
    pub(crate) port: u16,
    /// Invariant: there is a password if and only if the server listens on TCP.
    pub(crate) password: Option<Password>,
}

impl Address {
    /// The URL of the database `postgres`: over TCP with the password if the server listens there, else over the socket.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(SUPERUSER)
    }

    /// The same with another database, which need not exist yet.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        match &self.password {
            Some(Password(password)) => self.tcp_url(password, database),
            None => self.socket_url_of(database),
        }
    }

    /// The URL of the database `postgres` over the unix socket, which every server has and which needs no password.
    #[must_use]
    pub fn socket_url(&self) -> String {
        self.socket_url_of(SUPERUSER)
    }

    /// The same with another database, which need not exist yet.
    #[must_use]
    pub fn socket_url_of(&self, database: &str) -> String {
        let folder = escaped(self.socket_folder.as_os_str().as_encoded_bytes());
        format!(
            "postgres://{SUPERUSER}@{folder}:{}/{}",
            self.port,
            escaped(database.as_bytes())
        )
    }

    /// The port: of TCP if the server listens there, and part of the socket's name in any case.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the unix socket, as libpq's `host` takes it.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    /// Whether the server listens on a TCP port of 127.0.0.1.
    #[must_use]
    pub fn has_tcp(&self) -> bool {
        self.password.is_some()
    }

    fn tcp_url(&self, password: &str, database: &str) -> String {
        format!(
            "postgres://{SUPERUSER}:{password}@127.0.0.1:{}/{}",
            self.port,
            escaped(database.as_bytes())
        )
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.password {
            Some(_) => f.write_str(&self.tcp_url("***", SUPERUSER)),
            None => f.write_str(&self.socket_url()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address")
            .field(&format_args!("{self}"))
            .finish()
    }
}

/// A random password of hexadecimal digits; it is shown by no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl Password {
    /// Accepts what needs no escaping, neither in SQL nor in a URL.
    pub(crate) fn new(text: String) -> Option<Self> {
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then_some(Self(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

/// Percent-encodes all but the unreserved characters of a URL.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(password: Option<&str>) -> Address {
        let password = password.map(|text| Password::new(text.to_owned()).unwrap());
        Address {
            socket_folder: "/tmp/hathi-1".into(),
            port: 5432,
            password,
        }
    }

    #[test]
    fn the_url_is_over_tcp_where_the_server_listens_there() {
        assert_eq!(
            address(Some("abc123")).url(),
            "postgres://postgres:abc123@127.0.0.1:5432/postgres"
        );
        assert_eq!(
            address(None).url(),
            "postgres://postgres@%2Ftmp%2Fhathi-1:5432/postgres"
        );
        assert_eq!(address(Some("abc123")).socket_url(), address(None).url());
    }

    #[test]
    fn a_database_is_escaped() {
        assert!(
            address(None)
                .url_of("a b/ä")
                .ends_with(":5432/a%20b%2F%C3%A4")
        );
    }

    #[test]
    fn no_text_but_the_url_shows_the_password() {
        let address = address(Some("abc123"));
        for text in [
            address.to_string(),
            format!("{address:?}"),
            format!("{:?}", address.password),
        ] {
            assert!(text.contains("***") && !text.contains("abc123"), "{text}");
        }
    }

    #[test]
    fn a_password_that_would_need_escaping_is_refused() {
        assert!(Password::new("a'b".to_owned()).is_none());
        assert!(Password::new(String::new()).is_none());
    }
}
