//! TLS, on real servers: used where it is asked for, refused in words, and never left out where it is insisted on.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::time::{Duration, Instant};

use hathi_describe::{Database, Limits};
use hathi_local::{OwnedServer, Server};
use hathi_query_cache::Template;
use hathi_wire::{ChannelBinding, Dsn, SslMode, SslNegotiation};

use crate::support::Session;

/// A server with a certificate of its own for `localhost`, and the folder that holds it.
struct Encrypted {
    server: OwnedServer,
    folder: std::path::PathBuf,
}

impl Encrypted {
    fn start(major: u32) -> Self {
        let server = Server::owned().major(major).tcp().start().unwrap();
        let folder =
            std::env::temp_dir().join(format!("hathi-describe-tls-{major}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["localhost".to_owned()])
            .unwrap()
            .self_signed(&key)
            .unwrap();
        let owner = fs::metadata(server.log_file()).unwrap();
        for (name, text) in [("crt", certificate.pem()), ("key", key.serialize_pem())] {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        let this = Self { server, folder };
        this.switch_on();
        this
    }

    fn switch_on(&self) {
        let mut session = Session::open(&self.server.address().socket_url().parse().unwrap());
        let file = |name: &str| Path::new(&self.folder).join(name).display().to_string();
        for setting in [
            format!("ssl_cert_file = '{}'", file("crt")),
            format!("ssl_key_file = '{}'", file("key")),
            "ssl = on".to_owned(),
        ] {
            session.run(&format!("ALTER SYSTEM SET {setting}"));
        }
        session.run("SELECT pg_reload_conf()");
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.connect(SslMode::Require).is_err() {
            assert!(
                Instant::now() < deadline,
                "the server does not switch TLS on"
            );
        }
    }

    fn connect(&self, mode: SslMode) -> Result<Database, hathi_describe::Error> {
        self.connect_with(|dsn| dsn.ssl_mode = Some(mode))
    }

    fn connect_with(&self, set: impl Fn(&mut Dsn)) -> Result<Database, hathi_describe::Error> {
        let mut dsn: Dsn = self.server.url().parse().unwrap();
        set(&mut dsn);
        Database::connect(&dsn, Limits::default())
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[track_caller]
fn describes(database: &mut Database) {
    let template = Template::parse("SELECT 1 AS one").unwrap();
    assert!(database.describe(&[template]).unwrap()[0].is_ok());
}

#[test]
fn a_server_with_tls_is_asked_over_it() {
    for major in [14, 18] {
        let encrypted = Encrypted::start(major);
        // SCRAM is asked over TCP: its proof is bound to the server's certificate where that can be.
        for mode in [
            SslMode::Disable,
            SslMode::Allow,
            SslMode::Prefer,
            SslMode::Require,
        ] {
            describes(&mut encrypted.connect(mode).unwrap());
        }
        let error = encrypted
            .connect(SslMode::VerifyFull)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("no TLS with the server: "), "{error}");
        let outcome = encrypted.connect_with(|dsn| {
            dsn.ssl_mode = Some(SslMode::VerifyCa);
            dsn.ssl_root_cert = Some(encrypted.folder.join("crt").display().to_string());
            dsn.channel_binding = Some(ChannelBinding::Require);
        });
        describes(&mut outcome.unwrap());
        directly(&encrypted, major);
    }
}

/// From PostgreSQL 17 TLS can begin without a question.
fn directly(encrypted: &Encrypted, major: u32) {
    let direct = |mode| {
        encrypted.connect_with(move |dsn| {
            dsn.ssl_mode = Some(mode);
            dsn.ssl_negotiation = Some(SslNegotiation::Direct);
        })
    };
    assert_eq!(direct(SslMode::Require).is_ok(), major >= 17);
    let error = direct(SslMode::Prefer).unwrap_err().to_string();
    assert!(error.contains("sslnegotiation=direct needs"), "{error}");
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_insisted_on() {
    let server = Server::owned().major(18).tcp().start().unwrap();
    let mut dsn: Dsn = server.url().parse().unwrap();
    dsn.ssl_mode = Some(SslMode::Prefer);
    describes(&mut Database::connect(&dsn, Limits::default()).unwrap());
    dsn.ssl_mode = Some(SslMode::Require);
    let error = Database::connect(&dsn, Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "sslmode asks for TLS, which the server does not offer: switch ssl on there, or use sslmode=prefer on a network you trust"
    );
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    for answer in [&b""[..], b"S"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 8]).unwrap();
            stream.write_all(answer).unwrap();
            // Ends when the other side gives up.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let dsn = format!("postgres://a@127.0.0.1:{port}/b?sslmode=require");
        let limits = Limits {
            connect: Duration::from_millis(200),
            ..Limits::default()
        };
        let error = Database::connect(&dsn.parse().unwrap(), limits).unwrap_err();
        assert!(error.is_timeout(), "{error}");
        silent.join().unwrap();
    }
}
