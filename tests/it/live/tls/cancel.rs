//! Cancel requests go the way that their session went.

use hathi::{Config, Session};
use hathi_tests::{BACKENDS, EITHER_ROLE, Encrypted, Proxy, SSL_ROLE, on_every_encrypted_server};

use crate::live::ask::{SLEEP, assert_in_step, number};

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// Cancels a statement that would take a minute. Returns the first words of the connection of the cancel request.
async fn cancelled(server: &Encrypted, config: &Config) -> Vec<u8> {
    let mut proxy = Proxy::before_port(server.port(), config);
    let config = proxy.config();
    let mut witness = server.witness().await;
    let mut session = proxy.run(Session::connect(&config)).await.unwrap();
    let connections = proxy.connections();
    let token = session.cancel_token();
    let process = session.process().unwrap();
    let cancel = async {
        let question = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND wait_event = 'PgSleep'"
        );
        while number(&mut witness, &question).await == 0 {}
        token.cancel().await
    };
    let sleep = session.fetch_one(SLEEP.bind((60.0,)));
    let (ended, heard) = proxy.run(async { tokio::join!(sleep, cancel) }).await;
    assert_eq!(ended.unwrap_err().sql_state().unwrap().code(), "57014");
    heard.unwrap();
    assert_eq!(proxy.connections(), connections + 1);
    proxy.run(assert_in_step(&mut session)).await;
    proxy.first_words(connections).to_vec()
}

on_every_encrypted_server! {
    async fn the_request_of_an_encrypted_session_is_encrypted(server) {
        for backend in BACKENDS {
            let config = server.config(SSL_ROLE, "verify-full").tls_backend(backend);
            let said = cancelled(server, &config).await;
            assert_eq!(said[..8], SSL_REQUEST, "{backend:?}");
            assert_eq!(said[8], 22, "a handshake of TLS");
        }
    }

    async fn the_request_of_a_session_in_clear_is_in_clear(server) {
        let said = cancelled(server, &server.config(EITHER_ROLE, "disable")).await;
        assert_eq!(said[..8], [0, 0, 0, 16, 4, 0xd2, 0x16, 0x2e]);
    }

    async fn a_statement_dropped_in_an_encrypted_session_is_cancelled_when_it_takes_long(server) {
        for backend in BACKENDS {
            let config = server.config(SSL_ROLE, "verify-full").tls_backend(backend);
            let mut session = Session::connect(&config).await.unwrap();
            hathi_tests::poll_times(session.fetch_one(SLEEP.bind((60.0,))), 1).await;
            assert_in_step(&mut session).await;
        }
    }
}
