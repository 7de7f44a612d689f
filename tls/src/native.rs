//! The TLS of the platform, set up as the settings say.

use std::path::Path;

use native_tls::{Certificate, Identity, TlsConnector, TlsConnectorBuilder};

use crate::alpn::POSTGRESQL;
use crate::error::{Error, Kind};
use crate::files;
use crate::settings::{Settings, Trust};

/// TLS by the platform's library as it is set up: files have been read, authorities are known. Cheap to clone, and made
/// once for all connections.
///
/// # Example: encrypted, whoever the server is
///
/// ```
/// use hathi_tls::{NativeProtocol, Settings};
/// use hathi_wire::SslMode;
///
/// # fn demo() -> Result<(), hathi_tls::Error> {
/// let protocol = NativeProtocol::new(&Settings::new(SslMode::Prefer))?;
/// # let _ = protocol.connector();
/// # Ok(()) }
/// # demo().unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct NativeProtocol(TlsConnector);

impl NativeProtocol {
    /// Reads the files that the settings name.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or used, or the settings do not fit together.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let mut builder = TlsConnector::builder();
        builder
            .min_protocol_version(Some(native_tls::Protocol::Tlsv12))
            .use_sni(settings.sni)
            .request_alpns(&[POSTGRESQL])
            .danger_accept_invalid_hostnames(!settings.names_count());
        match settings.trust()? {
            Trust::Anyone => {
                builder.danger_accept_invalid_certs(true);
            }
            Trust::File(path) => trust_only(&mut builder, &path)?,
            Trust::System => {}
        }
        if let Some((cert, key)) = settings.client()? {
            builder.identity(identity(&cert, &key)?);
        }
        builder.build().map(Self).map_err(native)
    }

    /// What makes connections of the platform's library.
    #[must_use]
    pub fn connector(&self) -> &TlsConnector {
        &self.0
    }
}

fn native(error: native_tls::Error) -> Error {
    Error::new(Kind::Native(error))
}

fn trust_only(builder: &mut TlsConnectorBuilder, path: &Path) -> Result<(), Error> {
    let found = Certificate::stack_from_pem(&files::read(path)?).unwrap_or_default();
    if found.is_empty() {
        return Err(Error::content(path, files::CERTIFICATES));
    }
    builder.disable_built_in_roots(true);
    for certificate in found {
        builder.add_root_certificate(certificate);
    }
    Ok(())
}

fn identity(cert: &Path, key: &Path) -> Result<Identity, Error> {
    let (certificates, secret) = (files::read(cert)?, files::read_private(key)?);
    if Certificate::stack_from_pem(&certificates).map_or(true, |found| found.is_empty()) {
        return Err(Error::content(cert, files::CERTIFICATES));
    }
    Identity::from_pkcs8(&certificates, &secret).map_err(|_| Error::content(key, files::KEY))
}

#[cfg(test)]
mod tests;
