//! rustls, set up as the settings say.

// An address without a socket: that is why it is core's.
use core::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};

use crate::alpn::POSTGRESQL;
use crate::error::{Error, Kind};
use crate::roots;
use crate::settings::{Settings, Trust};
use crate::verify::{AnyName, Anyone};

/// TLS by rustls as it is set up: files have been read, authorities are known. Cheap to clone, and made once for all
/// connections.
///
/// # Example: encrypted, whoever the server is
///
/// ```
/// use hathi_tls::{Protocol, Settings};
/// use hathi_wire::SslMode;
///
/// # fn demo() -> Result<(), hathi_tls::Error> {
/// let protocol = Protocol::new(&Settings::new(SslMode::Prefer))?;
/// let name = protocol.name("db.example.org")?;
/// # let _ = (protocol.config(), name);
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Protocol {
    config: Arc<ClientConfig>,
    names_count: bool,
}

impl Protocol {
    /// Reads the files that the settings name.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or used, or the settings do not fit together.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier(settings, provider)?);
        let mut config = match settings.client()? {
            Some((cert, key)) => {
                builder.with_client_auth_cert(roots::certificates(&cert)?, roots::key(&key)?)?
            }
            None => builder.with_no_client_auth(),
        };
        config.enable_sni = settings.sni;
        config.alpn_protocols = vec![POSTGRESQL.into()];
        Ok(Self {
            config: Arc::new(config),
            names_count: settings.names_count(),
        })
    }

    /// The configuration for a connection of rustls.
    #[must_use]
    pub fn config(&self) -> &Arc<ClientConfig> {
        &self.config
    }

    /// The name that a host's certificate has to carry. Where names do not count, any host has one.
    ///
    /// # Errors
    ///
    /// If no certificate can carry it.
    pub fn name(&self, host: &str) -> Result<ServerName<'static>, Error> {
        match ServerName::try_from(host.to_owned()) {
            Ok(name) => Ok(name),
            // An address is not said in clear, and nobody looks at it.
            Err(_) if !self.names_count => Ok(ServerName::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED))),
            Err(_) => Err(Error::new(Kind::Name(host.to_owned()))),
        }
    }
}

fn verifier(
    settings: &Settings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let roots: RootCertStore = match settings.trust()? {
        Trust::Anyone => return Ok(Arc::new(Anyone(provider))),
        Trust::File(path) => roots::roots(&path)?,
        Trust::System => roots::system_roots()?,
    };
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(if settings.names_count() {
        verifier
    } else {
        Arc::new(AnyName(verifier))
    })
}

#[cfg(test)]
mod tests;
