//! Portals that send so many rows at a time.

use std::num::NonZeroU32;

use super::*;

#[test]
fn a_limit_of_rows_pauses_and_goes_on_and_syncs_only_at_the_end() {
    let mut talk = Talk::start(QUERY);
    talk.execute
        .limit_rows(&mut talk.connection, NonZeroU32::new(2).unwrap());
    assert!(
        talk.connection
            .unsent()
            .ends_with(b"E\0\0\0\x09\0\0\0\0\x02H\0\0\0\x04")
    );
    assert_eq!(talk.sent(), "PDBEH");
    let first: &[(u8, &[u8])] = &[(b'1', b""), (b't', b"\0\0"), (b'T', INT4), (b'2', b"")];
    assert_eq!(talk.hear(first), None);
    let message = talk.connection.receive(b's', b"").unwrap().unwrap();
    let step = talk.execute.receive(message, &mut talk.connection);
    assert_eq!(step.unwrap(), Step::Paused);
    talk.execute.more(&mut talk.connection);
    assert_eq!(talk.sent(), "EH");
    assert_eq!(talk.hear(&[(b'C', b"SELECT 1\0")]), None);
    assert_eq!(talk.sent(), "S");
    let outcome = talk.hear(&[(b'Z', b"I")]);
    assert_eq!(outcome, Some(Ok(Completed { rows: 1 })));
}

#[test]
fn however_often_it_goes_on_what_is_kept_to_be_sent_does_not_grow() {
    let mut talk = Talk::start(QUERY);
    talk.execute
        .limit_rows(&mut talk.connection, NonZeroU32::MIN);
    talk.sent();
    let begun: &[(u8, &[u8])] = &[(b'1', b""), (b't', b"\0\0"), (b'T', INT4), (b'2', b"")];
    assert_eq!(talk.hear(begun), None);
    for _ in 0..1000 {
        assert_eq!(talk.hear(&[(b's', b"")]), None);
        talk.execute.more(&mut talk.connection);
        assert_eq!(talk.sent(), "EH");
    }
    assert!(talk.connection.out.len() < 100);
    talk.connection.abandon(talk.execute.segment());
    assert_eq!(talk.sent(), "S");
}

#[test]
fn a_paused_portal_that_is_dropped_or_drifts_is_closed_by_a_sync() {
    let mut talk = Talk::start(QUERY);
    talk.execute
        .limit_rows(&mut talk.connection, NonZeroU32::MIN);
    talk.sent();
    talk.connection.abandon(talk.execute.segment());
    assert_eq!(talk.sent(), "S");

    let mut talk = Talk::start(QUERY);
    talk.execute
        .limit_rows(&mut talk.connection, NonZeroU32::MIN);
    talk.sent();
    let drifted: &[(u8, &[u8])] = &[(b'1', b""), (b't', b"\0\0"), (b'T', INT8), (b'2', b"")];
    assert_eq!(talk.hear(drifted), None);
    assert_eq!(talk.hear(&[(b's', b"")]), None);
    assert!(talk.sent() == "S" || talk.connection.owed() == 1);
    assert!(matches!(
        talk.hear(&[(b'Z', b"I")]),
        Some(Err(Failure::Drift(_)))
    ));
}
