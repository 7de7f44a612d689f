//! Statements beside those of strangers on one connection.

use super::*;

fn beside(talk: &mut Talk, statement: Statement<'static>) {
    talk.execute =
        Execute::start_beside(&mut talk.connection, &statement, &mut |_| Ok(())).unwrap();
}

#[test]
fn beside_others_a_write_follows_in_a_segment_of_its_own_once_its_columns_are_right() {
    let mut talk = prepared(QUERY);
    beside(&mut talk, INSERT);
    assert_eq!(talk.sent(), "PDS");
    let first = talk.execute.segment();
    let asked: &[(u8, &[u8])] = &[(b'1', b""), (b't', b"\0\0"), (b'T', INT4), (b'Z', b"I")];
    assert_eq!(talk.hear(asked), None);
    assert_ne!(talk.execute.segment(), first);
    assert_eq!(talk.sent(), "BES");
    let done = talk.hear(&[(b'2', b""), (b'C', b"INSERT 0 1\0"), (b'Z', b"I")]);
    assert_eq!(done, Some(Ok(Completed { rows: 1 })));
    beside(&mut talk, INSERT);
    assert_eq!(talk.sent(), "BES", "the second use is one flight");
}

#[test]
fn beside_others_a_write_that_drifted_is_never_sent() {
    let mut talk = prepared(QUERY);
    beside(&mut talk, INSERT);
    assert_eq!(talk.sent(), "PDS");
    let asked: &[(u8, &[u8])] = &[(b'1', b""), (b't', b"\0\0"), (b'T', INT8), (b'Z', b"I")];
    assert!(matches!(talk.hear(asked), Some(Err(Failure::Drift(_)))));
    assert_eq!((talk.sent().as_str(), talk.connection.owed()), ("", 0));
}

#[test]
fn beside_others_a_statement_the_server_invalidated_is_prepared_again_behind_them() {
    for (statement, again) in [(QUERY, "CPDBES"), (INSERT, "CPDS")] {
        let mut talk = prepared(statement);
        beside(&mut talk, statement);
        let other = Statement {
            sql: "SELECT 2",
            columns: Some(&[]),
            ..QUERY
        };
        let _other = Execute::start_beside(&mut talk.connection, &other, &mut |_| Ok(())).unwrap();
        assert_eq!(talk.sent(), "BESPDBES");
        assert_eq!(talk.hear(&[(b'E', REVALIDATE), (b'Z', b"I")]), None);
        assert_eq!(talk.sent(), again);
        assert_eq!(talk.connection.owed(), 2, "the other one is answered first");
    }
}

#[test]
fn a_connection_that_is_never_at_rest_keeps_no_answered_bytes() {
    let mut talk = prepared(QUERY);
    let mut longest = 0;
    beside(&mut talk, QUERY);
    talk.sent();
    for _ in 0..10_000 {
        let oldest = std::mem::replace(
            &mut talk.execute,
            Execute::start_beside(&mut talk.connection, &QUERY, &mut |_| Ok(())).unwrap(),
        );
        assert_eq!(talk.sent(), "BES");
        let newest = std::mem::replace(&mut talk.execute, oldest);
        let done = talk.hear(&[(b'2', b""), (b'C', b"SELECT 0\0"), (b'Z', b"I")]);
        assert_eq!(done, Some(Ok(Completed { rows: 0 })));
        talk.execute = newest;
        longest = longest.max(talk.connection.out.len());
    }
    assert!(longest < 256 * 1024, "{longest}");
}
