//! A primary and a standby that another program looks after: it promotes the standby when the primary is lost.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use hathi::sql::Int4;
use hathi::{Config, Session};

use crate::daemon::{Daemon, free_port};
use crate::pooler::program;
use crate::server::cluster;

const SCRIPT: &str = include_str!("formation.sh");
const LIMIT: Duration = Duration::from_secs(180);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// Which server lends the user that all of this runs as.
const MAJOR: u32 = 17;
const NAMES: [&str; 2] = ["one", "other"];

/// The monitor and the two servers; all end with this value, or with the process.
#[derive(Debug)]
pub struct Formation {
    daemon: Daemon,
    monitor: u16,
    ports: [u16; 2],
    bin: PathBuf,
}

impl Formation {
    /// Starts all, and returns when the second follows the first.
    ///
    /// # Panics
    ///
    /// If pg_auto_failover is not installed or does not come to that state.
    pub async fn start() -> Self {
        program("pg_autoctl", "pg-auto-failover-cli");
        let bin = bin();
        let mut daemon = Daemon::folder_for(&cluster(MAJOR).await.socket());
        let script = daemon.write("formation.sh", SCRIPT);
        let [monitor, one, other] = [free_port(), free_port(), free_port()];
        let ports = [monitor, one, other].map(|port| port.to_string());
        let folder = bin.to_string_lossy();
        let arguments = [
            &*script.to_string_lossy(),
            &*folder,
            &ports[0],
            &ports[1],
            &ports[2],
        ];
        daemon.run("USR1", "/bin/sh".as_ref(), &arguments);
        let formation = Self {
            daemon,
            monitor,
            ports: [one, other],
            bin,
        };
        formation.settled().await;
        formation
    }

    /// The way to both servers as the superuser.
    pub fn config(&self) -> Config {
        let hosts = self.ports.map(|port| ("127.0.0.1", port));
        self.as_superuser("app").hosts(hosts)
    }

    /// Waits until there are a primary and a standby that follows it.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    pub async fn settled(&self) {
        let sql = "SELECT (count(*) FILTER (WHERE reportedstate = 'primary') = 1 \
                   AND count(*) FILTER (WHERE reportedstate = 'secondary') = 1)::int AS settled \
                   FROM pgautofailover.node";
        let monitor = self
            .as_superuser("pg_auto_failover")
            .host("127.0.0.1")
            .port(self.monitor);
        let deadline = Instant::now() + LIMIT;
        while !answers_one(&monitor, sql).await {
            self.wait(deadline, "a primary and its standby").await;
        }
    }

    /// Which server takes writes, by its place.
    ///
    /// # Panics
    ///
    /// If neither does for too long.
    pub async fn primary(&self) -> usize {
        let deadline = Instant::now() + LIMIT;
        loop {
            for place in 0..self.ports.len() {
                if self.takes_writes(place).await {
                    return place;
                }
            }
            self.wait(deadline, "a primary").await;
        }
    }

    /// Waits until a server takes writes.
    ///
    /// # Panics
    ///
    /// If that takes too long.
    pub async fn promoted(&self, place: usize) {
        let deadline = Instant::now() + LIMIT;
        while !self.takes_writes(place).await {
            self.wait(deadline, "a promotion").await;
        }
    }

    /// Changes the parts of the two servers, in order.
    ///
    /// # Panics
    ///
    /// If the monitor cannot be asked.
    pub async fn switch_over(&self) {
        let sql = "SELECT pgautofailover.perform_failover('default', 0)";
        let monitor = self
            .as_superuser("pg_auto_failover")
            .host("127.0.0.1")
            .port(self.monitor);
        let mut session = Session::connect(&monitor).await.expect("the monitor lives");
        session.simple(sql).await.expect("a switch-over");
    }

    /// Kills a server and who looks after it, as if its machine had failed.
    ///
    /// # Panics
    ///
    /// If there is nothing to kill.
    pub fn kill(&self, place: usize) {
        let file = self.daemon.folder().join(format!("{}.group", NAMES[place]));
        let group = fs::read_to_string(file).expect("a process group");
        let killed = Command::new("kill")
            .args(["-s", "KILL", "--", &format!("-{}", group.trim())])
            .status();
        assert!(killed.expect("kill").success());
    }

    async fn takes_writes(&self, place: usize) -> bool {
        let config = self
            .as_superuser("app")
            .host("127.0.0.1")
            .port(self.ports[place]);
        answers_one(
            &config,
            "SELECT (NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off')::int AS takes",
        )
        .await
    }

    fn as_superuser(&self, database: &str) -> Config {
        let user = fs::read_to_string(self.daemon.folder().join("user"));
        let user = user.unwrap_or_else(|_| "postgres".to_owned());
        Config::new().user(user.trim()).database(database)
    }

    async fn wait(&self, deadline: Instant, what: &str) {
        let logs = |name| fs::read_to_string(self.daemon.folder().join(name)).unwrap_or_default();
        assert!(
            Instant::now() < deadline,
            "no {what} within {LIMIT:?} ({}):\n{}\n{}\n{}",
            self.bin.display(),
            logs("monitor.log"),
            logs("one.log"),
            logs("other.log"),
        );
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

async fn answers_one(config: &Config, sql: &str) -> bool {
    let Ok(mut session) = Session::connect(config).await else {
        return false;
    };
    let question = crate::Made::new(sql)
        .column::<Int4>("")
        .query(|row| Ok(row.get::<Int4, i32>(0)?));
    session
        .fetch_one(question)
        .await
        .is_ok_and(|answer| answer == 1)
}

/// The programs of the PostgreSQL that the extension was made for.
fn bin() -> PathBuf {
    let majors = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders = majors.flatten().map(|major| major.path());
    folders
        .find(|major| major.join("lib/pgautofailover.so").is_file())
        .map(|major| major.join("bin"))
        .expect("this test needs the extension of pg_auto_failover: install the package `postgresql-15-auto-failover`")
}
