//! Servers that go: with words, without, in the middle of something.

use hathi::{Session, SqlState};
use hathi_tests::{ScriptedServer, message, within};

use super::conversation::{QUESTION, answer, crew};

const WORDS: &str = "terminating connection because of crash of another server process";

fn fatal() -> Vec<u8> {
    message::error("FATAL", "57P02", WORDS)
}

/// Sends this behind the first messages of the answer, and goes.
async fn check(sent: usize, last: Vec<u8>, words: &str) {
    let server = ScriptedServer::welcoming(move |peer| {
        peer.flight().unwrap();
        peer.send(&[answer(&crew())[..sent].concat(), last].concat());
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
    assert!(error.is_closed() && session.is_closed(), "{error}");
    assert!(
        error.to_string().contains(words),
        "behind {sent} messages: {error}"
    );
    server.finish();
}

#[tokio::test]
async fn the_last_words_of_a_server_are_told_wherever_they_come() {
    for sent in 0..answer(&crew()).len() {
        check(sent, fatal(), WORDS).await;
        check(sent, message::error("PANIC", "XX000", WORDS), WORDS).await;
        check(sent, [message::notice("farewell"), fatal()].concat(), WORDS).await;
    }
}

#[tokio::test]
async fn a_server_that_goes_without_a_word_is_told_as_that() {
    for sent in 0..answer(&crew()).len() {
        check(sent, Vec::new(), "the session is closed").await;
        check(sent, b"D\0\0".to_vec(), "the session is closed").await;
    }
}

#[tokio::test]
async fn a_servers_error_is_told_although_the_server_goes_right_after_it() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.flight().unwrap();
        peer.send(
            &[
                answer(&crew())[..5].concat(),
                message::error("ERROR", "22012", "division by zero"),
            ]
            .concat(),
        );
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
    assert_eq!(
        error.sql_state(),
        Some(SqlState::DIVISION_BY_ZERO),
        "{error}"
    );
    assert!(session.is_closed());
    server.finish();
}

#[tokio::test]
async fn last_words_said_to_an_idle_session_are_told_at_its_next_use() {
    for prepared in [false, true] {
        let server = ScriptedServer::welcoming(move |peer| {
            if prepared {
                peer.flight().unwrap();
                peer.send(&answer(&crew()).concat());
            }
            peer.send(&fatal());
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        if prepared {
            assert_eq!(session.fetch_all(QUESTION).await.unwrap(), crew());
        }
        let error = within(5, session.fetch_all(QUESTION)).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::CRASH_SHUTDOWN), "{error}");
        assert!(error.to_string().contains(WORDS), "{error}");
        server.finish();
    }
}

#[tokio::test]
async fn an_error_at_the_end_of_the_transaction_is_the_statements_error() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.flight().unwrap();
        let mut messages = answer(&crew());
        messages.insert(
            messages.len() - 1,
            message::error("ERROR", "23503", "violates foreign key constraint"),
        );
        peer.send(&messages.concat());
        peer.until_closed();
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = session.fetch_all(QUESTION).await.unwrap_err();
    assert_eq!(error.sql_state(), Some(SqlState::FOREIGN_KEY_VIOLATION));
    assert!(!session.is_closed());
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_session_ends_with_a_word_when_it_is_closed_and_without_when_it_is_dropped() {
    for closed in [true, false] {
        let server = ScriptedServer::welcoming(move |peer| {
            let last: &[u8] = if closed { b"X\0\0\0\x04" } else { b"" };
            assert_eq!(peer.until_closed(), last);
        });
        let session = Session::connect(&server.config()).await.unwrap();
        if closed {
            session.close().await.unwrap();
        } else {
            drop(session);
        }
        server.finish();
    }
}
