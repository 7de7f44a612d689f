//! A COPY that nobody feeds, before a server that decides how far it reads before it fails.

use hathi::{Command, Session};
use hathi_tests::{Peer, ScriptedServer, command, message, poll_times, within};

use super::conversation::{QUESTION, answer, crew};

const COPY: Command<()> = command!("COPY t FROM STDIN");

/// What becomes of the Sync that was sent behind the COPY.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    // It was read as part of the data.
    Eaten,
    // The COPY failed before it was read, and before the refusal came.
    AnsweredAtOnce,
    // The same, but the refusal had come.
    AnsweredLate,
}

/// A server that fails a COPY in this order, and answers the typical question afterwards.
fn server(order: Order) -> ScriptedServer {
    ScriptedServer::welcoming(move |peer: &mut Peer| {
        peer.expect("PDBES");
        let begun = [
            message::parse_complete(),
            message::parameters(&[]),
            message::no_data(),
            message::bind_complete(),
            message::message(b'G', &[0, 0, 0]),
        ];
        peer.send(&begun.concat());
        let failed = message::error("ERROR", "P0001", "not today");
        if order == Order::AnsweredAtOnce {
            peer.send(&[failed.clone(), message::ready(b'I')].concat());
        }
        peer.expect("fSCS");
        if order != Order::AnsweredAtOnce {
            peer.send(&failed);
        }
        if order == Order::AnsweredLate {
            peer.send(&message::ready(b'I'));
        }
        let end = [
            message::ready(b'I'),
            message::close_complete(),
            message::ready(b'I'),
        ];
        peer.send(&end.concat());
        peer.expect("PDBES");
        peer.send(&answer(&crew()).concat());
    })
}

#[tokio::test]
async fn whatever_became_of_the_sync_the_next_answer_is_that_of_the_next_question() {
    for order in [Order::Eaten, Order::AnsweredAtOnce, Order::AnsweredLate] {
        let server = server(order);
        let mut session = Session::connect(&server.config()).await.unwrap();
        let error = within(20, session.execute(COPY)).await.unwrap_err();
        let words = "COPY cannot run as a query or a command";
        assert!(error.to_string().starts_with(words), "{error}");
        let rows = within(20, session.fetch_all(QUESTION)).await.unwrap();
        assert_eq!(rows, crew());
        server.finish();
    }
}

#[tokio::test]
async fn the_same_holds_if_the_copy_is_dropped_before_it_is_answered() {
    for order in [Order::Eaten, Order::AnsweredAtOnce, Order::AnsweredLate] {
        let server = server(order);
        let mut session = Session::connect(&server.config()).await.unwrap();
        assert!(poll_times(session.execute(COPY), 1).await.is_none());
        let rows = within(20, session.fetch_all(QUESTION)).await.unwrap();
        assert_eq!(rows, crew());
        server.finish();
    }
}
