//! libpq's settings of TLS, and what follows from them whichever library speaks it.

use std::path::PathBuf;

use hathi_wire::{Dsn, SslMode};

use crate::error::{Error, Kind};
use crate::files;

/// What libpq's settings say of TLS.
///
/// # Example: as a connection string says
///
/// ```
/// use hathi_tls::Settings;
/// use hathi_wire::{Dsn, SslMode};
///
/// let dsn: Dsn = "host=db.example.org sslrootcert=system".parse()?;
/// assert_eq!(Settings::of(&dsn).mode, SslMode::VerifyFull);
/// # Ok::<(), hathi_wire::DsnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How much is proven.
    pub mode: SslMode,
    /// The file of authorities (`sslrootcert`), or `system`. Left out: `~/.postgresql/root.crt` if there is one; else,
    /// where a proof is asked for, the system's authorities.
    pub root_cert: Option<String>,
    /// The client's certificate (`sslcert`). Left out: `~/.postgresql/postgresql.crt` if there is one.
    pub cert: Option<String>,
    /// Its key (`sslkey`). Left out: `~/.postgresql/postgresql.key` if there is one.
    pub key: Option<String>,
    /// Whether the host's name is said in clear when the handshake begins (`sslsni`).
    pub sni: bool,
}

impl Settings {
    /// Settings with everything but the mode left out.
    #[must_use]
    pub fn new(mode: SslMode) -> Self {
        Self {
            mode,
            root_cert: None,
            cert: None,
            key: None,
            sni: true,
        }
    }

    /// The settings of a connection string.
    #[must_use]
    pub fn of(dsn: &Dsn) -> Self {
        Self {
            mode: dsn.effective_ssl_mode(),
            root_cert: dsn.ssl_root_cert.clone(),
            cert: dsn.ssl_cert.clone(),
            key: dsn.ssl_key.clone(),
            sni: dsn.ssl_sni.unwrap_or(true),
        }
    }

    /// The authorities that the server's certificate is held against.
    pub(crate) fn trust(&self) -> Result<Trust, Error> {
        let proves = matches!(self.mode, SslMode::VerifyCa | SslMode::VerifyFull);
        // Authorities that were given are asked also where nobody insists, as libpq does with `require`.
        let asks = proves || self.mode == SslMode::Require;
        match self.root_cert.as_deref() {
            Some("system") if self.mode != SslMode::VerifyFull => Err(Error::new(Kind::WeakSystem)),
            Some("system") => Ok(Trust::System),
            Some(path) if asks => Ok(Trust::File(PathBuf::from(path))),
            None if asks => Ok(match files::default_file("root.crt") {
                Some(path) => Trust::File(path),
                None if proves => Trust::System,
                None => Trust::Anyone,
            }),
            _ => Ok(Trust::Anyone),
        }
    }

    /// Whether the certificate has to carry the host's name.
    pub(crate) fn names_count(&self) -> bool {
        self.mode == SslMode::VerifyFull
    }

    /// The files of the client's own certificate and key.
    pub(crate) fn client(&self) -> Result<Option<(PathBuf, PathBuf)>, Error> {
        let given = |file: &Option<String>, default| {
            file.as_ref()
                .map(PathBuf::from)
                .or_else(|| files::default_file(default))
        };
        let half = |present, missing| Err(Error::new(Kind::Half { present, missing }));
        let cert = given(&self.cert, "postgresql.crt");
        match (cert, given(&self.key, "postgresql.key")) {
            (Some(cert), Some(key)) => Ok(Some((cert, key))),
            (Some(_), None) => half("sslcert", "sslkey"),
            // A key in the usual place without a certificate is what libpq ignores, too.
            (None, Some(_)) if self.key.is_some() => half("sslkey", "sslcert"),
            (None, _) => Ok(None),
        }
    }
}

/// Whose word counts for who a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Encrypted, whoever it is.
    Anyone,
    /// The authorities in a file.
    File(PathBuf),
    /// The authorities of the system.
    System,
}
