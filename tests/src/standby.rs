//! A primary and its streaming standby, of every supported version.

use hathi::{Config, Session};
use hathi_local::{OwnedServer, Server};
use tokio::sync::OnceCell;

use crate::server::MAJORS;

/// What a primary that answers COMMIT has seen: the standby shows the same already.
const IN_STEP: [(&str, &str); 3] = [
    ("synchronous_standby_names", "*"),
    ("synchronous_commit", "remote_apply"),
    ("wal_keep_size", "256MB"),
];

/// One of the two servers of a [`Pair`]: by its part at the start, whatever happens later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The one that takes writes.
    Primary,
    /// The one that follows.
    Standby,
}

/// Two servers, of which one follows the other: what is committed on the primary is seen on the standby at once.
#[derive(Debug)]
pub struct Pair {
    major: u32,
    primary: Option<OwnedServer>,
    standby: OwnedServer,
    places: [(String, u16); 2],
}

impl Pair {
    /// The pair of a version for tests that leave the parts as they are.
    ///
    /// # Panics
    ///
    /// If there are no such servers and none can be fetched or started.
    pub async fn shared(major: u32) -> &'static Self {
        static PAIRS: [OnceCell<Pair>; MAJORS.len()] =
            [const { OnceCell::const_new() }; MAJORS.len()];
        let index = MAJORS.iter().position(|known| *known == major);
        let index = index.expect("a supported version");
        PAIRS[index]
            .get_or_init(|| async { Self::start(major) })
            .await
    }

    /// A pair for one test.
    ///
    /// # Panics
    ///
    /// If there are no such servers and none can be fetched or started.
    pub fn start(major: u32) -> Self {
        let mut primary = Server::owned().major(major);
        for (name, value) in IN_STEP {
            primary = primary.setting(name, value);
        }
        let primary = primary.start().unwrap_or_else(|error| panic!("{error}"));
        let standby = Server::owned().standby_of(&primary).start();
        let standby = standby.unwrap_or_else(|error| panic!("{error}"));
        let places = [&primary, &standby].map(|server| {
            let address = server.address();
            let folder = address.socket_folder().to_string_lossy().into_owned();
            (folder, address.port())
        });
        Self {
            major,
            primary: Some(primary),
            standby,
            places,
        }
    }

    /// The version of both.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The way in as the superuser, over the unix sockets of these servers, in this order.
    pub fn config(&self, parts: &[Part]) -> Config {
        let hosts = parts.iter().map(|part| {
            let (folder, port) = self.place(*part);
            (folder, *port)
        });
        Config::new()
            .user("postgres")
            .database("postgres")
            .hosts(hosts)
    }

    /// A session of the superuser with one of the servers.
    ///
    /// # Panics
    ///
    /// If it does not let us in.
    pub async fn session(&self, part: Part) -> Session {
        let session = Session::connect(&self.config(&[part])).await;
        session.expect("the superuser is let in")
    }

    /// One of the servers, as an error names it.
    pub fn name(&self, part: Part) -> String {
        let (folder, port) = self.place(part);
        format!("{folder}/.s.PGSQL.{port}")
    }

    /// Which of the two a session talks to.
    ///
    /// # Panics
    ///
    /// If the server does not say where it lives.
    pub async fn found(&self, session: &mut Session) -> Part {
        let sql = "SELECT current_setting('unix_socket_directories') AS folder";
        let folder: String = crate::server::value(session, sql).await;
        if folder == self.place(Part::Primary).0 {
            Part::Primary
        } else {
            assert_eq!(folder, self.place(Part::Standby).0);
            Part::Standby
        }
    }

    /// Stops the primary at once, as a failure would.
    ///
    /// # Panics
    ///
    /// If it does not stop.
    pub fn lose_primary(&mut self) {
        if let Some(primary) = self.primary.take() {
            primary.stop().unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Makes the standby a primary, and returns when it takes writes.
    ///
    /// # Panics
    ///
    /// If it does not become one.
    pub async fn promote(&self) {
        assert!(self.standby.is_running(), "the standby lives");
        let mut session = self.session(Part::Standby).await;
        let promoted = "SELECT pg_promote()::int AS promoted";
        let promoted: i32 = crate::server::value(&mut session, promoted).await;
        assert_eq!(promoted, 1, "the standby is promoted in time");
    }

    fn place(&self, part: Part) -> &(String, u16) {
        let [primary, standby] = &self.places;
        match part {
            Part::Primary => primary,
            Part::Standby => standby,
        }
    }
}

/// Writes a test for each supported version, named after it, with a limit of time.
#[macro_export]
macro_rules! on_every_major {
    ($($(#[doc = $doc:literal])* async fn $name:ident($major:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn on($major: u32) $body

            $crate::on_every_major!(@tests pg14 14, pg15 15, pg16 16, pg17 17, pg18 18);
        }
    )+};
    (@tests $($test:ident $major:literal),+) => {$(
        #[tokio::test]
        async fn $test() {
            $crate::within(120, on($major)).await;
        }
    )+};
}
