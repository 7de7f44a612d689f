//! Transactions whose BEGIN fails, or whose answer nobody has heard: nothing meant for them runs in autocommit.

use hathi::{Session, sql};
use hathi_tests::{ScriptedServer, command, message, poll_times, within};

const INSERT: hathi::Command<()> = command!("INSERT INTO t DEFAULT VALUES");

#[tokio::test]
async fn a_begin_that_fails_fails_its_statement_and_all_that_follow() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().unwrap(), "PBEPDBES");
        let refusal = message::error(
            "ERROR",
            "0A000",
            "cannot use serializable mode in a hot standby",
        );
        peer.send(
            &[
                message::parse_complete(),
                message::bind_complete(),
                refusal,
                message::ready(b'I'),
            ]
            .concat(),
        );
        assert_eq!(peer.until_closed(), b"X\0\0\0\x04", "nothing else was said");
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let mut tx = session.begin();
    let error = within(20, tx.execute(INSERT)).await.unwrap_err();
    assert_eq!(error.sql_state().unwrap().code(), "0A000");
    assert!(tx.execute(INSERT).await.unwrap_err().is_transaction_over());
    assert!(tx.commit().await.unwrap_err().is_transaction_over());
    session.close().await.unwrap();
    server.finish();
}

#[tokio::test]
async fn behind_a_dropped_begin_a_guard_keeps_statements_out_of_autocommit() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().unwrap(), "PBEPDBES");
        let refusal = message::error(
            "ERROR",
            "0A000",
            "cannot use serializable mode in a hot standby",
        );
        peer.send(
            &[
                message::parse_complete(),
                message::bind_complete(),
                refusal,
                message::ready(b'I'),
            ]
            .concat(),
        );
        let guard = peer.expect("P");
        assert!(guard.starts_with(b"\0SAVEPOINT "), "{guard:?}");
        peer.expect("BEPBEPDBES");
        let outside = message::error(
            "ERROR",
            "25P01",
            "SAVEPOINT can only be used in transaction blocks",
        );
        peer.send(
            &[
                message::parse_complete(),
                message::bind_complete(),
                outside,
                message::ready(b'I'),
            ]
            .concat(),
        );
        assert_eq!(peer.until_closed(), b"X\0\0\0\x04");
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let mut tx = session.begin();
    assert!(poll_times(tx.execute(INSERT), 1).await.is_none());
    let error = within(20, tx.execute(INSERT)).await.unwrap_err();
    assert_eq!(error.sql_state().unwrap().code(), "25P01");
    drop(tx);
    session.close().await.unwrap();
    server.finish();
}

#[tokio::test]
async fn a_commit_that_takes_too_long_leaves_the_outcome_open() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().unwrap(), "PBEPDBES");
        peer.send(&begun_and_inserted());
        assert_eq!(peer.flight().unwrap(), "Q");
        peer.until_closed();
    });
    let config = server
        .config()
        .call_limit(Some(std::time::Duration::from_millis(200)));
    let mut session = Session::connect(&config).await.unwrap();
    let mut tx = session.begin();
    assert_eq!(tx.execute(INSERT).await.unwrap(), 1);
    let error = within(20, tx.commit()).await.unwrap_err();
    assert!(error.is_outcome_unknown() && error.is_timeout(), "{error}");
    drop(session);
    server.finish();
}

/// A query written by hand runs in a transaction like any other.
const ONE: hathi::Query<(), i32> = hathi::Query::raw("SELECT 1", (), sql::int4);

#[tokio::test]
async fn a_fatal_error_in_answer_to_commit_leaves_the_outcome_open() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().unwrap(), "PBEPDBES");
        peer.send(
            &[
                message::parse_complete(),
                message::bind_complete(),
                message::complete("BEGIN"),
                message::parse_complete(),
                message::parameters(&[]),
                message::columns(&[("n", 23)]),
                message::bind_complete(),
                message::row(&[Some(&[0, 0, 0, 1])]),
                message::complete("SELECT 1"),
                message::ready(b'T'),
            ]
            .concat(),
        );
        assert_eq!(peer.flight().unwrap(), "Q");
        peer.send(&message::error("FATAL", "57P01", "terminating connection"));
    });
    let mut session = Session::connect(&server.config()).await.unwrap();
    let mut tx = session.begin();
    assert_eq!(within(20, tx.fetch_one(ONE)).await.unwrap(), 1);
    let error = within(20, tx.commit()).await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert_eq!(error.sql_state().unwrap().code(), "57P01");
    drop(session);
    server.finish();
}

#[tokio::test]
async fn a_commit_that_was_never_sent_leaves_nothing_open() {
    let server = ScriptedServer::welcoming(|peer| {
        assert_eq!(peer.flight().unwrap(), "PBEPDBES");
        peer.send(&begun_and_inserted());
        assert_eq!(peer.flight().unwrap(), "BES");
        // It is never answered, and the COMMIT waits behind it.
        let rest = peer.until_closed();
        assert!(!rest.windows(6).any(|word| word == b"COMMIT"), "{rest:?}");
    });
    let limit = std::time::Duration::from_millis(100);
    let config = server.config().call_limit(Some(limit));
    let mut session = Session::connect(&config).await.unwrap();
    let mut tx = session.begin();
    assert_eq!(tx.execute(INSERT).await.unwrap(), 1);
    assert!(poll_times(tx.execute(INSERT), 1).await.is_none());
    let error = within(20, tx.commit()).await.unwrap_err();
    assert!(error.is_timeout() && !error.is_outcome_unknown(), "{error}");
    drop(session);
    server.finish();
}

/// The answer to the first statement of a transaction, and to its BEGIN.
fn begun_and_inserted() -> Vec<u8> {
    [
        message::parse_complete(),
        message::bind_complete(),
        message::complete("BEGIN"),
        message::parse_complete(),
        message::parameters(&[]),
        message::no_data(),
        message::bind_complete(),
        message::complete("INSERT 0 1"),
        message::ready(b'T'),
    ]
    .concat()
}
