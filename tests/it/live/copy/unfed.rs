//! A COPY that is run as if it were a query: refused, whatever the server does before it reads.

use hathi::{Command, Pool, PoolOptions, Query, Session};
use hathi_tests::{Driven, Proxy, command, on_every_server, statement, within};

use crate::live::ask::{ECHO, assert_in_step, number, text};

const WORKS: Command<()> = command!("COPY works FROM STDIN");

/// Each has its own way to fail, or not to, between its beginning and the first byte of data.
const COPIES: &[Command<()>] = &[
    WORKS,
    command!("COPY refuses FROM STDIN"),
    command!("COPY slow FROM STDIN"),
    command!("COPY looks FROM STDIN"),
    command!("COPY works (no_such_column) FROM STDIN"),
    command!("COPY no_such_table FROM STDIN"),
    command!("COPY works FROM STDIN (FORMAT binary)"),
    command!("COPY refuses FROM STDIN (FORMAT binary)"),
    command!("/* a comment */ COPY refuses FROM STDIN"),
];

/// The same as queries that say that they write and return rows: these are sent without a Sync at first.
const QUERIES: [Query<(), i32>; 2] = [
    statement!(writes "COPY works FROM STDIN --", [] -> ("n", hathi::sql::Int4)),
    statement!(writes "COPY refuses FROM STDIN --", [] -> ("n", hathi::sql::Int4)),
];

async fn tables(session: &mut Session) {
    let script = "CREATE TABLE works (n int); CREATE TABLE refuses (n int); CREATE TABLE slow (n int); CREATE VIEW looks AS SELECT * FROM works;
        CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
        CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RAISE 'not today'; END $$;
        CREATE TRIGGER no BEFORE INSERT ON refuses EXECUTE FUNCTION no();
        CREATE TRIGGER later BEFORE INSERT ON slow EXECUTE FUNCTION later()";
    session.simple(script).await.unwrap();
}

/// Fails unless the session is open and answers what it is asked.
async fn assert_sound(session: &mut Session, what: &str) {
    assert!(!session.is_closed(), "{what}");
    within(20, assert_in_step(session)).await;
    assert_eq!(
        within(20, number(session, "SELECT count(*) FROM works")).await,
        0,
        "{what}"
    );
}

on_every_server! {
    async fn a_copy_that_fails_before_it_reads_leaves_the_session_in_step(db) {
        let mut session = db.session().await;
        tables(&mut session).await;
        for round in 0..3 {
            for copy in COPIES {
                let what = format!("{} in round {round}", copy.sql());
                let error = within(20, session.execute(*copy)).await.unwrap_err();
                assert!(!error.is_closed(), "{what}: {error}");
                assert_sound(&mut session, &what).await;
                let error = within(20, session.simple(copy.sql())).await.unwrap_err();
                assert!(!error.is_closed(), "{what}: {error}");
                assert_sound(&mut session, &what).await;
            }
            for query in QUERIES {
                let error = within(20, session.fetch_all(query)).await.unwrap_err();
                assert!(!error.is_closed(), "{error}");
                assert_sound(&mut session, query.sql()).await;
            }
        }
    }

    async fn in_a_transaction_it_fails_the_transaction_and_not_the_session(db) {
        let mut session = db.session().await;
        tables(&mut session).await;
        for copy in COPIES {
            let mut tx = session.begin();
            assert_eq!(tx.fetch_one(ECHO.bind((1,))).await.unwrap(), 1);
            within(20, tx.execute(*copy)).await.unwrap_err();
            drop(tx);
            assert_sound(&mut session, copy.sql()).await;
            let mut tx = session.begin();
            within(20, tx.execute(*copy)).await.unwrap_err();
            within(20, tx.rollback()).await.unwrap();
            assert!(!session.in_transaction());
            assert_sound(&mut session, copy.sql()).await;
        }
    }

    async fn between_others_in_a_pipeline_it_never_gets_their_answers(db) {
        let mut session = db.session().await;
        tables(&mut session).await;
        for apart in [false, true] {
            for copy in COPIES {
                let what = format!("{} {apart}", copy.sql());
                // A statement sent behind a COPY ends the session, if the server comes to read it: that is told then.
                if session.is_closed() {
                    session = db.session().await;
                }
                let flight = (ECHO.bind((1,)), *copy, ECHO.bind((2,)), ECHO.bind((3,)));
                let error = if apart {
                    match within(20, session.pipeline_each(flight)).await {
                        Ok((first, copy, second, third)) => {
                            assert_eq!(first.unwrap(), [1]);
                            assert_eq!((second.unwrap(), third.unwrap()), (vec![2], vec![3]), "{what}");
                            copy.unwrap_err()
                        }
                        Err(error) => error,
                    }
                } else {
                    within(20, session.pipeline(flight)).await.unwrap_err()
                };
                assert_eq!(error.is_closed(), session.is_closed(), "{what}: {error}");
                if !session.is_closed() {
                    assert_sound(&mut session, &what).await;
                }
            }
        }
    }

    async fn at_the_end_of_a_pipeline_it_leaves_the_session_in_step(db) {
        let mut session = db.session().await;
        tables(&mut session).await;
        for copy in COPIES {
            let error = within(20, session.pipeline((ECHO.bind((1,)), *copy))).await.unwrap_err();
            assert_eq!(error.pipeline_member(), Some(1), "{error}");
            assert_sound(&mut session, copy.sql()).await;
            let (first, error) = within(20, session.pipeline_each((ECHO.bind((1,)), *copy))).await.unwrap();
            assert_eq!(first.unwrap(), [1]);
            error.unwrap_err();
            assert_sound(&mut session, copy.sql()).await;
        }
    }

    async fn dropped_after_each_poll_a_copy_that_nobody_feeds_leaves_the_session_in_step(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(tables(&mut session)).await;
        for copy in COPIES {
            for polls in 0.. {
                proxy.pieces(16, 40);
                let done = matches!(proxy.drive(session.execute(*copy), polls).await, Driven::Done(..));
                proxy.open();
                let what = format!("{} after {polls} polls", copy.sql());
                proxy.run(assert_sound(&mut session, &what)).await;
                if done {
                    break;
                }
            }
        }
    }

    async fn a_cancel_request_while_the_server_waits_for_data_changes_nothing(db) {
        let mut witness = db.session().await;
        tables(&mut witness).await;
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        let pid = proxy.run(number(&mut session, "SELECT pg_backend_pid()::int8")).await;
        let state = format!("SELECT concat(wait_event, ' ', state) FROM pg_stat_activity WHERE pid = {pid}");
        let mut stopped = 0;
        for polls in 1..20 {
            proxy.pieces(64, 20);
            let _ = proxy.drive(session.execute(WORKS), polls).await;
            // While nothing moves the server waits, for a question or for data.
            let state = within(20, async {
                loop {
                    let state = text(&mut witness, &state).await;
                    if state.starts_with("ClientRead") {
                        return state;
                    }
                }
            }).await;
            if state == "ClientRead active" {
                stopped += number(&mut witness, &format!("SELECT pg_cancel_backend({pid})::int::int8")).await;
            }
            proxy.open();
            proxy.run(assert_sound(&mut session, &format!("after {polls} polls, {state}"))).await;
        }
        assert!(stopped > 0);
    }

    async fn a_pool_goes_on_after_a_copy_that_nobody_feeds(db) {
        tables(&mut db.session().await).await;
        let pool = Pool::new(db.config(), PoolOptions::new().max(3));
        for copy in COPIES {
            within(20, pool.execute(*copy)).await.unwrap_err();
            for n in 0..4 {
                assert_eq!(within(20, pool.fetch_one(ECHO.bind((n,)))).await.unwrap(), n);
            }
        }
        within(20, pool.close()).await.unwrap();
    }
}
