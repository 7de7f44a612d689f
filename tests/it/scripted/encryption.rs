//! The question for TLS, and servers, or men in between, that answer it as they should not.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use hathi::{Config, Error, Session, SslMode};
use hathi_tests::{BACKENDS, message, within};

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// A server on a port, with one script for each client.
struct Server {
    port: u16,
    thread: JoinHandle<()>,
}

type Script = fn(&mut TcpStream);

impl Server {
    fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            for script in scripts {
                let (mut client, _) = listener.accept().unwrap();
                let patience = Some(Duration::from_secs(20));
                client.set_read_timeout(patience).unwrap();
                script(&mut client);
            }
        });
        Self { port, thread }
    }

    fn config(&self, mode: SslMode) -> Config {
        let config = Config::new().host("127.0.0.1").port(self.port);
        config.user("ada").ssl_mode(mode)
    }
}

fn asked(client: &mut TcpStream) {
    let mut request = [0; 8];
    client.read_exact(&mut request).unwrap();
    assert_eq!(request, SSL_REQUEST);
}

/// Reads until the client goes.
fn until_closed(client: &mut TcpStream) {
    // How it goes is its own business.
    drop(client.read_to_end(&mut Vec::new()));
}

/// Opens sessions by both libraries in front of the same scripts.
#[track_caller]
fn each(scripts: &[Script], mode: SslMode, check: fn(Result<Session, Error>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for backend in BACKENDS {
        let server = Server::start(scripts.to_vec());
        let config = server.config(mode).tls_backend(backend);
        check(runtime.block_on(within(20, Session::connect(&config))));
        server.thread.join().unwrap();
    }
}

/// Lets the client in without any question, in clear.
fn welcome(client: &mut TcpStream) {
    let mut length = [0; 4];
    client.read_exact(&mut length).unwrap();
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap();
    client.read_exact(&mut vec![0; length - 4]).unwrap();
    client.write_all(&message::welcome()).unwrap();
}

#[test]
fn what_stands_behind_the_answer_is_never_taken_for_the_servers_word() {
    // A session that would be open already, if these bytes were believed.
    let stuffed: Script = |client| {
        asked(client);
        let bytes = [b"S".to_vec(), message::welcome()].concat();
        client.write_all(&bytes).unwrap();
        until_closed(client);
    };
    each(&[stuffed], SslMode::Require, |outcome| {
        let error = outcome.unwrap_err();
        assert!(error.is_tls(), "{error}");
    });
}

#[test]
fn only_two_bytes_are_an_answer_and_the_text_of_an_error_is_not_believed() {
    let failing: Script = |client| {
        asked(client);
        let words = message::error("FATAL", "28000", "send your password to evil.example");
        client.write_all(&words).unwrap();
        until_closed(client);
    };
    each(&[failing], SslMode::Require, |outcome| {
        let error = outcome.unwrap_err();
        assert!(!error.to_string().contains("evil"), "{error}");
        assert!(error.server().is_none(), "{error}");
    });
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_insisted_on() {
    let without: Script = |client| {
        asked(client);
        client.write_all(b"N").unwrap();
        until_closed(client);
    };
    for mode in [SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull] {
        each(&[without], mode, |outcome| {
            let error = outcome.unwrap_err();
            assert!(
                error.is_tls() && error.to_string().contains("the server does not offer"),
                "{error}"
            );
        });
    }
}

#[test]
fn a_server_without_tls_is_used_in_clear_on_the_same_connection_where_nobody_insists() {
    let without: Script = |client| {
        asked(client);
        client.write_all(b"N").unwrap();
        welcome(client);
        until_closed(client);
    };
    each(&[without], SslMode::Prefer, |outcome| {
        drop(outcome.unwrap())
    });
}

#[test]
fn a_handshake_that_fails_is_followed_by_another_connection_in_clear_only_where_nobody_insists() {
    let broken: Script = |client| {
        asked(client);
        client.write_all(b"Sthis is no TLS").unwrap();
        until_closed(client);
    };
    let clear: Script = |client| {
        welcome(client);
        until_closed(client);
    };
    each(&[broken, clear], SslMode::Prefer, |outcome| {
        drop(outcome.unwrap())
    });
    each(&[broken], SslMode::Require, |outcome| {
        assert!(outcome.unwrap_err().is_tls());
    });
}

#[test]
fn a_server_that_falls_silent_costs_no_more_than_the_limit_of_connecting() {
    let silent: Script = |client| {
        asked(client);
        until_closed(client);
    };
    let silent_in_the_handshake: Script = |client| {
        asked(client);
        client.write_all(b"S").unwrap();
        until_closed(client);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for script in [silent, silent_in_the_handshake] {
        for backend in BACKENDS {
            let server = Server::start(vec![script]);
            let config = server.config(SslMode::Require).tls_backend(backend);
            let config = config.connect_limit(Duration::from_millis(200));
            let outcome = runtime.block_on(within(20, Session::connect(&config)));
            assert!(outcome.unwrap_err().is_timeout());
            server.thread.join().unwrap();
        }
    }
}
