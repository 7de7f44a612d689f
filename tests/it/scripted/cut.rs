//! Conversations that end anywhere: an error each time, never a panic, never a wait.

use hathi::Session;
use hathi_tests::{Listener, ScriptedServer, message, within};

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers};

/// A server that gives each client a part of an answer, one byte more than the one before, and closes.
fn cutting(bytes: Vec<u8>, welcomed: bool) -> ScriptedServer {
    ScriptedServer::start(move |listener: &Listener| {
        for end in 0..bytes.len() {
            let mut peer = if welcomed {
                listener.welcome()
            } else {
                listener.accept()
            };
            match welcomed {
                true => assert_eq!(peer.flight().as_deref(), Some("PDBES")),
                false => drop(peer.startup()),
            }
            peer.send(&bytes[..end]);
        }
    })
}

#[tokio::test]
async fn an_answer_that_ends_at_any_byte_is_an_error() {
    let bytes = answer(&crew()).concat();
    let server = cutting(bytes.clone(), true);
    for end in 0..bytes.len() {
        let mut session = Session::connect(&server.config()).await.unwrap();
        let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
        assert!(
            error.is_closed() && session.is_closed(),
            "cut at {end}: {error}"
        );
        assert!(
            within(5, session.fetch_all(QUESTION))
                .await
                .unwrap_err()
                .is_closed()
        );
        within(5, session.close()).await.unwrap();
    }
    server.finish();
}

#[tokio::test]
async fn an_answer_to_a_script_that_ends_at_any_byte_is_an_error() {
    let bytes = [
        message::columns(&[("id", 23)]),
        message::row(&[Some(b"1")]),
        message::complete("SELECT 1"),
        message::notice("hm"),
        message::ready(b'I'),
    ]
    .concat();
    let length = bytes.len();
    let server = ScriptedServer::start(move |listener| {
        for end in 0..bytes.len() {
            let mut peer = listener.welcome();
            assert_eq!(peer.flight().as_deref(), Some("Q"));
            peer.send(&bytes[..end]);
        }
    });
    for end in 0..length {
        let mut session = Session::connect(&server.config()).await.unwrap();
        let error = within(5, session.simple("SELECT 1")).await.unwrap_err();
        assert!(
            error.is_closed() && session.is_closed(),
            "cut at {end}: {error}"
        );
    }
    server.finish();
}

#[tokio::test]
async fn a_welcome_that_ends_at_any_byte_is_an_error() {
    let bytes = message::welcome();
    let server = cutting(bytes.clone(), false);
    for end in 0..bytes.len() {
        let error = within(5, Session::connect(&server.config()))
            .await
            .unwrap_err();
        assert!(
            error.to_string().starts_with("cannot connect to "),
            "cut at {end}: {error}"
        );
    }
    server.finish();
}

#[tokio::test]
async fn an_answer_that_pauses_at_any_message_is_late_and_then_read_to_its_end() {
    let messages = answer(&crew());
    let pauses = messages.len();
    let server = ScriptedServer::start(move |listener| {
        for pause in 0..pauses {
            let mut peer = listener.welcome();
            assert_eq!(peer.flight().as_deref(), Some("PDBES"));
            let (now, later) = messages.split_at(pause);
            peer.send(&now.concat());
            // The client says when it has lost its patience: it wants the statement to be cancelled.
            assert_eq!(listener.accept().cancel_request().0, 4711);
            peer.send(&later.concat());
            answer_others(&mut peer);
        }
    });
    for pause in 0..pauses {
        let config = server
            .config()
            .call_limit(Some(std::time::Duration::from_millis(30)));
        let mut session = Session::connect(&config).await.unwrap();
        let error = session.fetch_all(QUESTION).await.unwrap_err();
        assert!(
            error.is_timeout() && !session.is_closed(),
            "paused before message {pause}: {error}"
        );
        let others = loop {
            match session.fetch_all(OTHER).await {
                Err(error) if error.is_timeout() => {}
                outcome => break outcome.unwrap(),
            }
        };
        assert_eq!(others, passengers(), "paused before message {pause}");
        session.close().await.unwrap();
    }
    server.finish();
}
