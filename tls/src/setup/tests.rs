//! Settings that fit together and settings that do not; handshakes in memory, without a socket.

use std::fs;

use hathi_wire::SslMode;
use rustls::{ClientConnection, ServerConfig, ServerConnection};

use super::*;
use crate::authority::{Authority, Folder};
use crate::files;

/// Shakes hands in memory with a server of the name `db`.
fn shake(settings: &Settings, server: &Arc<ServerConfig>) -> Result<(), String> {
    let protocol = Protocol::new(settings).map_err(|error| error.to_string())?;
    let name = protocol.name("db").unwrap();
    let mut client = ClientConnection::new(Arc::clone(protocol.config()), name).unwrap();
    let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut bytes = Vec::new();
        client.write_tls(&mut bytes).unwrap();
        server.read_tls(&mut bytes.as_slice()).unwrap();
        server
            .process_new_packets()
            .map_err(|error| error.to_string())?;
        bytes.clear();
        while server.wants_write() {
            server.write_tls(&mut bytes).unwrap();
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
            client
                .process_new_packets()
                .map_err(|error| error.to_string())?;
        }
    }
    assert!(crate::is_agreed(client.alpn_protocol()));
    Ok(())
}

const MODES: [SslMode; 4] = [
    SslMode::Prefer,
    SslMode::Require,
    SslMode::VerifyCa,
    SslMode::VerifyFull,
];

/// Which modes accept a server, with the authority's file given as `sslrootcert` or another one's.
#[track_caller]
fn check(trusted: bool, name: &str, year: i32, accepted: [bool; 4]) {
    let (authority, other) = (Authority::new(), Authority::new());
    let folder = Folder::new();
    let pem = if trusted { &authority.pem } else { &other.pem };
    let file = folder.file("root.crt", pem);
    let server = authority.server(name, year);
    for (mode, accepted) in MODES.into_iter().zip(accepted) {
        let mut settings = Settings::new(mode);
        settings.root_cert = Some(file.clone());
        let outcome = shake(&settings, &server);
        assert_eq!(outcome.is_ok(), accepted, "{mode:?}: {outcome:?}");
    }
}

#[test]
fn a_good_certificate_is_accepted_in_every_mode() {
    check(true, "db", 4000, [true, true, true, true]);
}

#[test]
fn another_name_is_refused_only_where_the_name_counts() {
    check(true, "elsewhere", 4000, [true, true, true, false]);
}

#[test]
fn an_unknown_authority_is_refused_wherever_authorities_are_asked() {
    check(false, "db", 4000, [true, false, false, false]);
}

#[test]
fn an_expired_certificate_is_refused_wherever_it_is_looked_at() {
    check(true, "db", 2001, [true, false, false, false]);
}

#[test]
fn require_without_an_authority_accepts_anyone() {
    let server = Authority::new().server("elsewhere", 4000);
    // The home folder of whoever runs the tests may hold an authority: then this is libpq's meaning, too.
    if files::default_file("root.crt").is_none() {
        assert_eq!(shake(&Settings::new(SslMode::Require), &server), Ok(()));
    }
}

#[test]
fn settings_that_do_not_fit_are_refused_in_words() {
    let folder = Folder::new();
    let nonsense = folder.file("nonsense", "not PEM");
    let refused = |change: &dyn Fn(&mut Settings), mode| {
        let mut settings = Settings::new(mode);
        change(&mut settings);
        Protocol::new(&settings).unwrap_err().to_string()
    };
    let system = refused(&|s| s.root_cert = Some("system".into()), SslMode::Require);
    assert!(system.contains("needs sslmode=verify-full"), "{system}");
    let half = refused(&|s| s.key = Some(nonsense.clone()), SslMode::Require);
    assert!(half.contains("sslcert is not"), "{half}");
    let missing = refused(
        &|s| s.root_cert = Some("/no/such".into()),
        SslMode::VerifyCa,
    );
    assert!(missing.contains("cannot read /no/such"), "{missing}");
    let wrong = refused(&|s| s.root_cert = Some(nonsense.clone()), SslMode::VerifyCa);
    assert!(wrong.contains("expected certificates in PEM"), "{wrong}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new([])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let mut settings = Settings::new(SslMode::Require);
    settings.cert = Some(folder.file("client.crt", &certificate.pem()));
    let path = folder.file("client.key", &key.serialize_pem());
    settings.key = Some(path.clone());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = Protocol::new(&settings).unwrap_err().to_string();
    assert!(error.contains("can be read by others"), "{error}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(Protocol::new(&settings).is_ok());
}
