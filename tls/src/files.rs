//! The files of certificates and keys: where libpq looks for them, and who may read them.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};

/// What a file of certificates must hold.
pub(crate) const CERTIFICATES: &str = "certificates in PEM (\"-----BEGIN CERTIFICATE-----\")";
/// What a file of a key must hold.
pub(crate) const KEY: &str = "an unencrypted private key in PEM (\"-----BEGIN PRIVATE KEY-----\")";

/// A file in the user's folder of such files, if it is there.
pub(crate) fn default_file(name: &str) -> Option<PathBuf> {
    let folder = if cfg!(windows) {
        PathBuf::from(env::var_os("APPDATA")?).join("postgresql")
    } else {
        PathBuf::from(env::var_os("HOME")?).join(".postgresql")
    };
    Some(folder.join(name)).filter(|path| path.exists())
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|cause: io::Error| {
        Error::new(Kind::File {
            path: path.to_owned(),
            cause,
        })
    })
}

/// The bytes of a file that only its owner can read.
pub(crate) fn read_private(path: &Path) -> Result<Vec<u8>, Error> {
    let text = read(path)?;
    if is_exposed(path) {
        return Err(Error::new(Kind::Exposed(path.to_owned())));
    }
    Ok(text)
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
