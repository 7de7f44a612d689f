//! What the integration tests stand on: real servers of every supported version, and servers that play a script.
#![cfg(unix)]

mod database;
mod flight;
mod folder;
pub mod message;
mod proxy;
mod scripted;
mod server;
mod statement;
mod waiting;

pub use database::Database;
pub use flight::{Frontend, frontend_messages};
pub use folder::SocketFolder;
pub use proxy::{Driven, Proxy};
pub use scripted::{Listener, Peer, ScriptedServer};
pub use server::{CLEARTEXT_ROLE, Cluster, MAJORS, MD5_ROLE, PASSWORD, SCRAM_ROLE, cluster};
pub use statement::{__at, Made};
pub use waiting::{poll_times, within};

/// The chapters of the book whose programs are compiled as they stand there.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../../docs/src/hand-written-sql.md")]
    mod hand_written_sql {}
}
