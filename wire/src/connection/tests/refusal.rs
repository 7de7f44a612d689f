//! A COPY that nobody feeds: whatever the server did with the Sync behind it, the next answer belongs to the next question.

use super::*;

const COPY: &str = "COPY t FROM STDIN";
const ERROR: (u8, &[u8]) = (b'E', b"SERROR\0VERROR\0CP0001\0Mnot today\0\0");
const READY: (u8, &[u8]) = (b'Z', b"I");
const CLOSED: (u8, &[u8]) = (b'3', b"");
const REFUSED: Option<Result<Completed, Failure>> = Some(Err(Failure::Copy));

/// The answer up to CopyInResponse, on the first use.
const OPENED: &[(u8, &[u8])] = &[
    (b'1', b""),
    (b't', b"\0\0"),
    (b'n', b""),
    (b'2', b""),
    (b'G', b"\0\0\0"),
];

/// What a server says behind CopyInResponse.
const ORDERS: &[&[(u8, &[u8])]] = &[
    // The Sync was eaten.
    &[ERROR, READY, CLOSED, READY],
    // The server failed before it read, and answered the Sync.
    &[ERROR, READY, READY, CLOSED, READY],
];

#[test]
fn the_answer_ends_behind_the_mark_whether_or_not_the_sync_was_eaten() {
    for order in ORDERS {
        let mut connection = Connection::new(8);
        let mut copy = start(&mut connection, COPY);
        connection.handed_over(1000);
        assert_eq!(answer(&mut connection, &mut copy, OPENED), None);
        assert_eq!(tags(&connection), "PDBESfSCS");
        connection.handed_over(1000);
        let (last, before) = order.split_last().unwrap();
        assert_eq!(answer(&mut connection, &mut copy, before), None);
        assert_eq!(connection.owed(), 1);
        assert_eq!(answer(&mut connection, &mut copy, &[*last]), REFUSED);
        assert_eq!(connection.owed(), 0);
        // Nothing of it is left for the next statement.
        let mut next = start(&mut connection, "SELECT 1");
        connection.handed_over(1000);
        let done = answer(&mut connection, &mut next, FIRST_USE);
        assert!(done.unwrap().is_ok());
    }
}

#[test]
fn a_statement_queued_behind_the_copy_gets_its_own_answer_in_every_order() {
    for order in ORDERS {
        let mut connection = Connection::new(8);
        let mut copy = start(&mut connection, COPY);
        connection.handed_over(1000);
        let mut next = start(&mut connection, "SELECT 1");
        assert_eq!(answer(&mut connection, &mut copy, OPENED), None);
        assert_eq!(tags(&connection), "PDBESfSCSPDBES");
        connection.handed_over(1000);
        assert_eq!(answer(&mut connection, &mut copy, order), REFUSED);
        let done = answer(&mut connection, &mut next, FIRST_USE);
        assert!(done.unwrap().is_ok());
    }
}

#[test]
fn where_the_next_statement_has_been_begun_nothing_is_said_and_the_sync_that_was_sent_counts() {
    let mut connection = Connection::new(8);
    let mut copy = start(&mut connection, COPY);
    let length = connection.unsent().len();
    let mut next = start(&mut connection, "SELECT 1");
    connection.handed_over(length + 1);
    assert_eq!(answer(&mut connection, &mut copy, OPENED), None);
    assert_eq!(tags(&connection), "PDBESPDBES");
    connection.handed_over(1000);
    // The only way on: it has failed before it read, and the Sync is answered.
    let done = answer(&mut connection, &mut copy, &[ERROR, READY]);
    assert_eq!(done, REFUSED);
    let done = answer(&mut connection, &mut next, FIRST_USE);
    assert!(done.unwrap().is_ok());
}

#[test]
fn dropped_at_any_moment_it_is_refused_whole() {
    for order in ORDERS {
        // What has been handed over of the refusal when the future is dropped; None is before the server has answered.
        for sent in std::iter::once(None).chain((0..40).map(Some)) {
            let mut connection = Connection::new(8);
            let mut copy = start(&mut connection, COPY);
            connection.handed_over(1000);
            if sent.is_none() {
                connection.abandon(copy.segment());
            }
            assert_eq!(answer(&mut connection, &mut copy, OPENED), None);
            if let Some(sent) = sent {
                connection.handed_over(sent);
                connection.abandon(copy.segment());
            }
            assert_eq!(tags(&connection), "PDBESfSCS", "{sent:?}");
            connection.handed_over(connection.unsent_for_nobody().len());
            assert_eq!(connection.unsent(), b"");
            assert_eq!(answer(&mut connection, &mut copy, order), None);
            assert_eq!((connection.owed(), connection.draining()), (0, None));
        }
    }
}

#[test]
fn a_copy_whose_sync_was_not_sent_needs_no_mark() {
    let mut connection = Connection::new(8);
    let copy = crate::copy_in::CopyIn::start(&mut connection, COPY, None).unwrap();
    connection.handed_over(1000);
    connection.abandon(copy.segment());
    assert!(connection.receive(b'G', b"\0\0\0").unwrap().is_none());
    assert_eq!(tags(&connection), "PBEHHfS");
    connection.handed_over(1000);
    for (tag, body) in [ERROR, READY] {
        assert!(connection.receive(tag, body).unwrap().is_none());
    }
    assert_eq!(connection.owed(), 0);
}

#[test]
fn a_script_has_one_end_whatever_became_of_its_copy() {
    let mut connection = Connection::new(8);
    let mut script = crate::simple::Simple::start(&mut connection, COPY).unwrap();
    connection.handed_over(1000);
    let opened = connection.receive(b'G', b"\0\0\0").unwrap().unwrap();
    script.receive(opened, &mut connection).unwrap();
    assert_eq!(tags(&connection), "Qf");
    for (tag, body) in [ERROR, READY] {
        let message = connection.receive(tag, body).unwrap().unwrap();
        script.receive(message, &mut connection).unwrap();
    }
    assert_eq!(connection.owed(), 0);
}
