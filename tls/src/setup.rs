//! From settings to a configuration of rustls.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hathi_wire::SslMode;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Kind};
use crate::files;
use crate::verify::{AnyName, Anyone};

/// The name that PostgreSQL and its clients agree on by ALPN.
const POSTGRESQL: &[u8] = b"postgresql";

/// What libpq's settings say of TLS.
///
/// # Example: encrypted, whoever the server is
///
/// ```
/// use hathi_tls::{Protocol, Settings};
/// use hathi_wire::SslMode;
///
/// # fn demo() -> Result<(), hathi_tls::Error> {
/// let protocol = Protocol::new(&Settings::new(SslMode::Require))?;
/// let name = Protocol::name("db.example.org")?;
/// # let _ = (protocol.config(), name);
/// # Ok(()) }
/// # demo().unwrap();
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
}

/// TLS as it is set up: files have been read, authorities are known. Cheap to clone, and made once for all connections.
#[derive(Debug, Clone)]
pub struct Protocol(Arc<ClientConfig>);

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
        let mut config = match client(settings)? {
            Some((cert, key)) => {
                builder.with_client_auth_cert(files::certificates(&cert)?, files::key(&key)?)?
            }
            None => builder.with_no_client_auth(),
        };
        config.enable_sni = settings.sni;
        config.alpn_protocols = vec![POSTGRESQL.to_vec()];
        Ok(Self(Arc::new(config)))
    }

    /// The configuration for a connection of rustls.
    #[must_use]
    pub fn config(&self) -> &Arc<ClientConfig> {
        &self.0
    }

    /// The name that a host's certificate has to carry.
    ///
    /// # Errors
    ///
    /// If no certificate can carry it.
    pub fn name(host: &str) -> Result<ServerName<'static>, Error> {
        ServerName::try_from(host.to_owned()).map_err(|_| Error::new(Kind::Name(host.to_owned())))
    }

    /// Whether the server has agreed to speak PostgreSQL: what a handshake without an SSLRequest needs, so that no other
    /// service behind the same port can be meant.
    #[must_use]
    pub fn is_agreed(alpn: Option<&[u8]>) -> bool {
        alpn == Some(POSTGRESQL)
    }
}

fn verifier(
    settings: &Settings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let Some(roots) = trusted(settings)? else {
        return Ok(Arc::new(Anyone(provider)));
    };
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(if settings.mode == SslMode::VerifyFull {
        verifier
    } else {
        Arc::new(AnyName(verifier))
    })
}

/// The authorities that the server's certificate is held against; `None` if anyone will do.
fn trusted(settings: &Settings) -> Result<Option<RootCertStore>, Error> {
    let proof = matches!(settings.mode, SslMode::VerifyCa | SslMode::VerifyFull);
    match settings.root_cert.as_deref() {
        Some("system") if settings.mode != SslMode::VerifyFull => Err(Error::new(Kind::WeakSystem)),
        Some("system") => files::system_roots().map(Some),
        // Authorities that were given are asked also where nobody insists, as libpq does with `require`.
        Some(path) if proof || settings.mode == SslMode::Require => {
            files::roots(Path::new(path)).map(Some)
        }
        None if proof || settings.mode == SslMode::Require => {
            match files::default_file("root.crt") {
                Some(path) => files::roots(&path).map(Some),
                None if proof => files::system_roots().map(Some),
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// The client's own certificate and key.
fn client(settings: &Settings) -> Result<Option<(PathBuf, PathBuf)>, Error> {
    let given = |file: &Option<String>, default| {
        file.as_ref()
            .map(PathBuf::from)
            .or_else(|| files::default_file(default))
    };
    let half = |present, missing| Err(Error::new(Kind::Half { present, missing }));
    let cert = given(&settings.cert, "postgresql.crt");
    match (cert, given(&settings.key, "postgresql.key")) {
        (Some(cert), Some(key)) => Ok(Some((cert, key))),
        (Some(_), None) => half("sslcert", "sslkey"),
        // A key in the usual place without a certificate is what libpq ignores, too.
        (None, Some(_)) if settings.key.is_some() => half("sslkey", "sslcert"),
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
