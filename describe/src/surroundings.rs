//! What an address leaves out: the environment, the service file and the password file say it, as they do for libpq.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};

use hathi_wire::{Dsn, Host, UnusablePassfile, password_in};

use crate::error::Error;

/// Fills what the address leaves out.
pub(crate) fn complete(dsn: &Dsn) -> Result<Dsn, Error> {
    let variable = |name: &str| env::var(name).ok();
    let dsn = dsn
        .clone()
        .with_service(variable, |file| fs::read_to_string(file).ok())?
        .with_environment(variable)?
        .with_default_passfile(variable);
    dsn.check()?;
    Ok(dsn)
}

/// The password for a host, or why the file that may have it is not used.
pub(crate) fn password(
    dsn: &Dsn,
    host: &Host,
    database: &str,
    user: &str,
) -> Result<Option<String>, UnusablePassfile> {
    let secret = match (&dsn.password, &dsn.passfile) {
        (None, Some(file)) => password_in(&read_passfile(file)?, host, database, user),
        (password, _) => password.clone(),
    };
    Ok(secret.map(|secret| secret.expose().to_owned()))
}

/// Reads a password file; one that does not exist is empty.
fn read_passfile(path: &str) -> Result<String, UnusablePassfile> {
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
fn open_to_others(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_metadata: &fs::Metadata) -> Option<u32> {
    None
}
