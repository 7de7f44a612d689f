//! The database of the example: the one that `DATABASE_URL` names, or a private server that stops with the program.

use std::error::Error;

use hathi::{Config, Session};
use hathi_local::{OwnedServer, Server};

/// Where to connect to, and the server if it is ours.
pub(crate) struct Database {
    config: Config,
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
        let database = Self {
            config: url.parse()?,
            server,
        };
        let mut session = database.session().await?;
        session.simple(migration).await?;
        session.close().await?;
        Ok(database)
    }

    /// A session.
    pub(crate) async fn session(&self) -> Result<Session, hathi::Error> {
        Session::connect(&self.config).await
    }

    /// Stops the server, if it is ours.
    pub(crate) fn close(self) -> Result<(), hathi_local::Error> {
        self.server.map_or(Ok(()), OwnedServer::stop)
    }
}
