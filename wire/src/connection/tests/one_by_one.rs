//! Segments that wait until the one ahead of them has been answered.

use super::*;

/// The tags of what may be sent, which is handed over.
fn sent(connection: &mut Connection) -> String {
    let mut shown = Connection::new(0);
    shown.out = connection.unsent().to_vec();
    connection.handed_over(shown.out.len());
    tags(&shown)
}

#[test]
fn a_segment_is_held_back_until_the_one_ahead_of_it_is_answered() {
    let mut connection = Connection::new(0);
    connection.send_one_by_one();
    let mut first = start(&mut connection, "SELECT 1");
    let mut second = start(&mut connection, "SELECT 2");
    assert_eq!(sent(&mut connection), "PDBES");
    assert_eq!(sent(&mut connection), "");
    assert!(answer(&mut connection, &mut first, FIRST_USE).is_some());
    assert_eq!(sent(&mut connection), "PDBES");
    assert!(answer(&mut connection, &mut second, FIRST_USE).is_some());
    assert_eq!(connection.owed(), 0);
}

#[test]
fn what_a_dropped_call_owes_is_sent_and_the_next_call_waits() {
    let mut connection = Connection::new(0);
    connection.send_one_by_one();
    let dropped = start(&mut connection, "SELECT 1");
    connection.handed_over(5);
    connection.abandon(dropped.segment());
    start(&mut connection, "SELECT 2");
    let owed = connection.unsent_for_nobody().to_vec();
    assert_eq!(connection.unsent(), owed);
    connection.handed_over(owed.len());
    assert!(connection.unsent().is_empty());
    for (tag, body) in [(b'1', &b""[..]), (b'Z', b"I")] {
        assert!(connection.receive(tag, body).unwrap().is_none());
    }
    assert_eq!(sent(&mut connection), "PDBES");
}

#[test]
fn one_message_of_the_simple_protocol_waits_for_nothing() {
    let mut connection = Connection::new(0);
    connection.send_one_by_one();
    start(&mut connection, "SELECT 1");
    connection.say_to_nobody("ROLLBACK");
    start(&mut connection, "SELECT 2");
    assert_eq!(sent(&mut connection), "PDBESQ");
}

#[test]
fn otherwise_all_fly_together() {
    let mut connection = Connection::new(0);
    start(&mut connection, "SELECT 1");
    start(&mut connection, "SELECT 2");
    assert_eq!(sent(&mut connection), "PDBESPDBES");
}
