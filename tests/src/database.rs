//! A database that one test has for itself.

use std::sync::atomic::{AtomicU32, Ordering};

use hathi::{Config, Session};

use crate::server::{Cluster, cluster};

/// A fresh database on one of the servers.
#[derive(Debug)]
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    /// Creates a database on the server of a version.
    ///
    /// # Panics
    ///
    /// If there is no such server, or it creates no database.
    pub async fn create(major: u32) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let cluster = cluster(major).await;
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0");
        cluster
            .superuser()
            .await
            .simple(&sql)
            .await
            .expect("a database can be created");
        Self { cluster, name }
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
        self.cluster.over_socket(&self.name)
    }

    /// The way in as the superuser, over TCP.
    pub fn tcp(&self) -> Config {
        self.cluster.over_tcp(&self.name)
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
