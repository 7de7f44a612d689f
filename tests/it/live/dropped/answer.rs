//! Futures dropped while the answer comes in.

use std::time::Duration;

use hathi::sql::{Int4, Text};
use hathi::{Query, Session};
use hathi_tests::{
    Database, Driven, Made, Proxy, command, on_every_server, poll_times, statement, within,
};

use crate::live::ask::{ECHO, SLEEP, assert_in_step, number};

const ROWS: Query<(), (i32, String)> = statement!("SELECT n AS id, repeat('x', n) AS name FROM generate_series(1, 3) n", [] -> [("id", Int4), ("name", Text)]);

fn expected() -> Vec<(i32, String)> {
    (1..=3)
        .map(|n| (n, "x".repeat(usize::try_from(n).unwrap())))
        .collect()
}

/// A session whose answers come byte by byte.
async fn slow(db: &Database) -> (Proxy, Session) {
    let mut proxy = Proxy::before(db);
    let config = proxy.config();
    let session = proxy.run(Session::connect(&config)).await.unwrap();
    (proxy, session)
}

/// Drops the query after 0, 1, 2, … polls, until it is answered before. The same session serves all of them.
async fn drop_at_every_poll(db: &Database, query: impl Fn(usize) -> Query<(), (i32, String)>) {
    let (mut proxy, mut session) = slow(db).await;
    let mut polls = 0;
    loop {
        let victim = query(polls);
        proxy.pieces(1024, 1);
        let driven = proxy.drive(session.fetch_all(victim), polls).await;
        let done = matches!(driven, Driven::Done(..));
        if let Driven::Done(rows, _) = driven {
            assert_eq!(rows.unwrap(), expected());
        }
        proxy.open();
        let echo = i32::try_from(polls).unwrap();
        assert_eq!(
            proxy
                .run(session.fetch_one(ECHO.bind((echo,))))
                .await
                .unwrap(),
            echo,
            "after {polls} polls"
        );
        let again = proxy.run(session.fetch_all(victim)).await;
        assert_eq!(
            again.unwrap(),
            expected(),
            "the same again, after {polls} polls"
        );
        if done {
            break;
        }
        polls += 1;
    }
    assert!(polls > 80, "only {polls} polls");
}

on_every_server! {
    async fn a_known_query_dropped_at_every_poll_leaves_the_session_in_step(db) {
        drop_at_every_poll(db, |_| ROWS).await;
    }

    async fn a_query_dropped_at_every_poll_of_its_first_use_leaves_the_session_in_step(db) {
        drop_at_every_poll(db, |polls| {
            let sql = format!("SELECT n AS id, repeat('x', n) AS name FROM generate_series(1, 3) n -- {polls}");
            Made::new(sql)
                .column::<Int4>("id")
                .column::<Text>("name")
                .query(|row| Ok((row.get::<Int4, i32>(0)?, row.get::<Text, String>(1)?)))
        })
        .await;
    }

    async fn a_script_dropped_at_every_poll_leaves_the_session_in_step(db) {
        let (mut proxy, mut session) = slow(db).await;
        let mut polls = 0;
        loop {
            proxy.pieces(1024, 1);
            let driven = proxy.drive(session.simple("SELECT 1; SELECT 'two'; CREATE TEMPORARY TABLE t (); DROP TABLE t"), polls).await;
            proxy.open();
            assert_eq!(proxy.run(session.fetch_one(ECHO.bind((5,)))).await.unwrap(), 5, "after {polls} polls");
            if matches!(driven, Driven::Done(..)) {
                break;
            }
            polls += 1;
        }
        assert!(polls > 100, "only {polls} polls");
    }

    async fn a_failing_query_dropped_at_every_poll_leaves_the_session_in_step(db) {
        let (mut proxy, mut session) = slow(db).await;
        let failing = statement!("SELECT 1 / n AS ratio FROM generate_series(1, 0, -1) n", [] -> ("ratio", Int4));
        let mut polls = 0;
        loop {
            proxy.pieces(1024, 1);
            let driven = proxy.drive(session.fetch_all(failing), polls).await;
            proxy.open();
            assert_eq!(proxy.run(session.fetch_one(ECHO.bind((5,)))).await.unwrap(), 5, "after {polls} polls");
            if let Driven::Done(outcome, _) = driven {
                assert_eq!(outcome.unwrap_err().sql_state().unwrap().code(), "22012");
                break;
            }
            polls += 1;
        }
        assert!(polls > 50, "only {polls} polls");
    }

    async fn several_calls_dropped_one_after_the_other_leave_the_session_in_step(db) {
        let mut session = db.session().await;
        for round in 0..20 {
            for polls in 0..3 {
                poll_times(session.fetch_all(ROWS), polls).await;
                poll_times(session.fetch_one(ECHO.bind((round,))), polls).await;
            }
            assert_eq!(session.fetch_one(ECHO.bind((round,))).await.unwrap(), round);
        }
    }

    async fn a_dropped_command_that_was_handed_over_runs_once(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        let insert = command!("INSERT INTO t VALUES (1)");
        for expected in 1..=5 {
            assert!(poll_times(session.execute(insert), 1).await.is_none());
            assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, expected);
        }
    }

    async fn a_forgotten_future_gives_its_rows_to_nobody(db) {
        let mut session = db.session().await;
        for _ in 0..3 {
            let mut forgotten = Box::pin(session.fetch_all(ROWS));
            poll_times(&mut forgotten, 1).await;
            std::mem::forget(forgotten);
            assert_in_step(&mut session).await;
        }
    }

    async fn a_dropped_answer_without_end_is_cancelled(db) {
        let endless = statement!("SELECT generate_series(1, 1000000000) AS id", [] -> ("id", Int4));
        for config in [db.config(), db.tcp()] {
            let mut session = Session::connect(&config).await.unwrap();
            tokio::time::timeout(Duration::from_millis(200), session.fetch_one(endless)).await.unwrap_err();
            within(10, assert_in_step(&mut session)).await;
        }
    }

    async fn a_dropped_statement_that_only_waits_is_cancelled(db) {
        let mut session = db.session().await;
        assert!(poll_times(session.fetch_one(SLEEP.bind((300.0,))), 1).await.is_none());
        within(10, assert_in_step(&mut session)).await;
        let mut other = db.session().await;
        assert_eq!(number(&mut other, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()").await, 0);
    }

    async fn a_dropped_copy_leaves_the_session_in_step(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        for polls in 1..4 {
            poll_times(session.execute(command!("COPY t FROM STDIN")), polls).await;
            assert_in_step(&mut session).await;
            poll_times(session.simple("COPY t FROM STDIN"), polls).await;
            assert_in_step(&mut session).await;
            poll_times(session.simple("COPY (SELECT generate_series(1, 100000)) TO STDOUT"), polls).await;
            assert_in_step(&mut session).await;
        }
    }

    async fn a_session_that_ends_after_a_dropped_call_tells_the_servers_words(db) {
        let mut session = db.session().await;
        let process = session.process().unwrap();
        poll_times(session.fetch_one(SLEEP.bind((0.2,))), 1).await;
        let mut other = db.session().await;
        number(&mut other, &format!("SELECT pg_terminate_backend({process})::int::int8")).await;
        let error = session.fetch_one(ECHO.bind((1,))).await.unwrap_err();
        assert!(error.is_closed());
        assert_eq!(error.sql_state().map(|state| state.code().to_owned()).as_deref(), Some("57P01"), "{error}");
        assert!(session.is_closed());
    }

    async fn drift_is_found_before_anything_is_kept_even_after_a_dropped_call(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int8)").await.unwrap();
        poll_times(session.fetch_all(ROWS), 1).await;
        let insert = statement!(writes "INSERT INTO t VALUES (1) RETURNING n", [] -> ("n", Int4));
        assert!(session.fetch_one(insert).await.unwrap_err().is_drift());
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
    }

    async fn a_statement_that_is_prepared_again_can_be_dropped_at_every_poll(db) {
        let mut witness = db.session().await;
        witness.simple("CREATE TABLE t (id int NOT NULL, name text NOT NULL); INSERT INTO t VALUES (1, 'x')").await.unwrap();
        let star = statement!("SELECT * FROM t", [] -> [("id", Int4), ("name", Text)]);
        let (mut proxy, mut session) = slow(db).await;
        proxy.run(session.fetch_all(star)).await.unwrap();
        let mut polls = 0;
        loop {
            let ty = ["varchar", "text"][polls % 2];
            witness.simple(&format!("ALTER TABLE t ALTER name TYPE {ty}")).await.unwrap();
            proxy.pieces(1024, 1);
            let driven = proxy.drive(session.fetch_all(star), polls).await;
            proxy.open();
            let echo = i32::try_from(polls).unwrap();
            assert_eq!(proxy.run(session.fetch_one(ECHO.bind((echo,)))).await.unwrap(), echo, "after {polls} polls");
            assert_eq!(proxy.run(session.fetch_all(star)).await.unwrap(), [(1, "x".to_owned())], "after {polls} polls");
            if let Driven::Done(rows, _) = driven {
                assert_eq!(rows.unwrap(), [(1, "x".to_owned())]);
                break;
            }
            polls += 1;
        }
        assert!(polls > 100, "only {polls} polls");
    }

    async fn a_write_that_returns_rows_dropped_at_every_poll_runs_once_at_most(db) {
        let mut witness = db.session().await;
        witness.simple("CREATE TABLE t (id int NOT NULL)").await.unwrap();
        let (mut proxy, mut session) = slow(db).await;
        let mut polls = 0;
        loop {
            let id = i32::try_from(polls).unwrap();
            let insert = Made::new(format!("INSERT INTO t VALUES ({id}) RETURNING id")).writes().column::<Int4>("id");
            proxy.pieces(1024, 1);
            let driven = proxy.drive(session.fetch_one(insert.query(|row| Ok(row.get::<Int4, i32>(0)?))), polls).await;
            proxy.open();
            assert_eq!(proxy.run(session.fetch_one(ECHO.bind((id,)))).await.unwrap(), id, "after {polls} polls");
            let found = number(&mut witness, &format!("SELECT count(*) FROM t WHERE id = {id}")).await;
            assert_eq!(found, i64::from(polls > 0), "after {polls} polls");
            if let Driven::Done(inserted, _) = driven {
                assert_eq!(inserted.unwrap(), id);
                break;
            }
            polls += 1;
        }
        assert!(polls > 60, "only {polls} polls");
    }

    async fn a_dropped_write_keeps_no_locks_until_the_session_is_used_again(db) {
        let mut witness = db.session().await;
        witness.simple("CREATE TABLE t (id int NOT NULL)").await.unwrap();
        let mut session = db.session().await;
        let insert = statement!(writes "INSERT INTO t VALUES (1) RETURNING id", [] -> ("id", Int4));
        assert!(poll_times(session.fetch_one(insert), 1).await.is_none());
        let locks = "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND pid <> pg_backend_pid()";
        within(10, async {
            while number(&mut witness, "SELECT count(*) FROM t").await == 0 {}
            while number(&mut witness, locks).await > 0 {}
        })
        .await;
        assert_in_step(&mut session).await;
    }
}
