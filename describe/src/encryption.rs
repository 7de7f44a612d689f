//! TLS as the connection string asks for it, in builds with it and in builds without.

use hathi_wire::Dsn;
#[cfg(feature = "rustls")]
use hathi_wire::SslMode;

use crate::error::Error;

/// TLS as it is set up, if the connection string asks for it.
#[derive(Debug)]
#[cfg(feature = "rustls")]
pub(crate) struct Protocol(Option<hathi_tls::Protocol>);

#[cfg(feature = "rustls")]
impl Protocol {
    /// Reads the files that the connection string names; where nobody insists, those that cannot be used are no TLS.
    pub(crate) fn of(dsn: &Dsn) -> Result<Self, Error> {
        let mode = dsn.effective_ssl_mode();
        if mode == SslMode::Disable {
            return Ok(Self(None));
        }
        match hathi_tls::Protocol::new(&hathi_tls::Settings::of(dsn)) {
            Ok(protocol) => Ok(Self(Some(protocol))),
            Err(error) if mode.insists() => Err(Error::tls(error)),
            Err(_) => Ok(Self(None)),
        }
    }

    pub(crate) fn get(&self) -> Result<&hathi_tls::Protocol, Error> {
        self.0.as_ref().ok_or_else(Error::encryption)
    }
}

/// This build has no TLS.
#[derive(Debug)]
#[cfg(not(feature = "rustls"))]
pub(crate) struct Protocol;

#[cfg(not(feature = "rustls"))]
impl Protocol {
    pub(crate) fn of(dsn: &Dsn) -> Result<Self, Error> {
        if dsn.effective_ssl_mode().insists() {
            return Err(Error::encryption());
        }
        Ok(Self)
    }
}
