//! A database that one test has for itself.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use hathi::{Config, Session};

use crate::pooler::Pooler;
use crate::server::{Cluster, cluster};

/// A fresh database on one of the servers.
#[derive(Debug)]
pub struct Database {
    cluster: &'static Cluster,
    pooler: Option<Pooler>,
    name: String,
    over_socket: Config,
    over_tcp: Config,
    socket: PathBuf,
}

impl Database {
    /// Creates a database on the server of a version.
    ///
    /// # Panics
    ///
    /// If there is no such server, or it creates no database.
    pub async fn create(major: u32) -> Self {
        let cluster = cluster(major).await;
        let name = create(cluster).await;
        Self {
            cluster,
            pooler: None,
            over_socket: cluster.over_socket(&name),
            over_tcp: cluster.over_tcp(&name),
            socket: cluster.socket(),
            name,
        }
    }

    /// Creates a database on a server behind a pooler; all ways in lead through that.
    ///
    /// # Panics
    ///
    /// If there is no such pooler, or the server creates no database.
    pub async fn create_behind(pooler: Pooler) -> Self {
        let cluster = pooler.cluster().await;
        let name = create(cluster).await;
        let over_socket = pooler.over_socket(&name).await;
        if pooler.lends_for_a_transaction() {
            open_two(&over_socket).await;
        }
        Self {
            cluster,
            pooler: Some(pooler),
            over_tcp: pooler.over_tcp(&name).await,
            socket: pooler.socket().await,
            over_socket,
            name,
        }
    }

    /// Drops the database, whoever still uses it.
    ///
    /// # Panics
    ///
    /// If the server cannot do that.
    pub async fn remove(self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        self.cluster
            .superuser()
            .await
            .simple(&sql)
            .await
            .expect("the database can be dropped");
    }

    /// The server's version.
    pub fn major(&self) -> u32 {
        self.cluster.major()
    }

    /// The server.
    pub fn cluster(&self) -> &'static Cluster {
        self.cluster
    }

    /// The name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The way in as the superuser, over the unix socket.
    pub fn config(&self) -> Config {
        self.over_socket.clone()
    }

    /// The way in as the superuser, over TCP.
    pub fn tcp(&self) -> Config {
        self.over_tcp.clone()
    }

    /// The unix socket that the way in leads through.
    pub(crate) fn socket(&self) -> PathBuf {
        self.socket.clone()
    }

    /// What users of the pooler that the way in leads through have to set.
    pub(crate) fn settled(&self, config: Config) -> Config {
        match self.pooler {
            Some(pooler) => pooler.settled(config),
            None => config,
        }
    }

    /// A session of the superuser, over the unix socket.
    ///
    /// # Panics
    ///
    /// If the server does not let it in.
    pub async fn session(&self) -> Session {
        Session::connect(&self.config())
            .await
            .expect("the superuser is let in")
    }
}

async fn create(cluster: &Cluster) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0");
    let mut superuser = cluster.superuser().await;
    superuser
        .simple(&sql)
        .await
        .expect("a database can be created");
    name
}

/// Lets a pooler open two connections to the server, which it lends in turn from then on.
async fn open_two(config: &Config) {
    let connect = async || {
        let mut session = Session::connect(config).await.expect("a pooler lets us in");
        session.simple("BEGIN").await.expect("a transaction");
        session
    };
    for mut session in [connect().await, connect().await] {
        session.simple("COMMIT").await.expect("a transaction");
    }
}

/// Writes a test for each supported version, named after it; each has a database of its own and a limit of time.
#[macro_export]
macro_rules! on_every_server {
    ($($(#[doc = $doc:literal])* async fn $name:ident($database:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn on($database: &$crate::Database) $body

            $crate::on_every_server!(@tests pg14 14, pg15 15, pg16 16, pg17 17, pg18 18);
        }
    )+};
    (@tests $($test:ident $major:literal),+) => {$(
        #[tokio::test]
        async fn $test() {
            let database = $crate::Database::create($major).await;
            $crate::within(60, on(&database)).await;
            database.remove().await;
        }
    )+};
}
