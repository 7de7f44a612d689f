//! The database of the example: the one that `DATABASE_URL` names, or a private server that stops with the program.

use std::error::Error;
use std::time::Duration;

use hathi::{Config, Pool, PoolOptions};
use hathi_local::{OwnedServer, Server};

/// A pool, and the server if it is ours.
pub(crate) struct Database {
    pool: Pool,
    server: Option<OwnedServer>,
}

impl Database {
    /// Finds or starts it, and applies the migration.
    pub(crate) async fn open(migration: &str) -> Result<Self, Box<dyn Error>> {
        let (url, server) = match std::env::var("DATABASE_URL") {
            Ok(url) => (url, None),
            Err(_) => {
                let server = Server::owned().progress(|step| eprintln!("{step}"));
                let server = server.start()?;
                (server.url(), Some(server))
            }
        };
        let config: Config = url.parse()?;
        // Who waits longer than this for a connection is better told so.
        let options = PoolOptions::new()
            .max(8)
            .acquire_limit(Duration::from_secs(5));
        let pool = Pool::new(config.application_name("web-service"), options);
        pool.acquire().await?.simple(migration).await?;
        Ok(Self { pool, server })
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Closes all connections, and stops the server if it is ours.
    pub(crate) async fn close(self) -> Result<(), Box<dyn Error>> {
        self.pool.close().await?;
        if let Some(server) = self.server {
            server.stop()?;
        }
        Ok(())
    }
}
