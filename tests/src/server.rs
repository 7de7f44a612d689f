//! One private server per supported version, started when a test first asks for it, and stopped with this process.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hathi::{Config, Session};
use hathi_local::{OwnedServer, Server};
use tokio::sync::OnceCell;

/// Every supported version of PostgreSQL.
pub const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// The role that has to prove its password by SCRAM when it comes over TCP.
pub const SCRAM_ROLE: &str = "scram_role";
/// The role that the server asks for an MD5 hash.
pub const MD5_ROLE: &str = "md5_role";
/// The role that the server asks for the password as it is.
pub const CLEARTEXT_ROLE: &str = "cleartext_role";
/// The password of these three. It is long, and holds what has to be escaped somewhere.
pub const PASSWORD: &str = "grüße, 'correct' \"horse\" %battery \\ staple";

/// How long the server may take to follow its new rules of access.
pub(crate) const RELOAD_LIMIT: Duration = Duration::from_secs(30);

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    major: u32,
    server: OwnedServer,
}

/// The server of a version. A server that cannot be had fails the test: nothing is skipped.
///
/// # Panics
///
/// If there is no such server and none can be fetched or started.
pub async fn cluster(major: u32) -> &'static Cluster {
    static CLUSTERS: [OnceCell<Cluster>; MAJORS.len()] =
        [const { OnceCell::const_new() }; MAJORS.len()];
    let index = MAJORS
        .iter()
        .position(|known| *known == major)
        .expect("a supported version");
    CLUSTERS[index].get_or_init(|| start(major)).await
}

impl Cluster {
    /// Its version.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The way to a database as the superuser, over the unix socket, where no password is asked.
    pub fn over_socket(&self, database: &str) -> Config {
        parsed(&self.server.address().socket_url_of(database))
    }

    /// The way to a database as the superuser, over TCP, where SCRAM is asked.
    pub fn over_tcp(&self, database: &str) -> Config {
        parsed(&self.server.address().url_of(database))
    }

    /// The unix socket itself.
    pub fn socket(&self) -> PathBuf {
        let address = self.server.address();
        address
            .socket_folder()
            .join(format!(".s.PGSQL.{}", address.port()))
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// A session of the superuser in the database `postgres`.
    pub(crate) async fn superuser(&self) -> Session {
        Session::connect(&self.over_socket("postgres"))
            .await
            .expect("the superuser is let in")
    }
}

fn parsed(url: &str) -> Config {
    url.parse().expect("the URL of a private server is a URL")
}

async fn start(major: u32) -> Cluster {
    let server = Server::owned()
        .major(major)
        .tcp()
        .start()
        .unwrap_or_else(|error| panic!("{error}"));
    let cluster = Cluster { major, server };
    create_roles(&cluster).await;
    change_access(&cluster).await;
    cluster
}

async fn create_roles(cluster: &Cluster) {
    let password = PASSWORD.replace('\'', "''");
    let roles = [
        (SCRAM_ROLE, "scram-sha-256"),
        (MD5_ROLE, "md5"),
        (CLEARTEXT_ROLE, "scram-sha-256"),
    ];
    let mut session = cluster.superuser().await;
    for (role, encryption) in roles {
        let sql = format!(
            "SET password_encryption = '{encryption}'; CREATE ROLE {role} LOGIN PASSWORD '{password}'"
        );
        session.simple(&sql).await.expect("a role can be created");
    }
}

/// Two roles are asked for their password in another way.
async fn change_access(cluster: &Cluster) {
    let rules = format!(
        "host all {MD5_ROLE} 127.0.0.1/32 md5\nhost all {CLEARTEXT_ROLE} 127.0.0.1/32 password\n"
    );
    put_rules(&cluster.over_socket("postgres"), &rules).await;
}

/// Puts rules of access before those that a server has, and waits until it follows them.
pub(crate) async fn put_rules(superuser: &Config, rules: &str) {
    let connect = async || {
        let session = Session::connect(superuser).await;
        session.expect("the superuser is let in")
    };
    let mut session = connect().await;
    let file: String = value(&mut session, "SELECT current_setting('hba_file') AS file").await;
    let old: String = value(
        &mut session,
        "SELECT pg_read_file(current_setting('hba_file')) AS rules",
    )
    .await;
    let lines: Vec<String> = rules
        .lines()
        .chain(old.lines())
        .map(|line| format!("('{}')", line.replace('\'', "''")))
        .collect();
    let write = format!(
        "COPY (VALUES {}) TO '{file}'; SELECT pg_reload_conf()",
        lines.join(", ")
    );
    let before: f64 = value(&mut session, LOADED).await;
    session
        .simple(&write)
        .await
        .expect("the superuser can change the rules of access");
    let deadline = Instant::now() + RELOAD_LIMIT;
    while value::<f64>(&mut connect().await, LOADED).await <= before {
        assert!(
            Instant::now() < deadline,
            "the server does not follow its new rules"
        );
    }
}

/// A session knows only what the server knew when the session began.
pub(crate) const LOADED: &str = "SELECT extract(epoch FROM pg_conf_load_time())::float8 AS loaded";

/// The only column of the only row.
pub(crate) async fn value<T>(session: &mut Session, sql: &str) -> T
where
    T: crate::statement::Plain,
{
    let statement = crate::Made::new(sql)
        .column::<T::Sql>("")
        .query(|row| Ok(row.get::<T::Sql, T>(0)?));
    session
        .fetch_one(statement)
        .await
        .expect("the superuser can ask this")
}
