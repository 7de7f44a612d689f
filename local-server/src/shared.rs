//! Servers that stay, and are found by other processes through a folder.

use std::error::Error as StdError;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::Account;
use crate::address::Address;
use crate::error::{Error, Kind};
use crate::folder::{self, Visibility};
use crate::home::Home;
use crate::instance::Instance;
use crate::launch::launch;
use crate::machine::Machine;
use crate::options::Listen;
use crate::search::locate;
use crate::server::Server;
use crate::version::Version;
use crate::{lock, platform, state};

/// Another process may have to fetch PostgreSQL first.
const LOCK_LIMIT: Duration = Duration::from_secs(15 * 60);

const LOCK: &str = "server.lock";

/// The life of a server that stays when its starter ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    folder: PathBuf,
}

/// A running server that other processes find too, until one of them stops it. Dropping this value does nothing to it.
///
/// # Example: one server for a project
///
/// ```no_run
/// # fn demo() -> Result<(), hathi_local::Error> {
/// use hathi_local::Server;
///
/// let server = Server::shared(".hathi/live").major(18).start()?;
/// let found = Server::shared(".hathi/live").find()?.expect("it was just started");
/// assert_eq!(found.url(), server.url());
/// server.stop()?;
/// assert!(Server::shared(".hathi/live").find()?.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct SharedServer {
    instance: Instance,
    folder: PathBuf,
    origin: Origin,
}

/// Whether this process started the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Started,
    Found,
}

/// What can be wrong with a shared server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    OtherMajor {
        found: Version,
        asked: u32,
    },
    NoTcp,
    /// The state file is none of ours.
    State,
    OtherFormat,
    Setup,
}

impl Server<Shared> {
    /// A server that stays when its starter ends. The folder, made when it is missing, holds the file that names the
    /// server to others (`server.json`) and, unless the user that servers run as cannot reach it, the data.
    #[must_use]
    pub fn shared(folder: impl Into<PathBuf>) -> Self {
        Self::with_life(Shared {
            folder: folder.into(),
        })
    }

    /// Finds the running server, or starts one. Of several processes that do so at once, one starts it.
    ///
    /// # Errors
    ///
    /// Those of [`Server::<Owned>::start`](Server#method.start), and [`Error::is_mismatch`] if a server runs that has
    /// another major than asked for, or no TCP port although one was asked for.
    pub fn start(&self) -> Result<SharedServer, Error> {
        self.start_with(|_| Ok::<_, Error>(()))
    }

    /// Like [`start`](Self::start), but sets up a server that is new, for example with the project's migrations, before
    /// any other process finds it. If that fails the server is stopped.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start); and an error whose source is the one of `setup`.
    ///
    /// # Example: a file that says that the server was set up
    ///
    /// ```no_run
    /// # fn demo() -> Result<(), hathi_local::Error> {
    /// let server = hathi_local::Server::shared(".hathi/live").start_with(|new| std::fs::write("url", new.url()))?;
    /// assert!(server.url().starts_with("postgres://"));
    /// # Ok(()) }
    /// ```
    pub fn start_with<E>(
        &self,
        setup: impl FnOnce(&SharedServer) -> Result<(), E>,
    ) -> Result<SharedServer, Error>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let options = &self.options;
        let machine = Machine::here(options.cache_folder.as_deref(), options.reporter.clone())?;
        folder::create_all(&self.life.folder, Visibility::Usual)?;
        let folder =
            fs::canonicalize(&self.life.folder).map_err(Error::io("read", &self.life.folder))?;
        let _lock = self.lock(&folder)?;
        if let Some(found) = find(&folder)? {
            return self.accept(found);
        }
        let parent = parent_of_homes(&folder, &machine)?;
        clear(&folder, &parent)?;
        let installation = locate(&machine, options.major, options.downloads)?;
        let (instance, watchdog) = launch(&parent, &installation, &machine, options)?;
        let server = SharedServer {
            instance,
            folder,
            origin: Origin::Started,
        };
        setup(&server).map_err(|error| Error::with_source(server.kind(Problem::Setup), error))?;
        // A process that dies before the last line takes its server with it; what it wrote is seen to be stale.
        state::write(&server.folder, &server.instance)?;
        watchdog.detach()?;
        Ok(server)
    }

    /// The running server, if there is one; starts nothing and writes nothing.
    ///
    /// # Errors
    ///
    /// If the folder's state file cannot be read, or was written by another version of this library.
    pub fn find(&self) -> Result<Option<SharedServer>, Error> {
        match self.folder()? {
            Some(folder) => find(&folder),
            None => Ok(None),
        }
    }

    /// Stops the server at once and removes its data; tells whether one was running.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] if the server does not end; another error if it belongs to another user.
    pub fn stop(&self) -> Result<bool, Error> {
        let Some(folder) = self.folder()? else {
            return Ok(false);
        };
        let Some(instance) = state::read(&folder)? else {
            // A server that is being set up, or whose state file is lost, has its folder here.
            return match homes(&folder).next() {
                Some(_) => self.lock(&folder).and_then(|_lock| clear(&folder, &folder)),
                None => Ok(false),
            };
        };
        let _lock = self.lock(&folder)?;
        let parent = instance.home.path().parent().unwrap_or(&folder);
        let running = clear(&folder, parent)?;
        // A folder of the cache was made for this server alone; any other is not empty, since the lock is in it.
        let _ = fs::remove_dir(parent);
        Ok(running)
    }

    /// The folder without links in its path, if it exists.
    fn folder(&self) -> Result<Option<PathBuf>, Error> {
        if !platform::SUPPORTED {
            return Err(Kind::Unsupported.into());
        }
        match fs::canonicalize(&self.life.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            result => result
                .map(Some)
                .map_err(Error::io("read", &self.life.folder)),
        }
    }

    fn lock(&self, folder: &Path) -> Result<fs::File, Error> {
        lock::take(
            &folder.join(LOCK),
            "starting or stopping the shared server",
            LOCK_LIMIT,
            &self.options.reporter,
        )
    }

    /// Refuses a server that is not what was asked for.
    fn accept(&self, found: SharedServer) -> Result<SharedServer, Error> {
        let version = found.version();
        let problem = match self.options.major {
            Some(asked) if asked != version.major() => Problem::OtherMajor {
                found: version.clone(),
                asked,
            },
            _ if self.options.listen == Listen::SocketAndTcp && !found.address().has_tcp() => {
                Problem::NoTcp
            }
            _ => return Ok(found),
        };
        Err(found.kind(problem).into())
    }
}

impl SharedServer {
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

    /// The folder through which the server is found.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
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

    /// Whether the server still runs; someone may have stopped it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.instance.home.is_alive().unwrap_or(false)
    }

    /// Whether this call started the server, rather than finding it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.origin == Origin::Started
    }

    /// Stops the server at once and removes its data.
    ///
    /// # Errors
    ///
    /// Those of [`Server::stop`](Server#method.stop).
    pub fn stop(self) -> Result<(), Error> {
        Server::shared(self.folder).stop().map(|_| ())
    }

    fn kind(&self, problem: Problem) -> Kind {
        Kind::Shared {
            folder: self.folder.clone(),
            problem,
        }
    }
}

impl Problem {
    /// A server runs, but another than was asked for.
    pub(crate) fn is_mismatch(&self) -> bool {
        matches!(self, Self::OtherMajor { .. } | Self::NoTcp)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherMajor { found, asked } => {
                write!(
                    f,
                    "is PostgreSQL {found}, and {asked} was asked for\n   help: stop it first"
                )
            }
            Self::NoTcp => {
                f.write_str("has no TCP port, and one was asked for\n   help: stop it first")
            }
            Self::State => f.write_str(
                "has a state file (server.json) that cannot be used\n   help: remove that file",
            ),
            Self::OtherFormat => f.write_str(
                "was started by another version of hathi\n   help: stop it with that version",
            ),
            Self::Setup => f.write_str("could not be set up, and was stopped"),
        }
    }
}

/// The server that the state file names, if it lives.
fn find(folder: &Path) -> Result<Option<SharedServer>, Error> {
    let Some(instance) = state::read(folder)? else {
        return Ok(None);
    };
    let alive = instance.home.is_alive()?;
    Ok(alive.then(|| SharedServer {
        instance,
        folder: folder.to_owned(),
        origin: Origin::Found,
    }))
}

/// Where the server's folder is made: here, or in the cache if the user that servers run as cannot come here.
fn parent_of_homes(folder: &Path, machine: &Machine) -> Result<PathBuf, Error> {
    match &machine.account {
        Account::Other { .. } if !machine.account.can_enter(folder) => {
            let name = folder::fingerprint(folder.as_os_str().as_encoded_bytes());
            machine.cached("servers").and_then(|servers| {
                let parent = servers.join(name);
                folder::create_all(&parent, Visibility::Public)?;
                Ok(parent)
            })
        }
        _ => Ok(folder.to_owned()),
    }
}

/// Stops and removes all that is here: the server that the state file names, what dead servers left, and one that
/// lives although its state file is gone. Tells whether one lived. Only for who holds the lock.
fn clear(folder: &Path, parent: &Path) -> Result<bool, Error> {
    let mut running = false;
    if let Some(instance) = state::read(folder)? {
        running |= instance.home.is_alive()?;
        instance.stop()?;
        state::remove(folder)?;
    }
    for home in homes(parent) {
        running |= home.is_alive()?;
        home.stop()?;
    }
    Ok(running)
}

/// The servers' folders in this one.
fn homes(parent: &Path) -> impl Iterator<Item = Home> + use<> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| Home::is_name(path)).map(Home::at)
}
