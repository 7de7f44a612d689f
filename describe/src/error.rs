//! Why a database could not be asked, as opposed to what it answered about a statement.

use std::fmt;
use std::io;
use std::time::Duration;

use hathi_wire::{
    DsnError, EncodeError, Host, ProtocolError, ServerError, StartupFailure, UnusablePassfile,
};

/// Why a database could not be asked.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
enum Kind {
    /// None of the hosts could be reached.
    Unreachable(Vec<(Host, io::Error)>),
    /// The transport must be encrypted, and this build cannot.
    Encryption,
    /// The transport must be encrypted, and the server cannot.
    #[cfg(feature = "rustls")]
    NotOffered,
    /// The server did not agree to speak PostgreSQL when TLS began directly.
    #[cfg(feature = "rustls")]
    NotAgreed,
    /// TLS could not be set up, or the handshake failed.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The address, the environment or a file of libpq makes no sense.
    Settings(DsnError),
    Startup(StartupFailure),
    /// A password is missed, and a file that could have it is not used.
    Passfile(UnusablePassfile),
    Timeout(Duration),
    Io(io::Error),
    Closed,
    Protocol(ProtocolError),
    Encode(EncodeError),
    /// A question about the catalog failed.
    Catalog(Box<ServerError>),
    /// The catalog answered with something else than rows of the kind that was asked for.
    Answer,
}

impl Error {
    pub(crate) fn unreachable(tried: Vec<(Host, io::Error)>) -> Self {
        Self(Box::new(Kind::Unreachable(tried)))
    }

    pub(crate) fn encryption() -> Self {
        Self(Box::new(Kind::Encryption))
    }

    #[cfg(feature = "rustls")]
    pub(crate) fn not_offered() -> Self {
        Self(Box::new(Kind::NotOffered))
    }

    #[cfg(feature = "rustls")]
    pub(crate) fn not_agreed() -> Self {
        Self(Box::new(Kind::NotAgreed))
    }

    #[cfg(feature = "rustls")]
    pub(crate) fn tls(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(Kind::Tls(Box::new(cause))))
    }

    /// Whether this way of connecting was turned down, and another one may not be.
    pub(crate) fn is_turned_down(&self) -> bool {
        match &*self.0 {
            #[cfg(feature = "rustls")]
            Kind::NotOffered => true,
            Kind::Encryption | Kind::Tls(_) => true,
            Kind::Startup(StartupFailure::Server(_)) => !self.refuses_settings(),
            _ => false,
        }
    }

    pub(crate) fn timeout(limit: Duration) -> Self {
        Self(Box::new(Kind::Timeout(limit)))
    }

    /// This, or that time ran out: a socket with a limit says it in its own words.
    #[cfg(feature = "rustls")]
    pub(crate) fn or_late(self, limit: Duration) -> Self {
        match &*self.0 {
            Kind::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                Self::timeout(limit)
            }
            _ => self,
        }
    }

    pub(crate) fn passfile(unusable: UnusablePassfile) -> Self {
        Self(Box::new(Kind::Passfile(unusable)))
    }

    pub(crate) fn closed() -> Self {
        Self(Box::new(Kind::Closed))
    }

    /// Whether the server does not understand what is asked of the catalog: one that only speaks the protocol.
    pub(crate) fn has_no_catalog(&self) -> bool {
        let Kind::Catalog(error) = &*self.0 else {
            return false;
        };
        ["0A", "42", "XX"]
            .iter()
            .any(|class| error.code.code().starts_with(class))
    }

    pub(crate) fn catalog(error: Box<ServerError>) -> Self {
        Self(Box::new(Kind::Catalog(error)))
    }

    pub(crate) fn answer() -> Self {
        Self(Box::new(Kind::Answer))
    }

    /// Whether the session was refused because of the settings that were asked for: servers other than PostgreSQL do not
    /// know them, and poolers answer with a violation of the protocol.
    pub(crate) fn refuses_settings(&self) -> bool {
        const CODES: [&str; 4] = ["08P01", "42704", "22023", "0A000"];
        matches!(&*self.0, Kind::Startup(StartupFailure::Server(error)) if CODES.contains(&error.code.code()))
    }

    /// Whether the server could not be reached at all.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(*self.0, Kind::Unreachable(_))
    }

    /// Whether the server did not answer in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        match &*self.0 {
            Kind::Timeout(_) => true,
            Kind::Unreachable(tried) => {
                !tried.is_empty()
                    && tried
                        .iter()
                        .all(|(_, error)| error.kind() == io::ErrorKind::TimedOut)
            }
            _ => false,
        }
    }

    /// Whether a connection that was open is not any more: another one may do.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        match &*self.0 {
            Kind::Closed | Kind::Io(_) => true,
            Kind::Catalog(error) => error.is_fatal(),
            _ => false,
        }
    }

    /// What the server said, if it is the one that refused.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        match &*self.0 {
            Kind::Startup(StartupFailure::Server(error)) | Kind::Catalog(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Unreachable(tried) => {
                for (number, (host, error)) in tried.iter().enumerate() {
                    let separator = if number == 0 { "" } else { "; " };
                    write!(f, "{separator}{host}: {}", words(error))?;
                }
                Ok(())
            }
            Kind::Encryption => {
                f.write_str("sslmode asks for TLS, which this build does not speak: switch the feature \"rustls\" on")
            }
            #[cfg(feature = "rustls")]
            Kind::NotOffered => {
                f.write_str("sslmode asks for TLS, which the server does not offer: switch ssl on there, or use sslmode=prefer on a network you trust")
            }
            #[cfg(feature = "rustls")]
            Kind::NotAgreed => f.write_str(
                "sslnegotiation=direct expected the server to agree to speak postgresql, and it did not: it may be another service; use sslnegotiation=postgres before PostgreSQL 17",
            ),
            Kind::Tls(cause) => write!(f, "no TLS with the server: {cause}"),
            Kind::Settings(error) => error.fmt(f),
            Kind::Startup(failure) => failure.fmt(f),
            Kind::Passfile(unusable) => {
                write!(f, "the server asks for a password, and {unusable}")
            }
            Kind::Timeout(limit) => write!(f, "the server did not answer within {limit:?}"),
            Kind::Io(error) => write!(f, "the connection broke: {}", words(error)),
            Kind::Closed => f.write_str("the server has closed the connection"),
            Kind::Protocol(error) => error.fmt(f),
            Kind::Encode(error) => error.fmt(f),
            Kind::Catalog(error) => write!(f, "the catalog could not be read: {error}"),
            Kind::Answer => f.write_str(
                "the catalog could not be read: expected a row of text, found something else",
            ),
        }
    }
}

/// The system's words without the number it puts behind them.
fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error")
                .next()
                .unwrap_or_default()
                .to_lowercase()
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // What rustls finds wrong comes as invalid data.
            io::ErrorKind::InvalidData => Self(Box::new(Kind::Tls(Box::new(error)))),
            _ => Self(Box::new(Kind::Io(error))),
        }
    }
}

impl From<DsnError> for Error {
    fn from(error: DsnError) -> Self {
        Self(Box::new(Kind::Settings(error)))
    }
}

impl From<ProtocolError> for Error {
    fn from(error: ProtocolError) -> Self {
        Self(Box::new(Kind::Protocol(error)))
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self(Box::new(Kind::Encode(error)))
    }
}

impl From<StartupFailure> for Error {
    fn from(failure: StartupFailure) -> Self {
        Self(Box::new(Kind::Startup(failure)))
    }
}
