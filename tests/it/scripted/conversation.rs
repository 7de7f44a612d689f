//! A typical conversation, message by message.

use hathi::Query;
use hathi::sql::{Int4, Nullable, Text};
use hathi_tests::{Peer, message, statement};

/// A row of the typical question.
pub(crate) type Sailor = (i32, Option<String>);

/// The typical question.
pub(crate) const QUESTION: Query<(), Sailor> =
    statement!("SELECT id, name FROM crew", [] -> [("id", Int4), ("name", Nullable<Text>)]);

/// Another question with the same columns.
pub(crate) const OTHER: Query<(), Sailor> =
    statement!("SELECT id, name FROM passengers", [] -> [("id", Int4), ("name", Nullable<Text>)]);

/// A row as bytes.
pub(crate) fn row(id: i32, name: Option<&str>) -> Vec<u8> {
    message::row(&[Some(&id.to_be_bytes()), name.map(str::as_bytes)])
}

/// The answer to the first use of a question: one message each.
pub(crate) fn answer(rows: &[Sailor]) -> Vec<Vec<u8>> {
    let mut messages = vec![
        message::parse_complete(),
        message::parameters(&[]),
        message::columns(&[("id", 23), ("name", 25)]),
        message::bind_complete(),
    ];
    messages.extend(rows.iter().map(|(id, name)| row(*id, name.as_deref())));
    messages.push(message::complete(&format!("SELECT {}", rows.len())));
    messages.push(message::ready(b'I'));
    messages
}

/// The rows of the typical answer.
pub(crate) fn crew() -> Vec<Sailor> {
    vec![
        (1, Some("Ada".to_owned())),
        (2, None),
        (3, Some(String::new())),
    ]
}

/// The rows of the answer to the other question.
pub(crate) fn passengers() -> Vec<Sailor> {
    vec![(9, Some("nine".to_owned()))]
}

/// Answers whatever comes with the rows of the other question, correctly, until the client goes.
pub(crate) fn answer_others(peer: &mut Peer) {
    while let Some(flight) = peer.flight() {
        let closes = flight.bytes().filter(|tag| *tag == b'C').count();
        let answer = answer(&passengers());
        let known = if flight.contains('P') { 0 } else { 3 };
        let bytes = [
            message::close_complete().repeat(closes),
            answer[known..].concat(),
        ]
        .concat();
        if !peer.try_send(&bytes) {
            return;
        }
    }
}
