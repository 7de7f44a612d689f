//! What makes a copied cluster the streaming standby of another server.
//!
//! Both clusters are copies of one template, which was never started: the same database system at the same moment. So
//! the standby needs no backup; it reads from the primary what that wrote since it was a copy.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::address::Address;
use crate::cluster::{SOCKET_PORT, free_port};
use crate::error::{Error, Kind};
use crate::home::Home;
use crate::instance::Instance;
use crate::template::SUPERUSER;

/// Where a standby is reached: as its primary is, with the password that it will have from there.
pub(crate) fn address(socket_folder: PathBuf, primary: &Address) -> Result<Address, Error> {
    let port = if primary.has_tcp() {
        free_port()?
    } else {
        SOCKET_PORT
    };
    Ok(Address {
        socket_folder,
        port,
        password: primary.password.clone(),
    })
}

/// How the standby reaches its primary: over the socket, where no password is asked of the user whom both run as.
pub(crate) fn conninfo(primary: &Address) -> String {
    let folder = primary.socket_folder().to_string_lossy();
    let folder = folder.replace('\\', "\\\\").replace('\'', "\\'");
    format!("host='{folder}' port={} user={SUPERUSER}", primary.port())
}

/// Makes a cluster that was never started begin as a standby.
pub(crate) fn follow(primary: &Instance, standby: &Home) -> Result<(), Error> {
    if system(&primary.home.data())? != system(&standby.data())? {
        return Err(Kind::OtherCluster {
            primary: primary.home.path().to_owned(),
        }
        .into());
    }
    let signal = standby.data().join("standby.signal");
    fs::write(&signal, "").map_err(Error::io("write", &signal))
}

/// The identifier of a database system, with which its control file begins.
fn system(data: &Path) -> Result<[u8; 8], Error> {
    let path = data.join("global/pg_control");
    let mut identifier = [0; 8];
    File::open(&path)
        .and_then(|mut file| file.read_exact(&mut identifier))
        .map_err(Error::io("read", &path))?;
    Ok(identifier)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::folder::PrivateFolder;
    use crate::version::Version;

    #[test]
    fn a_standby_asks_for_its_primary_in_quotes() {
        let primary = Address {
            socket_folder: "/tmp/it's".into(),
            port: 5433,
            password: None,
        };
        assert_eq!(
            conninfo(&primary),
            "host='/tmp/it\\'s' port=5433 user=postgres"
        );
    }

    #[test]
    fn only_a_copy_of_the_same_cluster_follows() {
        let parent = PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap();
        let home = |name: &str, control: &[u8]| {
            let home = Home::at(parent.path().join(name));
            fs::create_dir_all(home.data().join("global")).unwrap();
            fs::write(home.data().join("global/pg_control"), control).unwrap();
            home
        };
        let primary = Instance {
            home: home("primary", b"12345678 and what the primary did"),
            address: Address {
                socket_folder: parent.path().into(),
                port: 5432,
                password: None,
            },
            version: Version::parse("18.4").unwrap(),
        };
        let twin = home("twin", b"12345678 and nothing");
        follow(&primary, &twin).unwrap();
        assert!(twin.data().join("standby.signal").is_file());
        let error = follow(&primary, &home("stranger", b"12345670"));
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("no standby of the server in "), "{error}");
        let error = follow(&primary, &home("short", b"1234567"));
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("cannot read "), "{error}");
    }
}
