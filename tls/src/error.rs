//! Why TLS could not be set up.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why TLS could not be set up: nothing has been sent.
#[derive(Debug)]
pub struct Error(Box<Kind>);

#[derive(Debug)]
pub(crate) enum Kind {
    /// A file cannot be read.
    File { path: PathBuf, cause: io::Error },
    /// A file holds something else than it should.
    Content {
        path: PathBuf,
        expected: &'static str,
    },
    /// A private key that others can read.
    Exposed(PathBuf),
    /// One of certificate and key, without the other.
    Half {
        present: &'static str,
        missing: &'static str,
    },
    /// The system has no certificates, or they cannot be read.
    #[cfg(feature = "rustls")]
    NoSystemRoots(String),
    /// `sslrootcert=system` with a mode that would not look at the name.
    WeakSystem,
    /// The host's name cannot stand in a certificate.
    #[cfg(feature = "rustls")]
    Name(String),
    #[cfg(feature = "rustls")]
    Rustls(rustls::Error),
    #[cfg(feature = "native-tls")]
    Native(native_tls::Error),
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(kind))
    }

    pub(crate) fn content(path: &std::path::Path, expected: &'static str) -> Self {
        Self::new(Kind::Content {
            path: path.to_owned(),
            expected,
        })
    }
}

#[cfg(feature = "rustls")]
impl From<rustls::Error> for Error {
    fn from(error: rustls::Error) -> Self {
        Self::new(Kind::Rustls(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::File { path, cause } => write!(f, "cannot read {}: {cause}", path.display()),
            Kind::Content { path, expected } => {
                write!(f, "expected {expected} in {}", path.display())
            }
            Kind::Exposed(path) => write!(
                f,
                "the private key {} can be read by others: take their permission away (chmod 600)",
                path.display()
            ),
            Kind::Half { present, missing } => {
                write!(
                    f,
                    "{present} is set and {missing} is not: a client certificate needs both"
                )
            }
            #[cfg(feature = "rustls")]
            Kind::NoSystemRoots(cause) => write!(
                f,
                "the system's certificate authorities cannot be read ({cause}): install them (Debian: ca-certificates), or name a file with sslrootcert"
            ),
            Kind::WeakSystem => f.write_str(
                "sslrootcert=system trusts every public authority, so it needs sslmode=verify-full",
            ),
            #[cfg(feature = "rustls")]
            Kind::Name(name) => write!(
                f,
                "no certificate can be checked for the host \"{name}\": expected a DNS name or an address"
            ),
            #[cfg(feature = "rustls")]
            Kind::Rustls(error) => error.fmt(f),
            #[cfg(feature = "native-tls")]
            Kind::Native(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
