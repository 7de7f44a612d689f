//! BEGIN and SAVEPOINT at the head of a segment: written with it, answered before it, and never lost with it.

use super::*;
use crate::simple::Simple;

const BEGUN: &[(u8, &[u8])] = &[(b'1', b""), (b'2', b""), (b'C', b"BEGIN\0")];

#[test]
fn a_rider_is_first_in_the_same_segment_and_its_answer_is_nobodys_business() {
    let mut connection = Connection::new(8);
    let begin = connection.ride("BEGIN");
    assert!(connection.is_waiting(begin) && connection.unsent().is_empty());
    let mut execute = start(&mut connection, "SELECT 1");
    assert_eq!(tags(&connection), "PBEPDBES");
    assert!(!connection.is_waiting(begin));
    connection.handed_over(usize::MAX / 2);
    assert_eq!(answer(&mut connection, &mut execute, BEGUN), None);
    let mut rest = FIRST_USE.to_vec();
    *rest.last_mut().unwrap() = (b'Z', b"T");
    assert_eq!(
        answer(&mut connection, &mut execute, &rest),
        Some(Ok(Completed { rows: 0 }))
    );
    assert_eq!(connection.status(), TransactionStatus::InTransaction);
    start(&mut connection, "SELECT 1");
    assert_eq!(
        tags(&connection),
        "BES",
        "it rides once, and the statement is prepared"
    );
}

#[test]
fn a_begin_that_fails_fails_the_statement_behind_it() {
    let mut connection = Connection::new(8);
    connection.ride("BEGIN ISOLATION LEVEL SERIALIZABLE");
    let mut execute = start(&mut connection, "INSERT");
    connection.handed_over(usize::MAX / 2);
    let refused: &[(u8, &[u8])] = &[
        (b'1', b""),
        (b'2', b""),
        (b'E', b"SERROR\0C0A000\0Mnot here\0\0"),
        (b'Z', b"I"),
    ];
    let outcome = answer(&mut connection, &mut execute, refused);
    assert!(matches!(outcome, Some(Err(Failure::Server(_)))));
    start(&mut connection, "INSERT");
    assert_eq!(tags(&connection), "PDBES", "its Parse was skipped");
}

#[test]
fn dropped_at_every_byte_a_rider_waits_again_unless_it_was_handed_over() {
    let whole = {
        let mut connection = Connection::new(8);
        connection.ride("BEGIN");
        start(&mut connection, "INSERT");
        connection.out.len()
    };
    let before_execute = {
        let mut connection = Connection::new(8);
        connection.ride("BEGIN");
        start(&mut connection, "INSERT");
        connection.seated[0].runs_at
    };
    for sent in 0..=whole {
        let mut connection = Connection::new(8);
        let begin = connection.ride("BEGIN");
        let execute = start(&mut connection, "INSERT");
        connection.handed_over(sent);
        connection.abandon(execute.segment());
        let runs = u64::try_from(sent).unwrap() > before_execute;
        assert_eq!(connection.is_waiting(begin), !runs, "{sent} bytes");
        let executes = tags(&connection).matches('E').count();
        assert_eq!(executes > 0, runs, "{sent} bytes");
    }
}

#[test]
fn behind_a_refused_copy_a_rider_is_known_by_where_it_stands_now() {
    for sent in [0, 1] {
        let mut connection = Connection::new(8);
        let copy = start(&mut connection, "COPY t FROM STDIN");
        connection.handed_over(usize::MAX / 2);
        connection.abandon(copy.segment());
        let begin = connection.ride("BEGIN");
        let execute = start(&mut connection, "INSERT");
        let whole = connection.unsent().len();
        // What refuses the data is put before what waits.
        for (tag, body) in [
            (b'1', &b""[..]),
            (b't', b"\0\0"),
            (b'n', b""),
            (b'2', b""),
            (b'G', b"\0\0\0"),
        ] {
            assert!(connection.receive(tag, body).unwrap().is_none());
        }
        let refusal = connection.unsent().len() - whole;
        assert!(refusal > 0);
        connection.handed_over(refusal + sent);
        connection.abandon(execute.segment());
        assert!(connection.is_waiting(begin), "{sent} bytes");
        start(&mut connection, "INSERT");
        assert!(
            tags(&connection).ends_with("PBEPDBES"),
            "{}",
            tags(&connection)
        );
    }
}

#[test]
fn several_ride_in_their_order_and_those_taken_back_do_not() {
    let mut connection = Connection::new(8);
    let begin = connection.ride("BEGIN");
    let inner = connection.ride("SAVEPOINT a");
    let innermost = connection.ride("SAVEPOINT b");
    assert!(connection.withdraw(inner));
    assert!(!connection.is_waiting(innermost) && connection.is_waiting(begin));
    assert!(!connection.withdraw(inner));
    connection.ride("SAVEPOINT c");
    start(&mut connection, "SELECT 1");
    assert_eq!(tags(&connection), "PBEPBEPDBES");
    let text = String::from_utf8_lossy(&connection.out).into_owned();
    assert!(text.find("BEGIN").unwrap() < text.find("SAVEPOINT c").unwrap());
}

#[test]
fn in_front_of_a_script_they_are_part_of_its_text() {
    let mut connection = Connection::new(8);
    connection.ride("BEGIN");
    let mut simple = Simple::start(&mut connection, "SELECT x").unwrap();
    assert_eq!(connection.unsent(), b"Q\0\0\0\x14BEGIN;\nSELECT x\0");
    connection.handed_over(usize::MAX / 2);
    let script: &[(u8, &[u8])] = &[
        (b'C', b"BEGIN\0"),
        (b'E', b"SERROR\0C42703\0Mno such column\0P15\0\0"),
        (b'Z', b"E"),
    ];
    let mut outcome = None;
    for (tag, body) in script {
        let message = connection.receive(*tag, body).unwrap().unwrap();
        if let Step::Done(done) = simple.receive(message, &mut connection).unwrap() {
            outcome = Some(done);
        }
    }
    let Some(Err(Failure::Server(error))) = outcome else {
        panic!("expected the server's error, found {outcome:?}");
    };
    assert_eq!(error.position, Some(8), "counted in the caller's own text");
}

#[test]
fn what_is_said_to_nobody_is_sent_behind_everything_and_is_never_taken_back() {
    let mut connection = Connection::new(8);
    let execute = start(&mut connection, "INSERT");
    connection.handed_over(3);
    connection.abandon(execute.segment());
    connection.say_to_nobody("ROLLBACK");
    connection.abandon_all();
    assert_eq!(tags(&connection), "PSQ");
    assert_eq!(
        connection.unsent_for_nobody().len(),
        connection.unsent().len()
    );
    start(&mut connection, "SELECT 1");
    assert_eq!(connection.owed(), 3);
}

#[test]
fn a_rollback_that_was_cancelled_is_said_again_before_anything_else() {
    let mut connection = Connection::new(8);
    let execute = start(&mut connection, "INSERT");
    connection.handed_over(usize::MAX / 2);
    connection.abandon(execute.segment());
    connection.roll_back_for_nobody();
    connection.handed_over(usize::MAX / 2);
    let mut next = start(&mut connection, "SELECT 1");
    let canceled: &[u8] = b"SERROR\0C57014\0Mcanceling statement due to user request\0\0";
    for (tag, body) in [
        (b'E', canceled),
        (b'Z', b"E"),
        (b'E', canceled),
        (b'Z', b"E"),
    ] {
        assert!(connection.receive(tag, body).unwrap().is_none());
    }
    assert!(connection.unsent().starts_with(b"Q\0\0\0\x0dROLLBACK\0P"));
    assert_eq!(connection.unsent_for_nobody(), b"Q\0\0\0\x0dROLLBACK\0");
    connection.handed_over(usize::MAX / 2);
    assert!(connection.receive(b'C', b"ROLLBACK\0").unwrap().is_none());
    assert!(connection.receive(b'Z', b"I").unwrap().is_none());
    assert_eq!(
        answer(&mut connection, &mut next, FIRST_USE),
        Some(Ok(Completed { rows: 0 }))
    );
}
