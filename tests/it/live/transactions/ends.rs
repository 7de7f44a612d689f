//! How a transaction can end against its user's will, and that this is never taken for success.

use hathi::sql::Int4;
use hathi::{Error, Session};
use hathi_tests::{Driven, Proxy, on_every_server_and_pooler};

use super::{COUNT, DIVIDE, INSERT, table};
use crate::live::ask::{ECHO, SLEEP, assert_in_step};

on_every_server_and_pooler! {
    async fn a_commit_of_what_had_failed_is_an_error(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        assert!(tx.fetch_one(DIVIDE.bind((0,))).await.is_err());
        assert!(tx.commit().await.unwrap_err().is_commit_rolled_back());
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0);
        let swallowed: Result<(), Error> = session.transaction(async |tx| {
            let _ = tx.fetch_one(DIVIDE.bind((0,))).await;
            Ok(())
        }).await;
        assert!(swallowed.unwrap_err().is_commit_rolled_back());
        assert_in_step(&mut session).await;
    }

    async fn what_was_done_by_a_statement_that_has_drifted_is_not_kept(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n bigint NOT NULL)").await.unwrap();
        let drifted = hathi_tests::statement!(writes "INSERT INTO t VALUES (1) RETURNING n", [] -> ("n", Int4));
        let mut tx = session.begin();
        assert!(tx.fetch_one(drifted).await.unwrap_err().is_drift());
        let error = tx.commit().await.unwrap_err();
        assert!(error.is_commit_rolled_back(), "{error}");
        let mut tx = session.begin();
        let mut inner = tx.begin();
        assert!(inner.fetch_one(drifted).await.unwrap_err().is_drift());
        assert!(inner.commit().await.unwrap_err().is_commit_rolled_back());
        tx.execute(hathi_tests::command!("INSERT INTO t VALUES (2)")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 1);
    }

    async fn what_drifted_outside_of_a_savepoint_is_not_forgotten_with_what_drifted_in_it(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n bigint NOT NULL)").await.unwrap();
        let drifted = hathi_tests::statement!(writes "INSERT INTO t VALUES (1) RETURNING n", [] -> ("n", Int4));
        let another = hathi_tests::statement!(writes "INSERT INTO t VALUES (2) RETURNING n", [] -> ("n", Int4));
        let mut tx = session.begin();
        assert!(tx.fetch_one(drifted).await.unwrap_err().is_drift());
        let mut inner = tx.begin();
        assert!(inner.fetch_one(another).await.unwrap_err().is_drift());
        drop(inner);
        let error = tx.commit().await.unwrap_err();
        assert!(error.is_commit_rolled_back(), "{error}");
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0);
        // What was undone by the chain spoils nothing behind it.
        let mut tx = session.begin();
        assert!(tx.fetch_one(drifted).await.unwrap_err().is_drift());
        tx.rollback_and_chain().await.unwrap();
        tx.execute(hathi_tests::command!("INSERT INTO t VALUES (3)")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 1);
    }

    async fn a_script_of_no_statement_may_be_the_first_word_of_a_transaction(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for nothing in ["", "-- nothing yet", " ;; "] {
            let mut tx = session.begin();
            assert_eq!(tx.simple(nothing).await.unwrap(), 0);
            let mut inner = tx.begin();
            assert_eq!(inner.simple(nothing).await.unwrap(), 0);
            inner.commit().await.unwrap();
            tx.execute(INSERT.bind((1,))).await.unwrap();
            drop(tx);
        }
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0);
    }

    async fn a_deferred_constraint_fails_the_commit(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        tx.execute(INSERT.bind((1,))).await.unwrap();
        let error = tx.commit().await.unwrap_err();
        assert_eq!(error.unique_violation(), Some("t_n_key"), "{error}");
        assert!(!session.in_transaction());
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0);
    }

    async fn what_is_meant_for_a_transaction_never_runs_outside_of_one(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        tx.simple("COMMIT").await.unwrap();
        let error = tx.execute(INSERT.bind((1,))).await.unwrap_err();
        assert!(error.is_transaction_over(), "{error}");
        assert!(tx.commit().await.unwrap_err().is_transaction_over());
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0);
        assert_in_step(&mut session).await;
    }

    async fn a_lost_connection_after_commit_was_sent_leaves_the_outcome_open(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(async { table(&mut session).await }).await;
        let mut tx = session.begin();
        proxy.run(tx.execute(INSERT.bind((1,)))).await.unwrap();
        // The server does it, and its answer is never handed on.
        proxy.pieces(1 << 20, 0);
        let mut commit = Box::pin(tx.commit());
        assert!(matches!(proxy.drive(commit.as_mut(), 2).await, Driven::Dropped));
        drop(proxy);
        let error = commit.await.unwrap_err();
        assert!(error.is_outcome_unknown() && error.is_closed(), "{error}");
        assert!(error.to_string().contains("nobody knows"), "{error}");
        let mut witness = db.session().await;
        hathi_tests::within(20, async { while witness.fetch_one(COUNT).await.unwrap() == 0 {} }).await;
    }

    async fn dropped_at_every_poll_a_transaction_is_kept_whole_or_not_at_all(db) {
        let mut witness = db.session().await;
        table(&mut witness).await;
        let mut session = db.session().await;
        let mut polls = 0;
        loop {
            let work = session.transaction(async |tx| {
                tx.execute(INSERT.bind((polls,))).await?;
                tx.transaction(async |inner| inner.execute(INSERT.bind((-1 - polls,))).await).await
            });
            let outcome = hathi_tests::poll_times(work, usize::try_from(polls).unwrap()).await;
            assert_eq!(session.fetch_one(ECHO.bind((polls,))).await.unwrap(), polls);
            assert!(!session.in_transaction());
            let kept = witness.fetch_all(hathi_tests::statement!(
                "SELECT n AS n FROM t WHERE n = $1 OR n = -1 - $1", [Int4] -> ("n", Int4)).bind((polls,))).await.unwrap().len();
            assert!(kept == 0 || kept == 2, "after {polls} polls {kept} rows of two are kept");
            if let Some(outcome) = outcome {
                outcome.unwrap();
                assert_eq!(kept, 2);
                break;
            }
            polls += 1;
        }
        assert!(polls > 3, "{polls} polls are not the whole way");
    }

    async fn after_a_statement_was_dropped_the_transaction_goes_on_or_says_that_it_cannot(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for polls in 0..4 {
            let mut tx = session.begin();
            let _ = hathi_tests::poll_times(tx.execute(INSERT.bind((polls,))), usize::try_from(polls).unwrap()).await;
            tx.execute(INSERT.bind((100 + polls,))).await.unwrap();
            drop(tx);
            assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0, "nothing runs in autocommit");
        }
    }

    async fn a_dropped_call_that_ended_the_transaction_is_not_followed_by_writes_outside_of_it(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for polls in 0..4 {
            let mut tx = session.begin();
            tx.execute(INSERT.bind((1,))).await.unwrap();
            tx.execute(INSERT.bind((1,))).await.unwrap();
            // The constraint is checked now: the transaction is over, and there is no next one.
            let ended = hathi_tests::poll_times(tx.commit_and_chain(), polls).await;
            let together = tx.pipeline((INSERT.bind((2,)), INSERT.bind((3,)))).await;
            let written = tx.execute(INSERT.bind((4,))).await;
            if polls > 0 {
                assert!(written.is_err(), "{polls} polls, {ended:?}, {together:?}");
            }
            drop(tx);
            assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0, "{polls} polls");
            let mut tx = session.begin();
            tx.execute(INSERT.bind((1,))).await.unwrap();
            let ended = hathi_tests::poll_times(tx.simple("ROLLBACK"), polls).await;
            let written = tx.execute(INSERT.bind((4,))).await;
            if polls > 0 {
                assert!(written.is_err(), "{polls} polls, {ended:?}");
                assert!(tx.commit().await.is_err(), "nothing was kept");
            } else {
                drop(tx);
            }
            assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0, "{polls} polls");
        }
        assert_in_step(&mut session).await;
    }

    async fn what_was_dropped_first_can_be_rolled_back(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for polls in 0..4 {
            let mut tx = session.begin();
            let _ = hathi_tests::poll_times(tx.fetch_one(SLEEP.bind((60.0,))), polls).await;
            tx.rollback().await.unwrap();
            let mut tx = session.begin();
            let _ = hathi_tests::poll_times(tx.fetch_one(DIVIDE.bind((0,))), polls).await;
            tx.rollback().await.unwrap();
            let mut tx = session.begin();
            let mut inner = tx.begin();
            let _ = hathi_tests::poll_times(inner.fetch_one(DIVIDE.bind((0,))), polls).await;
            inner.rollback().await.unwrap();
            tx.execute(INSERT.bind((i32::try_from(polls).unwrap(),))).await.unwrap();
            tx.commit().await.unwrap();
            assert!(!session.in_transaction());
        }
        assert_eq!(session.fetch_one(COUNT).await.unwrap(), 4);
    }

    async fn nothing_of_a_dropped_transaction_rides_with_what_comes_after_it(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for first in 0..4 {
            for second in 0..3 {
                let mut tx = session.begin();
                let _ = hathi_tests::poll_times(tx.execute(INSERT.bind((1,))), first).await;
                let _ = hathi_tests::poll_times(tx.execute(INSERT.bind((2,))), second).await;
                drop(tx);
                assert_eq!(session.fetch_one(COUNT).await.unwrap(), 0, "{first} and {second} polls");
                assert!(!session.in_transaction());
            }
        }
    }

    async fn more_savepoints_than_a_byte_counts_begin_with_one_statement(db) {
        async fn deeper(tx: &mut hathi::Transaction<'_>, depth: usize) -> Result<i32, Error> {
            if depth == 0 {
                return tx.fetch_one(COUNT).await;
            }
            let mut inner = tx.begin();
            let count = Box::pin(deeper(&mut inner, depth - 1)).await?;
            drop(inner);
            Ok(count)
        }
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        assert_eq!(deeper(&mut tx, 300).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_in_step(&mut session).await;
    }
}
