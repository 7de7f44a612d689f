//! The builder of both lives.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::installation::Installation;
use crate::machine::Machine;
use crate::options::{Listen, Options};
use crate::progress::{Progress, Reporter};
use crate::search::{Downloads, locate};

/// A private server to start: [`Server::owned`] for one that stops with its owner, [`Server::shared`] for one that
/// stays and is found by other processes.
///
/// # Example: a server for benchmarks, with a TCP port and a setting
///
/// ```no_run
/// # fn demo() -> Result<(), hathi_local::Error> {
/// let server = hathi_local::Server::owned().major(18).tcp().setting("max_connections", "200").start()?;
/// assert_eq!(server.version().major(), 18);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Server<Life> {
    pub(crate) options: Options,
    pub(crate) life: Life,
}

impl<Life> Server<Life> {
    pub(crate) fn with_life(life: Life) -> Self {
        Self {
            options: Options::default(),
            life,
        }
    }

    /// Demands a major, 14 or later. Without it the first PostgreSQL that is found will do, or else the newest is fetched.
    #[must_use]
    pub fn major(mut self, major: u32) -> Self {
        self.options.major = Some(major);
        self
    }

    /// Lets the server listen on a free TCP port of 127.0.0.1 too, with a random password.
    #[must_use]
    pub fn tcp(mut self) -> Self {
        self.options.listen = Listen::SocketAndTcp;
        self
    }

    /// Adds a line to `postgresql.conf`. Where the server listens is not changed by it.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.settings.push((name.into(), value.into()));
        self
    }

    /// Never downloads anything: PostgreSQL must be on the machine.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.options.downloads = Downloads::Forbidden;
        self
    }

    /// How long the server may take until it accepts connections; a minute unless this is called.
    #[must_use]
    pub fn start_limit(mut self, limit: Duration) -> Self {
        self.options.start_limit = limit;
        self
    }

    /// Where fetched programs and template clusters are kept, instead of `HATHI_CACHE_DIR` or the user's cache folder.
    #[must_use]
    pub fn cache_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.options.cache_folder = Some(folder.into());
        self
    }

    /// Hears of every step that takes long. The library itself prints nothing.
    ///
    /// # Example: one line for each step
    ///
    /// ```no_run
    /// # fn demo() -> Result<(), hathi_local::Error> {
    /// let server = hathi_local::Server::owned().progress(|step| eprintln!("{step}")).start()?;
    /// assert!(server.is_running());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn progress(mut self, listener: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.options.reporter = Reporter::new(listener);
        self
    }

    /// Finds the programs, or fetches them, and starts nothing.
    ///
    /// # Errors
    ///
    /// [`Error::is_missing`] if no PostgreSQL is found and none can be fetched, [`Error::is_corrupt`] if what was
    /// fetched is not what it should be.
    ///
    /// # Example: the psql that belongs to the server, if it is installed
    ///
    /// ```no_run
    /// # fn demo() -> Result<(), hathi_local::Error> {
    /// let psql = hathi_local::Server::owned().major(18).locate()?.bin().join("psql");
    /// assert!(psql.is_file());
    /// # Ok(()) }
    /// ```
    pub fn locate(&self) -> Result<Installation, Error> {
        let machine = Machine::here(
            self.options.cache_folder.as_deref(),
            self.options.reporter.clone(),
        )?;
        locate(&machine, self.options.major, self.options.downloads)
    }
}
