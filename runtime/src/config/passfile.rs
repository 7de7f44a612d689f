//! Reads a password file, if nobody but its owner can.

use std::fs::File;
use std::io::{self, Read};

use hathi_wire::UnusablePassfile;

/// Reads a password file; one that does not exist is empty. It is a few lines in a folder of the user's, so that reading
/// it holds up nobody.
pub(super) fn read(path: &str) -> Result<String, UnusablePassfile> {
    let unreadable = |error: io::Error| UnusablePassfile::Unreadable {
        path: path.to_owned(),
        cause: error.kind(),
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let metadata = file.metadata().map_err(unreadable)?;
    if let Some(mode) = open_to_others(&metadata) {
        let path = path.to_owned();
        return Err(UnusablePassfile::Open { path, mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// The permissions of a file, if anybody but its owner has some.
#[cfg(unix)]
fn open_to_others(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}
