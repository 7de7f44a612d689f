//! The file that names a shared server, for other processes and for people.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::address::{Address, Password};
use crate::error::{Error, Kind};
use crate::folder;
use crate::home::Home;
use crate::instance::Instance;
use crate::platform;
use crate::shared::Problem;
use crate::version::Version;

/// The name of the file; only its owner can read it.
const NAME: &str = "server.json";

const FORMAT: u32 = 1;

/// The file's content, in the order in which it is written.
#[derive(Serialize, Deserialize)]
struct Record {
    format: u32,
    /// For people and programs that only want to connect; the other fields say the same in parts.
    url: String,
    socket_url: String,
    /// Likewise: whether the server lives is known from the lock on its log.
    pid: Option<u32>,
    version: String,
    home: PathBuf,
    socket_folder: PathBuf,
    port: u16,
    password: Option<String>,
}

/// Only the format, which is read first: the rest may be another's.
#[derive(Deserialize)]
struct Header {
    format: u32,
}

/// The server that the folder's state file names, whether it lives or not.
pub(crate) fn read(folder: &Path) -> Result<Option<Instance>, Error> {
    let path = folder.join(NAME);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        result => result.map_err(Error::io("read", &path))?,
    };
    let problem = |problem| Kind::Shared {
        folder: folder.to_owned(),
        problem,
    };
    let unreadable = |error| Error::with_source(problem(Problem::State), error);
    let header: Header = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if header.format != FORMAT {
        return Err(problem(Problem::OtherFormat).into());
    }
    let record: Record = serde_json::from_slice(&bytes).map_err(unreadable)?;
    record
        .instance()
        .map(Some)
        .ok_or_else(|| problem(Problem::State).into())
}

/// Writes the state file in one step.
pub(crate) fn write(folder: &Path, instance: &Instance) -> Result<(), Error> {
    let (path, new) = (
        folder.join(NAME),
        folder.join(format!(".{NAME}-{}", folder::random_name::<6>()?)),
    );
    let text = serde_json::to_string_pretty(&Record::of(instance))
        .map_err(|error| Error::io("write", &path)(error.into()))?;
    platform::private_file()
        .append(true)
        .create_new(true)
        .open(&new)
        .and_then(|mut file| writeln!(file, "{text}"))
        .and_then(|()| fs::rename(&new, &path))
        .inspect_err(|_| drop(fs::remove_file(&new)))
        .map_err(Error::io("write", &path))
}

/// Removes the state file; one that is not there is no error.
pub(crate) fn remove(folder: &Path) -> Result<(), Error> {
    let path = folder.join(NAME);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", &path)(error))
        }
        _ => Ok(()),
    }
}

impl Record {
    fn of(instance: &Instance) -> Self {
        let address = &instance.address;
        Self {
            format: FORMAT,
            url: address.url(),
            socket_url: address.socket_url(),
            pid: instance.home.pid(),
            version: instance.version.to_string(),
            home: instance.home.path().to_owned(),
            socket_folder: address.socket_folder.clone(),
            port: address.port,
            password: address
                .password
                .as_ref()
                .map(|password| password.expose().to_owned()),
        }
    }

    /// `None` if the record is not one of ours. Its folders will be removed one day, so they must be servers' folders.
    fn instance(self) -> Option<Instance> {
        let ours = [&self.home, &self.socket_folder]
            .iter()
            .all(|path| Home::is_name(path));
        let password = match self.password {
            Some(text) => Some(Password::new(text)?),
            None => None,
        };
        let address = Address {
            socket_folder: self.socket_folder,
            port: self.port,
            password,
        };
        let version = Version::parse(&self.version)?;
        ours.then(|| Instance {
            home: Home::at(self.home),
            address,
            version,
        })
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::folder::PrivateFolder;

    fn instance(password: Option<&str>) -> Instance {
        let password = password.map(|text| Password::new(text.to_owned()).unwrap());
        let address = Address {
            socket_folder: "/tmp/hathi-0123456789ab".into(),
            port: 5432,
            password,
        };
        let home = Home::at("/tmp/hathi-abcdef012345");
        Instance {
            home,
            address,
            version: Version::parse("18.4").unwrap(),
        }
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let folder = PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn what_is_written_is_read_again_and_only_the_owner_can() {
        let folder = PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        for password in [None, Some("abc123")] {
            write(folder.path(), &instance(password)).unwrap();
            assert_eq!(read(folder.path()).unwrap(), Some(instance(password)));
        }
        let metadata = fs::metadata(folder.path().join(NAME)).unwrap();
        assert_eq!(platform::mode(&metadata), 0o600);
        remove(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_none_of_ours_is_refused() {
        check_refused("", "has a state file (server.json) that cannot be used");
        check_refused("{\"format\": 2}", "was started by another version of hathi");
        let text = serde_json::to_string(&Record::of(&instance(None))).unwrap();
        check_refused(
            &text.replace("/tmp/hathi-abcdef012345", "/home"),
            "has a state file (server.json) that cannot be used",
        );
    }
}
