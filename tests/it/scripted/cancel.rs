//! Cancel requests: what they say, and that nothing is sent in the session before the server has heard them.

use std::time::Duration;

use hathi::Session;
use hathi_tests::{ScriptedServer, message, poll_times, within};

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers, row};

#[tokio::test]
async fn an_abandoned_answer_that_is_long_is_cancelled_and_nothing_is_sent_before_that_was_heard() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.welcome();
        assert_eq!(peer.flight().as_deref(), Some("PDBES"));
        peer.send(&answer(&crew())[..4].concat());
        let name = "x".repeat(1000);
        for _ in 0..1500 {
            peer.send(&row(1, Some(&name)));
        }
        let mut cancel = listener.accept();
        assert_eq!(cancel.cancel_request(), (4711, vec![1, 2, 3, 4]));
        assert!(
            peer.is_silent(),
            "the next statement waits for the end of the answer"
        );
        peer.send(
            &[
                message::error("ERROR", "57014", "canceling statement"),
                message::ready(b'I'),
            ]
            .concat(),
        );
        assert!(
            peer.is_silent(),
            "a late cancel request could hit the next statement"
        );
        drop(cancel);
        answer_others(&mut peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    assert_eq!(
        within(10, session.fetch_all(OTHER)).await.unwrap(),
        passengers()
    );
    assert_eq!(
        within(5, session.fetch_all(OTHER)).await.unwrap(),
        passengers()
    );
    drop(session);
    server.finish();
}

#[tokio::test]
async fn an_abandoned_answer_that_does_not_come_is_cancelled() {
    for secret in [vec![9; 4], vec![7; 32], vec![5; 256]] {
        let expected = secret.clone();
        let server = ScriptedServer::start(move |listener| {
            let mut peer = listener.accept();
            peer.startup();
            let welcome = [
                message::authentication(0, b""),
                message::key_data(815, &secret),
                message::ready(b'I'),
            ];
            peer.send(&welcome.concat());
            peer.flight().unwrap();
            let mut cancel = listener.accept();
            assert_eq!(cancel.cancel_request(), (815, expected));
            drop(cancel);
            peer.send(
                &[
                    message::error("ERROR", "57014", "canceling statement"),
                    message::ready(b'I'),
                ]
                .concat(),
            );
            answer_others(&mut peer);
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
        assert_eq!(
            within(10, session.fetch_all(OTHER)).await.unwrap(),
            passengers()
        );
        drop(session);
        server.finish();
    }
}

#[tokio::test]
async fn a_cancel_request_that_came_too_early_is_repeated() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.welcome();
        peer.flight().unwrap();
        for _ in 0..3 {
            listener.accept().cancel_request();
        }
        peer.send(
            &[
                message::error("ERROR", "57014", "canceling statement"),
                message::ready(b'I'),
            ]
            .concat(),
        );
        answer_others(&mut peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    assert_eq!(
        within(10, session.fetch_all(OTHER)).await.unwrap(),
        passengers()
    );
    drop(session);
    server.finish();
}

#[tokio::test]
async fn an_abandoned_answer_that_is_short_and_there_is_read_and_nothing_is_cancelled() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.welcome();
        peer.flight().unwrap();
        peer.send(&answer(&crew()).concat());
        answer_others(&mut peer);
    });
    let mut session = Session::connect(&server.config().call_limit(Some(Duration::from_secs(5))))
        .await
        .unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    for _ in 0..2 {
        assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    }
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_session_that_knows_no_key_reads_to_the_end() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&[message::authentication(0, b""), message::ready(b'I')].concat());
        peer.flight().unwrap();
        peer.send(&answer(&crew())[..4].concat());
        for _ in 0..1500 {
            peer.send(&row(1, Some(&"x".repeat(1000))));
        }
        peer.send(&answer(&crew())[7..].concat());
        answer_others(&mut peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    assert_eq!(
        within(10, session.fetch_all(OTHER)).await.unwrap(),
        passengers()
    );
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_dropped_copy_is_refused_before_the_next_statement_is_sent() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().as_deref(), Some("PDBES"));
        peer.send(
            &[
                answer(&crew())[..4].concat(),
                message::message(b'G', &[0, 0, 0]),
            ]
            .concat(),
        );
        peer.expect("fS");
        peer.send(
            &[
                message::error("ERROR", "57014", "COPY from stdin failed"),
                message::ready(b'I'),
            ]
            .concat(),
        );
        answer_others(peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    assert_eq!(
        within(10, session.fetch_all(OTHER)).await.unwrap(),
        passengers()
    );
    drop(session);
    server.finish();
}
