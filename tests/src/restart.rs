//! A server that is stopped and started again in one place, as for an upgrade.

use std::time::{Duration, Instant};

use hathi::sql::Float8;
use hathi::{Config, Session};
use hathi_local::{OwnedServer, Server};

use crate::server::value;
use crate::statement::Made;

/// When the server was started.
const STARTED: &str = "SELECT extract(epoch FROM pg_postmaster_start_time())::float8 AS started";

/// How long a server may take to be there again.
const LIMIT: Duration = Duration::from_secs(60);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// A server for one test that can be restarted.
#[derive(Debug)]
pub struct Restartable {
    server: OwnedServer,
}

impl Restartable {
    /// A server of a version.
    ///
    /// # Panics
    ///
    /// If there is none and none can be fetched or started.
    pub fn start(major: u32) -> Self {
        let server = Server::owned().major(major).start();
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Self { server }
    }

    /// The way in as the superuser, over the unix socket.
    pub fn config(&self) -> Config {
        let address = self.server.address();
        let url = address.socket_url_of("postgres");
        url.parse().expect("the URL of a private server is a URL")
    }

    /// Stops the server in good order and starts it again; returns when it has started. Who connects meanwhile finds
    /// nobody.
    ///
    /// The server does it itself: it belongs to another user of the system, and so must what starts it.
    ///
    /// # Panics
    ///
    /// If it cannot be told to.
    pub async fn restart(&self) {
        let session = Session::connect(&self.impatient()).await;
        let mut session = session.expect("the superuser is let in");
        let data: String = value(
            &mut session,
            "SELECT current_setting('data_directory') AS data",
        )
        .await;
        let programs = "SELECT setting AS folder FROM pg_config WHERE name = 'BINDIR'";
        let programs: String = value(&mut session, programs).await;
        let pid = format!("{data}/postmaster.pid");
        let again = format!(
            "(while [ -e {pid} ]; do sleep 0.02; done; exec {programs}/postgres -D {data})"
        );
        // Ending the server ends what its sessions have started, unless that does not listen: from its first moment on.
        let program = format!(
            "trap \"\" HUP INT QUIT TERM; {again} </dev/null >/dev/null 2>&1 & kill -s INT $(head -n 1 {pid})"
        );
        let before: f64 = value(&mut session, STARTED).await;
        // Its answer may come too late.
        drop(
            session
                .simple(&format!("COPY (SELECT 1) TO PROGRAM '{program}'"))
                .await,
        );
        // Where nobody listens, connecting fails without ever waiting: the limit of the test would not be seen.
        let deadline = Instant::now() + LIMIT;
        while self.started().await.is_none_or(|started| started <= before) {
            assert!(Instant::now() < deadline, "no server within {LIMIT:?}");
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
    }

    /// When the server was started, if there is one.
    async fn started(&self) -> Option<f64> {
        let mut session = Session::connect(&self.impatient()).await.ok()?;
        let started = Made::new(STARTED).column::<Float8>("");
        let started = started.query(|row| Ok(row.get::<Float8, f64>(0)?));
        session.fetch_one(started).await.ok()
    }

    /// A way in for questions whose answers are not worth waiting for: before version 16 what a server has started holds
    /// its connections open when it has ended.
    fn impatient(&self) -> Config {
        let moment = Duration::from_secs(5);
        self.config().connect_limit(moment).call_limit(Some(moment))
    }

    /// Stops the server for good.
    ///
    /// # Panics
    ///
    /// If it cannot be told to.
    pub async fn stop(self) {
        let mut session = self.session().await;
        let data: String = value(
            &mut session,
            "SELECT current_setting('data_directory') AS data",
        )
        .await;
        let program = format!("kill -s QUIT $(head -n 1 {data}/postmaster.pid)");
        drop(
            session
                .simple(&format!("COPY (SELECT 1) TO PROGRAM '{program}'"))
                .await,
        );
        self.server.stop().unwrap_or_else(|error| panic!("{error}"));
    }

    async fn session(&self) -> Session {
        let config = self.config().connect_limit(Duration::from_secs(30));
        Session::connect(&config)
            .await
            .expect("the superuser is let in")
    }
}
