//! The machine's psql, on the private server.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use hathi_local::Address;

use crate::Outcome;
use crate::failure::Failure;

/// Runs psql, the one beside the server's programs or else the one on the `PATH`, until its user ends it.
pub(super) fn run(
    beside: Option<PathBuf>,
    address: &Address,
    arguments: &[OsString],
) -> Result<Outcome, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    let Some(program) = find(beside, &path) else {
        return Err(Failure::no_psql(&address.url()));
    };
    // Over the socket no password is needed, so that none is seen in the list of processes.
    let status = Command::new(&program)
        .arg(address.socket_url())
        .args(arguments)
        .status();
    let status = status.map_err(|error| Failure::broken_psql(&program, &error))?;
    Ok(if status.success() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn find(beside: Option<PathBuf>, path: &OsStr) -> Option<PathBuf> {
    let name = format!("psql{}", env::consts::EXE_SUFFIX);
    let on_path = env::split_paths(path).map(|folder| folder.join(&name));
    beside
        .into_iter()
        .chain(on_path)
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_psql_beside_the_server_wins_over_the_one_on_the_path() {
        let folder = env::temp_dir().join(format!("hathi-psql-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let on_path = folder.join(format!("psql{}", env::consts::EXE_SUFFIX));
        let beside = folder.join("other");
        let path = env::join_paths([folder.join("gone"), folder.clone()]).unwrap();
        assert_eq!(find(Some(beside.clone()), &path), None);
        fs::write(&on_path, "").unwrap();
        assert_eq!(find(Some(beside.clone()), &path), Some(on_path));
        fs::write(&beside, "").unwrap();
        assert_eq!(find(Some(beside.clone()), &path), Some(beside));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn without_psql_the_failure_says_what_to_install_and_the_url() {
        insta::assert_snapshot!(Failure::no_psql("postgres://postgres@%2Ftmp/postgres"), @r"
        error: psql is not on the PATH
               help: install it on Debian or Ubuntu: apt-get install postgresql-client
               help: or on Fedora: dnf install postgresql
               help: or on macOS: brew install libpq
               help: or use another program with this URL: postgres://postgres@%2Ftmp/postgres
        ");
    }
}
