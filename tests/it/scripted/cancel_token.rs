//! Cancel tokens and calls that are cancelled when they are dropped: the request is heard before anything else is sent.

use std::sync::mpsc;
use std::time::Duration;

use hathi::Session;
use hathi_tests::{Listener, Peer, ScriptedServer, message, poll_times, within};

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers};

/// Refuses what runs, as a server does that was asked to.
fn stop(peer: &mut Peer) {
    let words = message::error("ERROR", "57014", "canceling statement due to user request");
    peer.send(&[words, message::ready(b'I')].concat());
}

/// A statement that runs until it is cancelled; the server hears the request when the script says so.
fn cancelled_once(listener: &Listener) {
    let mut peer = listener.welcome();
    assert_eq!(peer.flight().as_deref(), Some("PDBES"));
    let mut cancel = listener.accept();
    assert_eq!(cancel.cancel_request(), (4711, vec![1, 2, 3, 4]));
    stop(&mut peer);
    assert!(peer.is_silent(), "the next statement could be hit");
    drop(cancel);
    answer_others(&mut peer);
}

#[tokio::test]
async fn a_token_stops_what_runs_and_the_next_statement_waits_until_that_was_heard() {
    let server = ScriptedServer::start(cancelled_once);
    let mut session = Session::connect(&server.config()).await.unwrap();
    let token = session.cancel_token();
    let statements = async {
        let error = session.fetch_all(QUESTION).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "57014");
        assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    };
    let (_, heard) = within(10, async { tokio::join!(statements, token.cancel()) }).await;
    heard.unwrap();
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_cancel_that_is_dropped_is_left_to_the_session() {
    // One poll begins to connect, two or three may have sent the request: the script has seen it in any case.
    for polls in 1..4 {
        let server = ScriptedServer::start(cancelled_once);
        let mut session = Session::connect(&server.config()).await.unwrap();
        let token = session.cancel_token();
        let mut victim = Box::pin(session.fetch_all(QUESTION));
        assert!(poll_times(&mut victim, 1).await.is_none());
        for _ in 0..polls {
            assert!(poll_times(token.cancel(), 1).await.is_none());
        }
        drop(victim);
        let others = within(10, session.fetch_all(OTHER)).await;
        assert_eq!(others.unwrap(), passengers());
        drop(session);
        server.finish();
    }
}

#[tokio::test]
async fn several_who_cancel_at_once_share_one_request() {
    let server = ScriptedServer::start(cancelled_once);
    let mut session = Session::connect(&server.config()).await.unwrap();
    let (one, two) = (session.cancel_token(), session.cancel_token());
    let statements = async {
        assert!(session.fetch_all(QUESTION).await.is_err());
        assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    };
    let elsewhere = tokio::spawn(async move { two.clone().cancel().await });
    let ended = within(10, async {
        tokio::join!(statements, one.cancel(), elsewhere)
    })
    .await;
    ended.1.unwrap();
    ended.2.unwrap().unwrap();
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_cancel_between_two_statements_holds_the_next_one_back() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.welcome();
        let mut cancel = listener.accept();
        cancel.cancel_request();
        assert!(peer.is_silent(), "the statement could be hit");
        drop(cancel);
        assert_eq!(peer.flight().as_deref(), Some("PDBES"));
        peer.send(&answer(&crew()).concat());
        assert!(peer.until_closed().len() < 10);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let token = session.cancel_token();
    let (heard, rows) = within(10, async {
        tokio::join!(token.cancel(), session.fetch_all(QUESTION))
    })
    .await;
    heard.unwrap();
    assert_eq!(rows.unwrap(), crew());
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_session_without_a_key_cannot_be_cancelled_and_says_so() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.accept();
        peer.startup();
        peer.send(&[message::authentication(0, b""), message::ready(b'I')].concat());
        answer_others(&mut peer);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = session.cancel_token().cancel().await.unwrap_err();
    assert!(error.to_string().contains("no key to cancel by"), "{error}");
    let others = within(5, session.fetch_all(OTHER)).await;
    assert_eq!(others.unwrap(), passengers());
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_an_error_and_the_session_goes_on() {
    let server = ScriptedServer::welcoming(answer_others);
    let mut session = Session::connect(&server.config()).await.unwrap();
    let token = session.cancel_token();
    std::fs::remove_file(server.socket()).unwrap();
    let error = within(5, token.cancel()).await.unwrap_err();
    let words = error.to_string();
    assert!(
        words.starts_with("the cancel request was not heard: "),
        "{words}"
    );
    let others = within(5, session.fetch_all(OTHER)).await;
    assert_eq!(others.unwrap(), passengers());
    drop(session);
    assert!(within(5, token.cancel()).await.is_err());
    server.finish();
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled_though_nobody_uses_the_session() {
    let (heard, wait) = mpsc::channel();
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.welcome();
        assert_eq!(peer.flight().as_deref(), Some("PDBES"));
        let mut cancel = listener.accept();
        assert_eq!(cancel.cancel_request(), (4711, vec![1, 2, 3, 4]));
        heard.send(()).unwrap();
        stop(&mut peer);
        assert!(peer.is_silent(), "the next statement could be hit");
        drop(cancel);
        answer_others(&mut peer);
    });
    let config = server.config().cancel_on_drop(true);
    let mut session = Session::connect(&config).await.unwrap();
    assert!(poll_times(session.fetch_all(QUESTION), 1).await.is_none());
    within(10, async {
        while wait.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let others = within(10, session.fetch_all(OTHER)).await;
    assert_eq!(others.unwrap(), passengers());
    drop(session);
    server.finish();
}

#[test]
fn a_call_that_is_dropped_outside_a_runtime_is_cancelled_by_the_next_one() {
    let server = ScriptedServer::start(cancelled_once);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = server.config().cancel_on_drop(true);
    let mut session = runtime.block_on(Session::connect(&config)).unwrap();
    let mut victim = Box::pin(session.fetch_all(QUESTION));
    assert!(runtime.block_on(poll_times(&mut victim, 1)).is_none());
    drop(victim);
    let others = runtime.block_on(async { within(10, session.fetch_all(OTHER)).await });
    assert_eq!(others.unwrap(), passengers());
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_call_of_which_nothing_was_sent_is_dropped_without_a_word() {
    let server = ScriptedServer::welcoming(answer_others);
    let config = server.config().cancel_on_drop(true);
    let mut session = Session::connect(&config).await.unwrap();
    drop(session.fetch_all(QUESTION));
    assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
    session.cancel_on_drop(false);
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_server_that_does_not_close_costs_a_cancel_five_seconds() {
    let server = ScriptedServer::start(|listener| {
        let mut peer = listener.welcome();
        let mut cancel = listener.accept();
        cancel.cancel_request();
        assert_eq!(peer.flight(), None);
        drop(cancel);
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let token = session.cancel_token();
    let error = within(60, token.cancel()).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(
        error
            .to_string()
            .contains(&format!("{:?}", Duration::from_secs(5)))
    );
    drop(session);
    server.finish();
}
