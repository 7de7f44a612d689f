//! Handshakes of the platform's library with a server of rustls, over a pair of sockets.
#![cfg(unix)]

use std::os::unix::net::UnixStream;

use hathi_wire::SslMode;
use rustls::{ServerConnection, StreamOwned};

use super::*;
use crate::authority::{Authority, Folder};

/// Which modes accept a server that calls itself `name`, in the order of proof.
#[track_caller]
fn check(trusted: bool, name: &str, year: i32, accepted: [bool; 4]) {
    let (authority, other) = (Authority::new(), Authority::new());
    let folder = Folder::new();
    let pem = if trusted { &authority.pem } else { &other.pem };
    let file = folder.file("root.crt", pem);
    let modes = [
        SslMode::Prefer,
        SslMode::Require,
        SslMode::VerifyCa,
        SslMode::VerifyFull,
    ];
    for (mode, accepted) in modes.into_iter().zip(accepted) {
        let mut settings = Settings::new(mode);
        settings.root_cert = Some(file.clone());
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = ServerConnection::new(authority.server(name, year)).unwrap();
        let server = std::thread::spawn(move || {
            let mut stream = StreamOwned::new(server, theirs);
            // What becomes of a handshake that the client gives up is the client's to say.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let protocol = NativeProtocol::new(&settings).unwrap();
        let outcome = protocol.connector().connect("db", ours);
        assert_eq!(outcome.is_ok(), accepted, "{mode:?}: {:?}", outcome.err());
        if let Ok(stream) = outcome {
            let alpn = stream.negotiated_alpn().unwrap();
            assert!(crate::is_agreed(alpn.as_deref()));
            assert!(stream.tls_server_end_point().unwrap().is_some());
        }
        server.join().unwrap();
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
fn files_that_cannot_be_used_are_refused_in_words() {
    let folder = Folder::new();
    let mut settings = Settings::new(SslMode::VerifyCa);
    settings.root_cert = Some(folder.file("nonsense", "not PEM"));
    let words = NativeProtocol::new(&settings).unwrap_err().to_string();
    assert!(words.contains("expected certificates in PEM"), "{words}");
    settings.root_cert = Some("/no/such".to_owned());
    let words = NativeProtocol::new(&settings).unwrap_err().to_string();
    assert!(words.contains("cannot read /no/such"), "{words}");
}
