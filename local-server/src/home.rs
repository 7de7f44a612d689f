//! A server's folder, and what it tells of the server: whether it lives, its process, its log.
//!
//! ```text
//! hathi-<random>/      0700, of the user the server runs as
//!     data/            the cluster
//!     watchdog.sh      the program of the server's parent
//!     log              what the server says; locked by the server's processes for as long as one of them lives
//!     .s.PGSQL.<port>  the socket, unless the path is too long for one
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::{Error, Kind};
use crate::folder::PrivateFolder;
use crate::platform::{self, Signal};
use crate::{folder, lock};

/// PostgreSQL kills its own children when an immediate shutdown lasts five seconds.
const STOP_LIMIT: Duration = Duration::from_secs(15);
const KILL_LIMIT: Duration = Duration::from_secs(5);
const ABANDONED: Duration = Duration::from_secs(60 * 60);
const PACE: Duration = Duration::from_millis(5);

/// Twelve random digits follow.
const PREFIX: &str = "hathi-";

/// So much of a log's end is read for an error.
const TAIL: usize = 8192;

/// The folder of one server, running or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    path: PathBuf,
}

impl Home {
    pub(crate) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates a folder for a server below the parent.
    pub(crate) fn create(parent: &Path) -> Result<PrivateFolder, Error> {
        PrivateFolder::create(parent, PREFIX)
    }

    /// Removes what killed processes left below the parent: folders with a cluster that nobody has worked on for an
    /// hour, and that no server uses. Other users' folders stay.
    pub(crate) fn sweep(parent: &Path, account: &Account) {
        let stale = |path: &PathBuf| {
            let metadata = path.symlink_metadata().ok()?;
            let old = metadata.modified().ok()?.elapsed().ok()? > ABANDONED;
            let home = Self::at(path);
            let ours = account.owns(&metadata) && home.data().is_dir();
            Some(old && ours && !home.is_alive().unwrap_or(true))
        };
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let paths = entries
            .map(|entry| entry.path())
            .filter(|path| Self::is_name(path));
        for path in paths.filter(|path| stale(path).unwrap_or(false)) {
            // The next one who sweeps will try again.
            let _ = folder::remove(&path);
        }
    }

    /// Whether the path is called like a server's folder: only such folders are ever removed.
    pub(crate) fn is_name(path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy());
        let digits = name.as_deref().and_then(|name| name.strip_prefix(PREFIX));
        path.is_absolute()
            && digits.is_some_and(|digits| {
                digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(crate) fn watchdog(&self) -> PathBuf {
        self.path.join("watchdog.sh")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Whether a process of the server lives. They hold the log open from their first moment, and with it a lock that
    /// the operating system frees when the last of them is gone: no process number is trusted, which could be another's.
    pub(crate) fn is_alive(&self) -> Result<bool, Error> {
        lock::is_held(&self.log())
    }

    /// The server's process, as its lock file tells.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.lock_file()?.lines().next()?.trim().parse().ok()
    }

    /// Whether the server says that it accepts connections.
    pub(crate) fn is_ready(&self) -> bool {
        // The eighth line is the postmaster's state, padded with blanks.
        self.lock_file().is_some_and(|text| {
            text.lines()
                .nth(7)
                .is_some_and(|state| state.trim() == "ready")
        })
    }

    pub(crate) fn log_tail(&self) -> String {
        let bytes = fs::read(self.log()).unwrap_or_default();
        let tail = bytes
            .get(bytes.len().saturating_sub(TAIL)..)
            .unwrap_or_default();
        String::from_utf8_lossy(tail).into_owned()
    }

    /// Stops the server at once, with no help of a watchdog, and removes its folder.
    pub(crate) fn stop(&self) -> Result<(), Error> {
        for (signal, limit) in [(Signal::Quit, STOP_LIMIT), (Signal::Kill, KILL_LIMIT)] {
            if self.is_alive()? {
                self.signal(signal)?;
                self.wait_for_end(limit)?;
            }
        }
        if self.is_alive()? {
            return Err(Kind::Limit {
                activity: "stopping the server",
                limit: STOP_LIMIT,
                output: self.log_tail(),
            }
            .into());
        }
        folder::remove(&self.path)
    }

    fn signal(&self, signal: Signal) -> Result<(), Error> {
        // Without its lock file the server's first process is gone, and the others are about to notice.
        let Some(pid) = self.pid() else { return Ok(()) };
        match platform::signal(pid, signal) {
            Err(error) if self.is_alive()? => {
                Err(Error::io("stop the server in", &self.path)(error))
            }
            _ => Ok(()),
        }
    }

    fn wait_for_end(&self, limit: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && self.is_alive()? {
            thread::sleep(PACE);
        }
        Ok(())
    }

    fn lock_file(&self) -> Option<String> {
        fs::read_to_string(self.data().join("postmaster.pid")).ok()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;
    use crate::lock;
    use crate::progress::Reporter;

    #[test]
    fn only_folders_called_like_servers_are_taken_for_servers() {
        assert!(Home::is_name(Path::new("/tmp/hathi-0123456789ab")));
        for path in [
            "hathi-0123456789ab",
            "/tmp/hathi-cache-0",
            "/tmp/hathi-0123456789ab/data",
            "/",
            "/home",
        ] {
            assert!(!Home::is_name(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn only_old_folders_that_nobody_uses_are_swept() {
        let parent = PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap();
        let make = |log: Option<&str>, age: Duration| {
            let home = Home::create(parent.path()).unwrap().keep();
            fs::create_dir(home.join("data")).unwrap();
            let log = log.map(|name| {
                lock::take(
                    &home.join(name),
                    "testing",
                    Duration::ZERO,
                    &Reporter::default(),
                )
                .unwrap()
            });
            File::open(&home)
                .unwrap()
                .set_modified(SystemTime::now() - age)
                .unwrap();
            (home, log)
        };
        let hours = Duration::from_secs(2 * 60 * 60);
        let (half_made, _) = make(None, hours);
        let (dead, log) = make(Some("log"), hours);
        let (alive, _log) = make(Some("log"), hours);
        let (young, _) = make(None, Duration::ZERO);
        drop(log);
        let account = Account::of_servers().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        // A program that another test starts right now may hold a copy of the dead one's log for a moment.
        while dead.exists() && Instant::now() < deadline {
            Home::sweep(parent.path(), &account);
        }
        assert_eq!(
            [half_made, dead, alive, young].map(|home| home.exists()),
            [false, false, true, true]
        );
    }
}
