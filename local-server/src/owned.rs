//! Servers that stop with their owner.

use std::path::PathBuf;

use crate::address::Address;
use crate::error::Error;
use crate::home::Home;
use crate::instance::Instance;
use crate::launch::launch;
use crate::machine::Machine;
use crate::search::locate;
use crate::server::Server;
use crate::version::Version;
use crate::watchdog::Watchdog;

/// The life of a server that stops with its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned(());

/// A running server that stops, and leaves nothing behind, when this value is dropped or its process ends in any way.
///
/// A process that is killed by SIGKILL runs no code of its own, so a small shell process watches over it: it reads a
/// pipe whose other end is held here.
///
/// # Example: a server for a test
///
/// ```no_run
/// # fn demo() -> Result<(), hathi_local::Error> {
/// let server = hathi_local::Server::owned().start()?;
/// assert!(server.url().starts_with("postgres://"));
/// server.stop()?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct OwnedServer {
    instance: Instance,
    watchdog: Watchdog,
}

impl Server<Owned> {
    /// A server that stops with its owner: with the value that [`start`](Self::start) returns, or with the process.
    #[must_use]
    pub fn owned() -> Self {
        Self::with_life(Owned(()))
    }

    /// Makes it a streaming standby of another server: it has the primary's major and its passwords, listens on TCP if
    /// that does, takes over all that happens there, and answers questions meanwhile. `SELECT pg_promote()` ends that.
    ///
    /// Both begin as copies of one empty cluster, and the standby reads from the primary all that happened since. So the
    /// primary has to keep that: give it the setting `wal_keep_size` where more than a few megabytes are written.
    /// Otherwise each has settings of its own; PostgreSQL demands that some, such as `max_connections`, are no less than the
    /// primary's.
    ///
    /// # Example: a primary and its standby
    ///
    /// ```no_run
    /// # fn demo() -> Result<(), hathi_local::Error> {
    /// use hathi_local::Server;
    ///
    /// let primary = Server::owned().major(18).setting("wal_keep_size", "1GB").start()?;
    /// let standby = Server::owned().standby_of(&primary).start()?;
    /// assert_eq!(standby.version(), primary.version());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn standby_of(mut self, primary: &OwnedServer) -> Self {
        self.options.primary = Some(primary.instance.clone());
        self
    }

    /// Starts the server in a folder of its own, and returns when it accepts connections.
    ///
    /// The first start of an installation runs `initdb`, and the first on a machine without PostgreSQL fetches it.
    ///
    /// # Errors
    ///
    /// [`Error::is_missing`] if no PostgreSQL is found and none can be fetched, [`Error::is_corrupt`] if what was
    /// fetched is not what it should be, [`Error::is_timeout`] if a limit was exceeded. If the server does not start,
    /// the error holds the end of its log. A standby cannot be made if its primary began as a copy of another cluster,
    /// which happens when they have different cache folders.
    pub fn start(&self) -> Result<OwnedServer, Error> {
        let machine = Machine::here(
            self.options.cache_folder.as_deref(),
            self.options.reporter.clone(),
        )?;
        let major = match &self.options.primary {
            Some(primary) => Some(primary.version.major()),
            None => self.options.major,
        };
        let installation = locate(&machine, major, self.options.downloads)?;
        let parent = machine.temporary()?;
        Home::sweep(parent, &machine.account);
        let (instance, watchdog) = launch(parent, &installation, &machine, &self.options)?;
        Ok(OwnedServer { instance, watchdog })
    }
}

impl OwnedServer {
    /// The URL of the database `postgres`: over TCP if that was asked for, else over the unix socket.
    #[must_use]
    pub fn url(&self) -> String {
        self.instance.address.url()
    }

    /// All ways to reach the server.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.instance.address
    }

    /// The server's version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.instance.version
    }

    /// The file that holds what the server says, until it stops.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.instance.home.log()
    }

    /// The process of the server, or `None` if it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.is_running()
            .then(|| self.instance.home.pid())
            .flatten()
    }

    /// Whether the server still runs; someone may have killed it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.instance.home.is_alive().unwrap_or(false)
    }

    /// Stops the server at once and removes its folder, as dropping does, but tells what went wrong.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] if the server does not end; another error if its folder cannot be removed.
    pub fn stop(self) -> Result<(), Error> {
        self.watchdog.stop()
    }
}
