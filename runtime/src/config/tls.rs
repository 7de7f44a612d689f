//! How a connection is encrypted: what the settings say, and what was read for them.

use hathi_wire::Host;

use super::Config;
use crate::error::Kind;
use crate::tls::Tls;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use crate::tls::TlsBackend;

impl Config {
    /// Which library speaks TLS: rustls if it is there, unless told otherwise.
    ///
    /// The files of certificates and keys are read for the first connection and kept for all others of this
    /// configuration and its clones. A certificate that was renewed needs a configuration made anew.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[must_use]
    pub fn tls_backend(mut self, backend: TlsBackend) -> Self {
        self.tls = self.tls.with(backend);
        self
    }

    /// TLS to a host, whose certificate is checked by its name even where its address was given.
    pub(crate) fn tls(&self, host: &Host) -> Result<Tls, Kind> {
        match host {
            Host::Tcp { name, .. } => Tls::new(&self.tls, &self.dsn, name),
            Host::Unix { .. } => Err(Kind::NoTls),
        }
    }
}
