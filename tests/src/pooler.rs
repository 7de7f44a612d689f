//! Poolers and proxies between a session and a server, started when a test first asks for one.

mod exceptions;
mod files;
mod program;
mod through;

use std::path::PathBuf;

use hathi::Config;
use tokio::sync::OnceCell;

use crate::daemon::Daemon;
use crate::server::{Cluster, cluster};

pub use exceptions::{EXCEPTIONS, Exception};
pub(crate) use program::program;
pub use through::through;

/// The version of the server behind every pooler.
const MAJOR: u32 = 17;

/// What clients of a pooler come with when they come over TCP, where it asks.
pub(crate) const POOLER_PASSWORD: &str = "a pooler's own";

/// Something that stands between a session and a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooler {
    /// PgBouncer that knows no named statements, lending a server for a transaction.
    OldPgbouncerTransaction,
    /// The same, lending a server for a session.
    OldPgbouncerSession,
    /// PgBouncer 1.21 or later, which follows named statements, lending a server for a transaction.
    PgbouncerTransaction,
    /// The same, lending a server for a session.
    PgbouncerSession,
    /// HAProxy, which hands on bytes.
    Haproxy,
    /// Pgpool-II, which reads every message.
    Pgpool,
}

/// A running pooler.
#[derive(Debug)]
struct Running {
    daemon: Daemon,
    port: u16,
    cluster: &'static Cluster,
}

impl Pooler {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::OldPgbouncerTransaction,
        Self::OldPgbouncerSession,
        Self::PgbouncerTransaction,
        Self::PgbouncerSession,
        Self::Haproxy,
        Self::Pgpool,
    ];

    /// What tests that run through it are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::OldPgbouncerTransaction => "old_pgbouncer_transaction",
            Self::OldPgbouncerSession => "old_pgbouncer_session",
            Self::PgbouncerTransaction => "pgbouncer_transaction",
            Self::PgbouncerSession => "pgbouncer_session",
            Self::Haproxy => "haproxy",
            Self::Pgpool => "pgpool",
        }
    }

    /// The server behind it.
    pub(crate) async fn cluster(self) -> &'static Cluster {
        cluster(MAJOR).await
    }

    /// Whether the next transaction of a session may be on another connection to the server.
    pub(crate) fn lends_for_a_transaction(self) -> bool {
        matches!(
            self,
            Self::OldPgbouncerTransaction | Self::PgbouncerTransaction
        )
    }

    /// The way through it to a database, over its unix socket.
    pub(crate) async fn over_socket(self, database: &str) -> Config {
        let running = self.running().await;
        let folder = running.daemon.folder().to_string_lossy().into_owned();
        let config = Config::new().host(folder).port(running.port);
        self.settled(config.user("postgres").database(database))
    }

    /// The way through it to a database, over TCP.
    pub(crate) async fn over_tcp(self, database: &str) -> Config {
        let running = self.running().await;
        let config = match self {
            Self::Haproxy => running.cluster.over_tcp(database).port(running.port),
            _ => Config::new()
                .host("127.0.0.1")
                .port(running.port)
                .user("postgres")
                .password(POOLER_PASSWORD)
                .database(database),
        };
        self.settled(config)
    }

    /// Its unix socket.
    pub(crate) async fn socket(self) -> PathBuf {
        let running = self.running().await;
        let name = format!(".s.PGSQL.{}", running.port);
        running.daemon.folder().join(name)
    }

    /// What its users have to set.
    pub(crate) fn settled(self, config: Config) -> Config {
        match self {
            Self::OldPgbouncerTransaction => config.statement_cache(0),
            _ => config,
        }
    }

    async fn running(self) -> &'static Running {
        static RUNNING: [OnceCell<Running>; Pooler::ALL.len()] =
            [const { OnceCell::const_new() }; Pooler::ALL.len()];
        let index = Self::ALL.iter().position(|pooler| *pooler == self);
        let index = index.expect("every pooler is listed");
        RUNNING[index].get_or_init(|| self.start()).await
    }

    async fn start(self) -> Running {
        let cluster = self.cluster().await;
        let daemon = Daemon::folder_for(&cluster.socket());
        let port = crate::daemon::free_port();
        let daemon = files::start(self, daemon, cluster, port);
        let folder = daemon.folder().to_string_lossy().into_owned();
        let config = Config::new().host(folder).port(port);
        let config = config.user("postgres").database("postgres");
        daemon.answers(&self.settled(config)).await;
        Running {
            daemon,
            port,
            cluster,
        }
    }
}
