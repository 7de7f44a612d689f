//! Notifications between any two messages, and connections that end in one.

use hathi::{Listener, ListenerOptions, Session};
use hathi_tests::{ScriptedServer, message, within};
use std::time::Duration;

use super::conversation::{OTHER, QUESTION, answer, answer_others, crew, passengers};

fn notification(process: u32, channel: &str, payload: &str) -> Vec<u8> {
    let words = format!("{channel}\0{payload}\0");
    message::message(
        b'A',
        &[&process.to_be_bytes()[..], words.as_bytes()].concat(),
    )
}

#[tokio::test]
async fn a_notification_between_any_two_messages_of_an_answer_is_told_and_disturbs_nothing() {
    let messages = answer(&crew());
    let places = messages.len();
    let server = ScriptedServer::start(move |listener| {
        for place in 0..=places {
            let mut peer = listener.welcome();
            assert_eq!(peer.flight().as_deref(), Some("PDBES"));
            let (before, behind) = messages.split_at(place);
            let told = notification(4712, "news", &place.to_string());
            peer.send(&[before.concat(), told, behind.concat()].concat());
            answer_others(&mut peer);
        }
    });
    for place in 0..=places {
        let mut session = Session::connect(&server.config()).await.unwrap();
        let rows = within(5, session.fetch_all(QUESTION)).await.unwrap();
        assert_eq!(rows, crew(), "told at {place}");
        let event = within(5, session.next_notification()).await.unwrap();
        let told = event.notification().unwrap();
        assert_eq!((told.process_id, told.channel.as_str()), (4712, "news"));
        assert_eq!(told.payload, place.to_string());
        assert_eq!(session.fetch_all(OTHER).await.unwrap(), passengers());
        session.close().await.unwrap();
    }
    server.finish();
}

#[tokio::test]
async fn a_notification_that_is_cut_at_any_byte_is_an_error_and_what_came_before_is_told() {
    let (first, second) = (
        notification(1, "c", "first"),
        notification(1, "c", "second"),
    );
    let (length, whole) = (second.len(), first.len());
    let server = ScriptedServer::start(move |listener| {
        for end in 0..length {
            let mut peer = listener.welcome();
            peer.send(&[&first[..], &second[..end]].concat());
        }
    });
    assert!(whole > 0);
    for end in 0..length {
        let mut session = Session::connect(&server.config()).await.unwrap();
        let event = within(5, session.next_notification()).await.unwrap();
        assert_eq!(event.notification().unwrap().payload, "first");
        let error = within(5, session.next_notification()).await.unwrap_err();
        assert!(
            error.is_closed() && session.is_closed(),
            "cut at {end}: {error}"
        );
        assert!(session.next_notification().await.unwrap_err().is_closed());
    }
    server.finish();
}

#[tokio::test]
async fn a_notification_that_makes_no_sense_ends_the_session_with_words() {
    for body in [
        &b""[..],
        b"\0\0\0\x01c",
        b"\0\0\0\x01c\0x",
        b"\0\0\0\x01\xff\0\0",
        b"\0\0\0\x01c\0x\0y",
    ] {
        let server = ScriptedServer::welcoming(move |peer| {
            peer.send(&message::message(b'A', body));
            peer.until_closed();
        });
        let mut session = Session::connect(&server.config()).await.unwrap();
        let error = within(5, session.next_notification()).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the session had to be closed: "),
            "{body:?}: {error}"
        );
        assert!(session.is_closed());
        drop(session);
        server.finish();
    }
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_ends_the_session_of_whoever_waits() {
    let server = ScriptedServer::welcoming(|peer| {
        peer.send(&message::complete("SELECT 1"));
        peer.until_closed();
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let error = within(5, session.next_notification()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the session had to be closed: "),
        "{error}"
    );
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_listener_whose_connection_ends_at_any_byte_tells_what_came_a_gap_and_what_comes_next() {
    let told = [notification(1, "c", "a"), notification(1, "c", "b")];
    let (bytes, first) = (told.concat(), told[0].len());
    let length = bytes.len();
    let listening = [message::complete("LISTEN"), message::ready(b'I')].concat();
    let server = ScriptedServer::start(move |listener| {
        let mut peer = listener.welcome();
        assert_eq!(peer.expect("Q"), b"LISTEN \"c\"\0");
        for end in 0..=length {
            // The server may tell something before it has said that it does.
            peer.send(&[&listening[..], &bytes[..end]].concat());
            drop(peer);
            peer = listener.welcome();
            assert_eq!(peer.expect("Q"), b"LISTEN \"c\"; \0");
        }
        peer.send(&[&listening[..], &notification(1, "c", "end")].concat());
        peer.until_closed();
    });
    let options =
        ListenerOptions::new().backoff(Duration::from_millis(1), Duration::from_millis(1));
    let mut listener = Listener::connect_with(&server.config(), options)
        .await
        .unwrap();
    listener.listen("c").await.unwrap();
    for end in 0..=length {
        let whole = ["a", "b"].into_iter().zip([first, length]);
        for (payload, _) in whole.filter(|(_, needed)| end >= *needed) {
            let event = within(5, listener.next()).await.unwrap().unwrap();
            assert_eq!(
                event.notification().expect("no gap").payload,
                payload,
                "cut at {end}"
            );
        }
        let event = within(5, listener.next()).await.unwrap().unwrap();
        assert!(
            event.gap().expect("a gap").cause().unwrap().is_closed(),
            "cut at {end}"
        );
    }
    let event = within(5, listener.next()).await.unwrap().unwrap();
    assert_eq!(event.notification().unwrap().payload, "end");
    listener.close().await.unwrap();
    server.finish();
}
