//! Servers that say nothing, or do not listen: every wait ends when it should.

use std::time::{Duration, Instant};

use hathi::Session;
use hathi::sql::{Int4, Text};
use hathi_tests::{Made, ScriptedServer, message, within};

use super::conversation::{QUESTION, answer, crew};

const LIMIT: Duration = Duration::from_millis(80);

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_while_connecting() {
    for said in 0..=message::welcome().len() / 20 {
        let server = ScriptedServer::start(move |listener| {
            let mut peer = listener.accept();
            peer.startup();
            peer.send(&message::welcome()[..said * 20]);
            peer.until_closed();
        });
        let begun = Instant::now();
        let error = within(5, Session::connect(&server.config().connect_limit(LIMIT)))
            .await
            .unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert!(
            error
                .to_string()
                .contains("no answer within 80ms while opening the session"),
            "{error}"
        );
        assert!(begun.elapsed() >= LIMIT);
        server.finish();
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_by_a_call() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.until_closed();
    });
    let mut session = Session::connect(&server.config().call_limit(Some(LIMIT)))
        .await
        .unwrap();
    for (round, words) in [
        "waiting for the server",
        "reading the answer to an abandoned call",
    ]
    .iter()
    .enumerate()
    {
        let begun = Instant::now();
        let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
        assert!(error.is_timeout() && !error.is_closed(), "{error}");
        assert!(
            error
                .to_string()
                .starts_with(&format!("no answer within 80ms while {words}")),
            "round {round}: {error}"
        );
        assert!(begun.elapsed() >= LIMIT && begun.elapsed() < LIMIT * 20);
    }
    within(8, session.close()).await.unwrap();
    server.finish();
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_given_up_by_a_call() {
    let server = ScriptedServer::start(|listener| {
        let peer = listener.welcome();
        // Nothing is read until the client has given up, which it tells by a request on a connection of its own.
        listener.accept().cancel_request();
        drop(peer);
    });
    let mut session = Session::connect(&server.config().call_limit(Some(LIMIT)))
        .await
        .unwrap();
    let text = "x".repeat(4 << 20);
    let large = Made::new("SELECT length($1) AS n")
        .parameter::<Text>()
        .column::<Int4>("n");
    let large = large.bound::<(Text,), _, _>(|row| Ok(row.get::<Int4, i32>(0)?), (text,));
    let error = within(5, session.fetch_one(large)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no answer within 80ms while sending the statement"),
        "{error:.200}"
    );
    let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
    assert!(error.is_timeout() || error.is_closed(), "{error:.200}");
    server.finish();
}

#[tokio::test]
async fn a_server_that_drips_is_given_up_although_it_says_something_all_the_time() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.flight().unwrap();
        peer.send(&answer(&crew())[..4].concat());
        // Each row comes when the client has taken the one before: the socket is full in between.
        let row = message::row(&[Some(&[0; 4]), Some(&[b'x'; 1000])]);
        while peer.try_send(&row) {}
    });
    let mut session = Session::connect(&server.config().call_limit(Some(LIMIT)))
        .await
        .unwrap();
    let error = within(10, session.fetch_one(QUESTION)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_name_without_addresses_and_a_socket_without_a_server_are_errors_at_once() {
    let nowhere: hathi::Config = "postgres://ada@host.invalid/crew".parse().unwrap();
    assert!(within(30, Session::connect(&nowhere)).await.is_err());
    let folder = hathi_tests::SocketFolder::new();
    let error = within(5, Session::connect(&folder.config()))
        .await
        .unwrap_err();
    assert!(!error.is_timeout(), "{error}");
}
