//! Time limits of calls: the error says so, the server is asked to stop, and the next call works.

use std::time::{Duration, Instant};

use hathi::sql::Int4;
use hathi::{Query, Session};
use hathi_tests::{Database, command, on_every_server, statement, within};

use crate::live::ask::{ECHO, SLEEP, assert_in_step, number};

const LIMIT: Duration = Duration::from_millis(800);

async fn hasty(db: &Database) -> Session {
    Session::connect(&db.config().call_limit(Some(LIMIT)))
        .await
        .unwrap()
}

/// Fails unless the error is that of a limit that has passed, about when it should.
#[track_caller]
fn assert_late(error: &hathi::Error, begun: Instant) {
    assert!(error.is_timeout() && !error.is_closed(), "{error}");
    assert!(
        error.to_string().starts_with(&format!(
            "no answer within {LIMIT:?} while waiting for the server\n"
        )),
        "{error}"
    );
    let took = begun.elapsed();
    assert!(took >= LIMIT && took < LIMIT * 20, "{took:?}");
}

on_every_server! {
    async fn a_call_that_takes_too_long_is_an_error_and_the_next_one_works(db) {
        let mut session = hasty(db).await;
        for round in 0..3 {
            let begun = Instant::now();
            let error = match round {
                0 => session.fetch_one(SLEEP.bind((100.0,))).await.unwrap_err(),
                1 => session.fetch_all(statement!("SELECT 1 AS n FROM pg_sleep(100)", [] -> ("n", Int4))).await.unwrap_err(),
                _ => session.simple("SELECT pg_sleep(100)").await.unwrap_err(),
            };
            assert_late(&error, begun);
            within(5, assert_in_step(&mut session)).await;
        }
        let mut other = db.session().await;
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        assert_eq!(number(&mut other, asleep).await, 0, "the server was asked to stop");
    }

    async fn a_call_that_waits_for_a_lock_is_given_up_and_changes_nothing_later(db) {
        let mut owner = db.session().await;
        owner.simple("CREATE TABLE t (n int); INSERT INTO t VALUES (1)").await.unwrap();
        owner.simple("BEGIN; LOCK t").await.unwrap();
        let mut session = hasty(db).await;
        let begun = Instant::now();
        let error = session.execute(command!("UPDATE t SET n = 2")).await.unwrap_err();
        assert_late(&error, begun);
        assert_in_step(&mut session).await;
        owner.simple("COMMIT").await.unwrap();
        assert_in_step(&mut session).await;
        assert_eq!(number(&mut owner, "SELECT n::int8 FROM t").await, 1);
    }

    async fn rows_that_never_end_are_stopped_by_the_limit(db) {
        let mut session = hasty(db).await;
        let endless: Query<(), i32> = statement!("SELECT generate_series(1, 1000000000) AS n", [] -> ("n", Int4));
        let error = within(20, session.fetch_one(endless)).await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        within(5, assert_in_step(&mut session)).await;
    }

    async fn a_limit_holds_for_each_call_and_not_for_all_of_them(db) {
        let mut session = hasty(db).await;
        let begun = Instant::now();
        while begun.elapsed() < LIMIT * 3 {
            session.fetch_one(SLEEP.bind((0.05,))).await.unwrap_or_else(|error| panic!("{error}"));
        }
    }

    async fn a_pause_between_calls_is_no_part_of_their_time(db) {
        let mut session = hasty(db).await;
        for _ in 0..3 {
            assert_in_step(&mut session).await;
            tokio::time::sleep(LIMIT * 2).await;
            session.fetch_one(SLEEP.bind((0.02,))).await.unwrap();
        }
    }

    async fn without_a_limit_a_call_waits_as_long_as_the_server_takes(db) {
        let mut session = Session::connect(&db.config().call_limit(None)).await.unwrap();
        session.fetch_one(SLEEP.bind((0.5,))).await.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn a_limit_passes_in_whatever_task_the_session_is(db) {
        let mut session = hasty(db).await;
        for _ in 0..3 {
            let task = tokio::spawn(async move {
                assert_eq!(session.fetch_one(ECHO.bind((3,))).await.unwrap(), 3);
                let begun = Instant::now();
                let error = session.fetch_one(SLEEP.bind((100.0,))).await.unwrap_err();
                assert_late(&error, begun);
                session
            });
            session = within(10, task).await.unwrap();
        }
    }

    async fn the_servers_own_limit_is_told_in_its_words(db) {
        let mut session = db.session().await;
        session.simple("SET statement_timeout = 100").await.unwrap();
        let error = session.fetch_one(SLEEP.bind((100.0,))).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "57014");
        assert!(!error.is_timeout() && !error.is_closed(), "{error}");
        assert_in_step(&mut session).await;
    }

    async fn a_statement_that_is_cancelled_from_elsewhere_is_told_in_the_servers_words(db) {
        let mut session = db.session().await;
        let mut other = db.session().await;
        let cancel = format!("SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = {} AND wait_event = 'PgSleep') c", session.process().unwrap());
        let (outcome, ()) = tokio::join!(session.fetch_one(SLEEP.bind((100.0,))), async {
            while number(&mut other, &cancel).await == 0 {}
        });
        assert_eq!(outcome.unwrap_err().sql_state().unwrap().code(), "57014");
        assert_in_step(&mut session).await;
    }
}
