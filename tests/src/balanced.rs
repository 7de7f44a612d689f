//! HAProxy in front of a [`Pair`]: one way in for writers, one for readers.

use std::time::{Duration, Instant};

use hathi::{Config, Session, TargetSessionAttrs};

use crate::daemon::{Daemon, free_port};
use crate::pooler::program;
use crate::standby::{Pair, Part};

/// How long HAProxy may take to find out what each server is.
const LIMIT: Duration = Duration::from_secs(60);

/// How a session begins and ends, as bytes: the superuser's, and Terminate.
const START: &[u8] = b"\x00\x00\x00\x29\x00\x03\x00\x00user\0postgres\0database\0postgres\0\0";
const END: &[u8] = b"X\x00\x00\x00\x04";

/// What each sort of server says of itself at the start of a session.
const PRIMARY: &[u8] = b"in_hot_standby\0off\0";
const STANDBY: &[u8] = b"in_hot_standby\0on\0";

/// HAProxy, which asks both servers again and again what they are.
#[derive(Debug)]
pub struct Balanced {
    daemon: Daemon,
    writers: u16,
    readers: u16,
}

impl Balanced {
    /// Starts it, and waits until both ways are open.
    ///
    /// # Panics
    ///
    /// If HAProxy is not installed, or does not start.
    pub async fn front_of(pair: &Pair) -> Self {
        let daemon = Daemon::folder_for(pair.name(Part::Primary).as_ref());
        let mut balanced = Self {
            daemon,
            writers: free_port(),
            readers: free_port(),
        };
        let settings = balanced.settings(pair);
        let daemon = &mut balanced.daemon;
        daemon.write("haproxy.cfg", &settings);
        let haproxy = program("haproxy", "haproxy");
        daemon.run("KILL", &haproxy, &["-db", "-f", "haproxy.cfg"]);
        for (way, target) in [
            (balanced.for_writers(), TargetSessionAttrs::ReadWrite),
            (balanced.for_readers(), TargetSessionAttrs::Standby),
        ] {
            balanced.daemon.answers(&way).await;
            let fitting = way.target_session_attrs(target);
            // Until it has asked them, HAProxy takes every server for one that fits, and they are taken in turn.
            let mut in_turn = 0;
            let deadline = Instant::now() + LIMIT;
            while in_turn < 4 {
                let log = || balanced.daemon.log();
                assert!(
                    Instant::now() < deadline,
                    "HAProxy takes one for the other: {}",
                    log()
                );
                let is_fitting = Session::connect(&fitting).await.is_ok();
                in_turn = if is_fitting { in_turn + 1 } else { 0 };
                tokio::task::yield_now().await;
            }
        }
        balanced
    }

    /// The way to whichever server takes writes.
    #[must_use]
    pub fn for_writers(&self) -> Config {
        self.way(self.writers)
    }

    /// The way to a standby, or to any server that is there if there is none.
    #[must_use]
    pub fn for_readers(&self) -> Config {
        self.way(self.readers)
    }

    fn way(&self, port: u16) -> Config {
        let folder = self.daemon.folder().to_string_lossy().into_owned();
        Config::new()
            .host(folder)
            .port(port)
            .user("postgres")
            .database("postgres")
    }

    fn settings(&self, pair: &Pair) -> String {
        let folder = self.daemon.folder().display();
        let [one, two] = [Part::Primary, Part::Standby].map(|part| pair.name(part));
        let asks = |expected: &[u8]| {
            format!(
                "  option tcp-check\n  tcp-check connect\n  tcp-check send-binary {}\n  tcp-check expect binary {}\n  tcp-check send-binary {}\n\
                 \x20 default-server inter 200ms fall 1 rise 1 on-marked-down shutdown-sessions\n",
                hex(START),
                hex(expected),
                hex(END)
            )
        };
        format!(
            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout check 5s\n  timeout client 1h\n  timeout server 1h\n\n\
             listen writers\n  bind unix@{folder}/.s.PGSQL.{writers} mode 777\n{asks_writers}  server one unix@{one} check\n  server two unix@{two} check\n\n\
             listen readers\n  bind unix@{folder}/.s.PGSQL.{readers} mode 777\n{asks_readers}  option redispatch\n  option allbackups\n\
             \x20 server one unix@{one} check\n  server two unix@{two} check\n  server any_one unix@{one} backup\n  server any_two unix@{two} backup\n",
            writers = self.writers,
            readers = self.readers,
            asks_writers = asks(PRIMARY),
            asks_readers = asks(STANDBY),
        )
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
