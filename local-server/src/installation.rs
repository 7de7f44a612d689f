//! One PostgreSQL on this machine: where its programs are, and which version they have.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::Account;
use crate::error::{Error, Kind};
use crate::folder::{self, PrivateFolder, Tree, Visibility};
use crate::lock;
use crate::machine::Machine;
use crate::process::Run;
use crate::progress::Progress;
use crate::version::Version;

const VERSION_LIMIT: Duration = Duration::from_secs(30);
const COPY_LIMIT: Duration = Duration::from_secs(120);

/// The programs of one PostgreSQL, found or fetched by [`Server::locate`](crate::Server::locate).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    bin: PathBuf,
    version: Version,
    reach: Reach,
}

/// Whether the user that servers run as can execute the programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Open,
    /// Only root can, as below its home.
    Closed,
}

impl Installation {
    /// The folder that holds `postgres` and `initdb`; other programs, such as `psql`, may be there or not.
    #[must_use]
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The version that `postgres --version` tells.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Looks at a folder; `None` if it has no `postgres` and `initdb`.
    pub(crate) fn at(folder: &Path, account: &Account) -> Option<Result<Self, Error>> {
        let bin = [folder.to_owned(), folder.join("bin")]
            .into_iter()
            .find(|bin| has_programs(bin))?;
        // A link in /usr/local/bin leads to the folder that has the other programs too.
        let real = fs::canonicalize(bin.join("postgres"))
            .ok()
            .and_then(|program| Some(program.parent()?.to_owned()));
        let bin = real.filter(|real| has_programs(real)).unwrap_or(bin);
        let open = |version| Self {
            bin: bin.clone(),
            version,
            reach: Reach::Open,
        };
        let closed = |version| Self {
            bin: bin.clone(),
            version,
            reach: Reach::Closed,
        };
        Some(ask_version(&bin, account).map(open).or_else(|error| {
            match account {
                Account::Own => Err(error),
                Account::Other { .. } => ask_version(&bin, &Account::Own)
                    .map(closed)
                    .map_err(|_| error),
            }
        }))
    }

    /// The same programs where the user that servers run as can execute them.
    ///
    /// PostgreSQL finds its libraries and shared files relative to its programs, so the three folders can move together.
    pub(crate) fn within_reach(self, machine: &Machine) -> Result<Self, Error> {
        if self.reach == Reach::Open {
            return Ok(self);
        }
        let copies = machine.cached("copies")?;
        let place = copies.join(format!("{}-{}", self.version, self.fingerprint()?));
        let lock = copies.join(".lock");
        let _lock = lock::take(&lock, "copying PostgreSQL", COPY_LIMIT, &machine.reporter)?;
        if !place.is_dir() {
            folder::sweep(&copies, ".new-");
            machine.reporter.report(&Progress::CopyingPrograms {
                from: self.bin.clone(),
            });
            let new = PrivateFolder::create(&copies, ".new-")?;
            self.copy(new.path())?;
            Visibility::Public.apply(new.path())?;
            new.publish(&place)?;
        }
        let bin = place.join("bin");
        let version = ask_version(&bin, &machine.account)?;
        Ok(Self {
            bin,
            version,
            reach: Reach::Open,
        })
    }

    /// Tells this installation's state from every other: the path, and what changes when it is updated.
    pub(crate) fn fingerprint(&self) -> Result<String, Error> {
        let program = self.bin.join("postgres");
        let metadata = fs::metadata(&program).map_err(Error::io("read", &program))?;
        let modified = metadata.modified().map_err(Error::io("read", &program))?;
        let facts = format!(
            "{}\0{}\0{}\0{modified:?}",
            program.display(),
            self.version,
            metadata.len()
        );
        Ok(folder::fingerprint(facts.as_bytes()))
    }

    fn copy(&self, to: &Path) -> Result<(), Error> {
        let prefix = self.bin.parent().unwrap_or(&self.bin);
        let share = ["share/postgresql", "share"]
            .into_iter()
            .find(|share| prefix.join(share).join("postgres.bki").is_file());
        let share = share.ok_or_else(|| self.unmovable())?;
        let bin = to.join("bin");
        folder::create_all(&bin, Visibility::Public)?;
        for name in ["postgres", "initdb"] {
            let program = self.bin.join(name);
            Tree::Programs.copy_file(&program, &bin.join(name))?;
        }
        for folder in ["lib", share] {
            if let Some(parent) = to.join(folder).parent() {
                folder::create_all(parent, Visibility::Public)?;
            }
            Tree::Programs.copy(&prefix.join(folder), &to.join(folder))?;
        }
        Ok(())
    }

    fn unmovable(&self) -> Error {
        let program = self.bin.join("postgres");
        let output = "the user that servers run as cannot reach it, and it is not laid out so that it could be copied".to_owned();
        Kind::Program {
            program,
            status: None,
            output,
        }
        .into()
    }
}

fn has_programs(bin: &Path) -> bool {
    bin.is_absolute()
        && ["postgres", "initdb"]
            .iter()
            .all(|name| bin.join(name).is_file())
}

fn ask_version(bin: &Path, account: &Account) -> Result<Version, Error> {
    let program = bin.join("postgres");
    let run = Run {
        activity: "postgres --version",
        limit: VERSION_LIMIT,
        input: None,
    };
    let output = run.succeed(account.command(&program).arg("--version"))?;
    Version::of_program(&output).ok_or_else(|| {
        Kind::Program {
            program,
            status: None,
            output,
        }
        .into()
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::machine::tests::bare;
    use crate::platform;

    fn scratch() -> PrivateFolder {
        PrivateFolder::create(Path::new("/tmp"), "hathi-test-").unwrap()
    }

    /// Programs laid out so that they can be moved; `postgres` only tells its version.
    fn install(prefix: &Path) -> Installation {
        for folder in ["bin", "lib", "share/postgresql"] {
            fs::create_dir_all(prefix.join(folder)).unwrap();
        }
        for name in ["postgres", "initdb"] {
            let program = prefix.join("bin").join(name);
            fs::write(&program, "#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n").unwrap();
            platform::set_mode(&program, 0o755).unwrap();
        }
        fs::write(prefix.join("lib/a.so.1"), "library").unwrap();
        platform::symlink(Path::new("a.so.1"), &prefix.join("lib/a.so")).unwrap();
        fs::write(prefix.join("share/postgresql/postgres.bki"), "").unwrap();
        Installation::at(prefix, &Account::of_servers().unwrap())
            .unwrap()
            .unwrap()
    }

    #[test]
    fn programs_that_the_servers_user_cannot_reach_are_copied_to_the_cache() {
        let (closed, cache) = (scratch(), scratch());
        Visibility::Public.apply(cache.path()).unwrap();
        let machine = bare(cache.path());
        let found = install(closed.path());
        let reached = found.clone().within_reach(&machine).unwrap();
        assert_eq!(reached.version(), found.version());
        if machine.account == Account::Own {
            return assert_eq!(reached, found);
        }
        assert!(reached.bin().starts_with(cache.path()), "{reached:?}");
        assert_eq!(
            fs::read_to_string(reached.bin().join("../lib/a.so")).unwrap(),
            "library"
        );
        assert!(
            reached
                .bin()
                .join("../share/postgresql/postgres.bki")
                .is_file()
        );
        assert_eq!(found.within_reach(&machine).unwrap(), reached);
    }

    #[test]
    fn an_update_of_the_programs_gives_them_another_fingerprint() {
        let folder = scratch();
        Visibility::Public.apply(folder.path()).unwrap();
        let found = install(folder.path());
        let before = found.fingerprint().unwrap();
        assert_eq!(found.fingerprint().unwrap(), before);
        fs::write(
            found.bin().join("postgres"),
            "#!/bin/sh\necho 'postgres (PostgreSQL) 18.4' # updated\n",
        )
        .unwrap();
        assert_ne!(found.fingerprint().unwrap(), before);
    }

    #[test]
    fn programs_without_a_folder_of_shared_files_beside_them_are_not_copied() {
        let (closed, cache) = (scratch(), scratch());
        let found = install(closed.path());
        fs::remove_file(closed.path().join("share/postgresql/postgres.bki")).unwrap();
        let error = found.copy(cache.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("not laid out so that it could be copied"),
            "{error}"
        );
    }
}
