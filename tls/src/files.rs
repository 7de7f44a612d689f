//! The files of certificates and keys: where libpq looks for them, and what they must be.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Kind};

/// A file in the user's folder of such files, if it is there.
pub(crate) fn default_file(name: &str) -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        PathBuf::from(env::var_os("APPDATA")?).join("postgresql")
    } else {
        PathBuf::from(env::var_os("HOME")?).join(".postgresql")
    };
    Some(folder.join(name)).filter(|path| path.exists())
}

/// The authorities in a file.
pub(crate) fn roots(path: &Path) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(path)? {
        store
            .add(certificate)
            .map_err(|_| Error::content(path, "certificates of authorities"))?;
    }
    Ok(store)
}

/// The authorities that the system trusts.
pub(crate) fn system_roots() -> Result<RootCertStore, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found.certs);
    if store.is_empty() {
        let cause = found
            .errors
            .first()
            .map_or_else(|| "there are none".to_owned(), ToString::to_string);
        return Err(Error::new(Kind::NoSystemRoots(cause)));
    }
    Ok(store)
}

/// All certificates of a file, at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    const EXPECTED: &str = "certificates in PEM (\"-----BEGIN CERTIFICATE-----\")";
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Error::content(path, EXPECTED)),
    }
}

/// A private key that only its owner can read.
pub(crate) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    const EXPECTED: &str = "an unencrypted private key in PEM (\"-----BEGIN PRIVATE KEY-----\")";
    let text = read(path)?;
    if is_exposed(path) {
        return Err(Error::new(Kind::Exposed(path.to_owned())));
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| Error::content(path, EXPECTED))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|cause: io::Error| {
        Error::new(Kind::File {
            path: path.to_owned(),
            cause,
        })
    })
}

/// Root's keys may be read by a group, as those that distributions install are.
#[cfg(unix)]
fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).is_ok_and(|file| {
        let forbidden = if file.uid() == 0 { 0o037 } else { 0o077 };
        file.mode() & forbidden != 0
    })
}

#[cfg(not(unix))]
fn is_exposed(_path: &Path) -> bool {
    false
}
