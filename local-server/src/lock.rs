//! Locks on files: between processes that want the same thing, and from a server to whoever asks whether it lives.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind};
use crate::platform;
use crate::progress::{Progress, Reporter};

const PACE: Duration = Duration::from_millis(20);

/// Takes the lock, waiting for another process that is busy with the activity, but no longer than the limit.
/// It is free again when the file is dropped or its process dies, however it dies, and when no child that was just
/// forked for another program has a copy any more.
pub(crate) fn take(
    path: &Path,
    activity: &'static str,
    limit: Duration,
    reporter: &Reporter,
) -> Result<File, Error> {
    let file = platform::private_file()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(Error::io("open", path))?;
    let deadline = Instant::now() + limit;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                let activity = "waiting for another process";
                return Err(Kind::Limit {
                    activity,
                    limit,
                    output: String::new(),
                }
                .into());
            }
            Err(TryLockError::WouldBlock) => {}
        }
        if !told {
            reporter.report(&Progress::Waiting { activity });
            told = true;
        }
        thread::sleep(PACE);
    }
}

/// Whether some process holds the file locked; a file that is not there is not held.
/// The question itself takes a shared lock for a moment, so that two who ask at once do not see each other.
pub(crate) fn is_held(path: &Path) -> Result<bool, Error> {
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        result => result.map_err(Error::io("open", path))?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::folder::PrivateFolder;

    #[test]
    fn a_lock_that_stays_taken_is_given_up_at_the_limit() {
        let folder = PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap();
        let path = folder.path().join("lock");
        let reporter = Reporter::default();
        let first = take(&path, "testing", Duration::ZERO, &reporter).unwrap();
        assert!(is_held(&path).unwrap());
        let error = take(&path, "testing", Duration::from_millis(60), &reporter).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        drop(first);
        // A program that another thread starts right now holds a copy of the file until it is executed.
        take(&path, "testing", Duration::from_secs(10), &reporter).unwrap();
    }

    #[test]
    fn nobody_holds_a_file_that_is_not_there() {
        assert!(!is_held(Path::new("/no/such/file")).unwrap());
    }
}
