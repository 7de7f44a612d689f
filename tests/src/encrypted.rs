//! One private server with TLS per supported version. Tests take turns: they change the certificate it shows.

use std::time::{Duration, Instant};

use hathi::{Config, Session, TlsBackend};
use hathi_local::{OwnedServer, Server};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::certificates::{Certificate, CertificateFolder};
use crate::server::{LOADED, MAJORS, PASSWORD, RELOAD_LIMIT, put_rules, value};

/// The role that is let in over TLS only, by SCRAM.
pub const SSL_ROLE: &str = "ssl_role";
/// The role that is let in without TLS only, by SCRAM.
pub const PLAIN_ROLE: &str = "plain_role";
/// The role that is let in either way, by SCRAM.
pub const EITHER_ROLE: &str = "either_role";
/// The role that has to show a certificate.
pub const CERT_ROLE: &str = "cert_role";

/// Both libraries that speak TLS.
pub const BACKENDS: [TlsBackend; 2] = [TlsBackend::Rustls, TlsBackend::NativeTls];

const RULES: &str = "hostssl all ssl_role 127.0.0.1/32 scram-sha-256
hostnossl all plain_role 127.0.0.1/32 scram-sha-256
hostssl all cert_role 127.0.0.1/32 cert
host all ssl_role,plain_role,cert_role 127.0.0.1/32 reject
";

/// A server with TLS, for one test at a time.
#[derive(Debug)]
pub struct Encrypted {
    cluster: &'static EncryptedCluster,
    _turn: MutexGuard<'static, ()>,
}

#[derive(Debug)]
struct EncryptedCluster {
    major: u32,
    server: OwnedServer,
    folder: CertificateFolder,
    turn: Mutex<()>,
}

impl Encrypted {
    /// Waits for the turn at the server of a version, which shows the right certificate then.
    ///
    /// # Panics
    ///
    /// If there is no such server and none can be fetched or started.
    pub async fn turn(major: u32) -> Self {
        static CLUSTERS: [OnceCell<EncryptedCluster>; MAJORS.len()] =
            [const { OnceCell::const_new() }; MAJORS.len()];
        let index = MAJORS.iter().position(|known| *known == major);
        let index = index.expect("a supported version");
        let cluster = CLUSTERS[index].get_or_init(|| start(major)).await;
        let this = Self {
            cluster,
            _turn: cluster.turn.lock().await,
        };
        this.show(Certificate::Right).await;
        this
    }

    /// The version of the server.
    pub fn major(&self) -> u32 {
        self.cluster.major
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.cluster.server.address().port()
    }

    /// The path of a certificate or a key: see [`CertificateFolder`].
    pub fn file(&self, name: &str) -> String {
        self.cluster.folder.path(name)
    }

    /// The way in over TCP for a role, to a host that is named `localhost` whatever the machine makes of that name.
    ///
    /// # Panics
    ///
    /// Never: the text is a connection string.
    pub fn config(&self, role: &str, mode: &str) -> Config {
        let text = format!(
            "host=localhost hostaddr=127.0.0.1 port={} user={role} dbname=postgres sslmode={mode} sslrootcert={}",
            self.port(),
            self.file("root.crt")
        );
        let config: Config = text.parse().expect("a connection string");
        config.password(PASSWORD)
    }

    /// A session of the superuser over the unix socket.
    ///
    /// # Panics
    ///
    /// If the server does not let it in.
    pub async fn witness(&self) -> Session {
        self.cluster.superuser().await
    }

    /// Makes the server show another certificate.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub async fn show(&self, certificate: Certificate) {
        self.cluster.show(certificate).await;
    }
}

impl EncryptedCluster {
    fn socket(&self) -> Config {
        let url = self.server.address().socket_url_of("postgres");
        url.parse().expect("the URL of a private server is a URL")
    }

    async fn superuser(&self) -> Session {
        let session = Session::connect(&self.socket()).await;
        session.expect("the superuser is let in")
    }

    async fn show(&self, certificate: Certificate) {
        let mut session = self.superuser().await;
        let before: f64 = value(&mut session, LOADED).await;
        let file = |kind| {
            let name = format!("{}.{kind}", certificate.file());
            self.folder.path(&name)
        };
        for setting in [
            format!("ssl_cert_file = '{}'", file("crt")),
            format!("ssl_key_file = '{}'", file("key")),
            format!("ssl_ca_file = '{}'", self.folder.path("root.crt")),
            "ssl = on".to_owned(),
        ] {
            let sql = format!("ALTER SYSTEM SET {setting}");
            session.simple(&sql).await.expect("a setting");
        }
        let reload = session.simple("SELECT pg_reload_conf()").await;
        reload.expect("the superuser may reload");
        let deadline = Instant::now() + RELOAD_LIMIT;
        while value::<f64>(&mut self.superuser().await, LOADED).await <= before {
            assert!(Instant::now() < deadline, "{certificate:?} is not shown");
        }
    }
}

async fn start(major: u32) -> EncryptedCluster {
    let server = Server::owned().major(major).tcp().start();
    let server = server.unwrap_or_else(|error| panic!("{error}"));
    let folder = CertificateFolder::beside(&server.log_file());
    let cluster = EncryptedCluster {
        major,
        server,
        folder,
        turn: Mutex::new(()),
    };
    let password = PASSWORD.replace('\'', "''");
    let mut session = cluster.superuser().await;
    let created = session
        .simple(&format!(
            "SET password_encryption = 'scram-sha-256';
             CREATE ROLE {SSL_ROLE} LOGIN PASSWORD '{password}';
             CREATE ROLE {PLAIN_ROLE} LOGIN PASSWORD '{password}';
             CREATE ROLE {EITHER_ROLE} LOGIN PASSWORD '{password}';
             CREATE ROLE {CERT_ROLE} LOGIN"
        ))
        .await;
    created.expect("roles can be created");
    // Rules for TLS are not followed by a server without it.
    cluster.show(Certificate::Right).await;
    put_rules(&cluster.socket(), RULES).await;
    cluster
}

/// How long one test may take, once it has its turn.
#[doc(hidden)]
pub const TURN: Duration = Duration::from_secs(60);

/// Writes a test for each supported version, named after it; each has a server with TLS for itself.
#[macro_export]
macro_rules! on_every_encrypted_server {
    ($($(#[doc = $doc:literal])* async fn $name:ident($server:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            $(#[doc = $doc])*
            async fn on($server: &$crate::Encrypted) $body

            $crate::on_every_encrypted_server!(@tests pg14 14, pg15 15, pg16 16, pg17 17, pg18 18);
        }
    )+};
    (@tests $($test:ident $major:literal),+) => {$(
        #[tokio::test]
        async fn $test() {
            let server = $crate::Encrypted::turn($major).await;
            $crate::within($crate::TURN.as_secs(), on(&server)).await;
        }
    )+};
}
