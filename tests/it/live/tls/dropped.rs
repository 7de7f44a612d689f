//! Futures dropped at every poll of an encrypted session: bytes that TLS has taken are sent, whatever becomes of them.

use hathi::sql::{Int4, Text};
use hathi::{Query, Session, TlsBackend};
use hathi_tests::{
    BACKENDS, Driven, Encrypted, Proxy, SSL_ROLE, on_every_encrypted_server, statement,
};

use crate::live::ask::ECHO;

const LENGTH: Query<(Text,), i32> =
    statement!("SELECT length($1) AS length", [Text] -> ("length", Int4));

/// More than sockets take while nobody reads.
const LONG: usize = 8 << 20;

/// A session behind a proxy.
async fn slow(server: &Encrypted, backend: TlsBackend) -> (Proxy, Session) {
    let config = server.config(SSL_ROLE, "verify-full").tls_backend(backend);
    let mut proxy = Proxy::before_port(server.port(), &config);
    let config = proxy.config();
    let session = proxy.run(Session::connect(&config)).await.unwrap();
    (proxy, session)
}

on_every_encrypted_server! {
    async fn a_query_dropped_at_every_poll_leaves_the_session_in_step(server) {
        for backend in BACKENDS {
            let (mut proxy, mut session) = slow(server, backend).await;
            let mut polls = 0;
            loop {
                proxy.pieces(16, 16);
                let driven = proxy.drive(session.fetch_one(LENGTH.bind(("four",))), polls).await;
                proxy.open();
                let echo = i32::try_from(polls).unwrap();
                assert_eq!(proxy.run(session.fetch_one(ECHO.bind((echo,)))).await.unwrap(), echo, "after {polls} polls");
                if let Driven::Done(length, _) = driven {
                    assert_eq!(length.unwrap(), 4);
                    break;
                }
                polls += 1;
            }
            assert!(polls > 10, "only {polls} polls");
        }
    }

    async fn a_statement_of_which_the_socket_took_a_part_leaves_the_session_in_step(server) {
        for backend in BACKENDS {
            let (mut proxy, mut session) = slow(server, backend).await;
            let long = "x".repeat(LONG);
            for polls in 1..6 {
                // Nothing is read at the other end, or only a little: the last record is cut somewhere.
                proxy.pieces(if polls == 1 { 0 } else { 40_000 + polls }, 1024);
                let driven = proxy.drive(session.fetch_one(LENGTH.bind((long.as_str(),))), polls).await;
                assert!(matches!(driven, Driven::Dropped), "{polls}");
                proxy.open();
                let echo = i32::try_from(polls).unwrap();
                assert_eq!(proxy.run(session.fetch_one(ECHO.bind((echo,)))).await.unwrap(), echo, "after {polls} polls");
            }
            let length = proxy.run(session.fetch_one(LENGTH.bind((long.as_str(),)))).await;
            assert_eq!(length.unwrap(), i32::try_from(LONG).unwrap());
        }
    }

    async fn connecting_that_is_dropped_at_every_poll_leaves_no_session_behind(server) {
        for backend in BACKENDS {
            let config = server.config(SSL_ROLE, "verify-full").tls_backend(backend).application_name("dropped");
            let mut polls = 0;
            loop {
                let mut proxy = Proxy::before_port(server.port(), &config);
                let config = proxy.config();
                if let Driven::Done(session, _) = proxy.drive(Session::connect(&config), polls).await {
                    session.unwrap().close().await.unwrap();
                    break;
                }
                polls += 1;
            }
            assert!(polls > 5, "only {polls} polls");
        }
        let mut witness = server.witness().await;
        let question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dropped'";
        while crate::live::ask::number(&mut witness, question).await > 0 {}
    }
}
