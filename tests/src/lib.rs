//! What the integration tests stand on: real servers of every supported version, and servers that play a script.
#![cfg(unix)]

mod balanced;
mod certificates;
mod daemon;
mod database;
mod encrypted;
mod flight;
mod folder;
mod formation;
mod man_in_between;
pub mod message;
mod pooler;
mod proxy;
mod recorded;
mod restart;
mod scripted;
mod server;
mod standby;
mod statement;
mod waiting;

pub use balanced::Balanced;
pub use certificates::{Certificate, CertificateFolder};
pub use database::Database;
pub use encrypted::{BACKENDS, CERT_ROLE, EITHER_ROLE, Encrypted, PLAIN_ROLE, SSL_ROLE, TURN};
pub use flight::{Frontend, frontend_messages};
pub use folder::SocketFolder;
pub use formation::Formation;
pub use man_in_between::ManInBetween;
pub use pooler::{EXCEPTIONS, Exception, Pooler, through};
pub use proxy::{Driven, Proxy};
pub use recorded::Recorded;
pub use restart::Restartable;
pub use scripted::{Listener, Peer, ScriptedServer};
pub use server::{CLEARTEXT_ROLE, Cluster, MAJORS, MD5_ROLE, PASSWORD, SCRAM_ROLE, cluster};
pub use standby::{Pair, Part};
pub use statement::{__at, Made};
pub use waiting::{poll_times, within};
