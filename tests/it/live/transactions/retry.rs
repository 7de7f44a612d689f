//! Transactions that meet others and are tried again.

use std::time::Duration;

use hathi::{Error, Isolation, Retry, TransactionOptions};
use hathi_tests::{on_every_server_and_pooler, within};

use super::{COUNT, DIVIDE, table};
use crate::live::ask::text;

fn options(attempts: u32) -> TransactionOptions {
    TransactionOptions::new()
        .isolation(Isolation::Serializable)
        .retry(Retry::attempts(attempts).pause(Duration::from_millis(1), Duration::from_millis(20)))
}

on_every_server_and_pooler! {
    async fn transactions_that_meet_are_tried_again_until_each_has_counted(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        // A constraint that is checked at the end speaks before the serialization failure does, and means no retry.
        session.simple("ALTER TABLE t DROP CONSTRAINT t_n_key").await.unwrap();
        let count = |mut session: hathi::Session| async move {
            // Pgpool-II asks the server about a table that is new to it, at times in front of a BEGIN, which then comes too late.
            session.fetch_one(COUNT).await?;
            for _ in 0..5 {
                session.transaction_with(options(100), async |tx| {
                    let so_far = tx.fetch_one(COUNT).await?;
                    tx.simple(&format!("INSERT INTO t VALUES ({so_far})")).await
                }).await?;
            }
            Ok::<_, Error>(())
        };
        let (one, other) = (db.session().await, db.session().await);
        let (one, other) = within(60, async { tokio::join!(tokio::spawn(count(one)), tokio::spawn(count(other))) }).await;
        one.unwrap().unwrap();
        other.unwrap().unwrap();
        let counted = "SELECT string_agg(n::text, ',' ORDER BY n) AS counted FROM t";
        assert_eq!(text(&mut db.session().await, counted).await, "0,1,2,3,4,5,6,7,8,9");
    }

    async fn only_what_may_succeed_is_tried_again_and_only_so_often(db) {
        let mut session = db.session().await;
        let mut attempts = 0;
        let outcome = session.transaction_with(options(3), async |tx| {
            attempts += 1;
            tx.simple("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$").await
        }).await;
        assert!(outcome.unwrap_err().is_serialization_failure());
        assert_eq!(attempts, 3);
        attempts = 0;
        let outcome = session.transaction_with(options(3), async |tx| {
            attempts += 1;
            tx.fetch_one(DIVIDE.bind((0,))).await
        }).await;
        assert!(outcome.is_err());
        assert_eq!(attempts, 1, "a division by zero stays one");
        attempts = 0;
        let outcome: Result<(), Error> = session.transaction_with(TransactionOptions::new(), async |tx| {
            attempts += 1;
            tx.simple("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$").await.map(drop)
        }).await;
        assert!(outcome.unwrap_err().is_deadlock());
        assert_eq!(attempts, 1, "nobody asked for another attempt");
    }

    async fn what_a_savepoint_has_undone_is_no_reason_to_try_again(db) {
        let mut session = db.session().await;
        let mut attempts = 0;
        let outcome = session.transaction_with(options(3), async |tx| {
            attempts += 1;
            let conflict = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$";
            tx.transaction(async |inner| inner.simple(conflict).await).await.unwrap_err();
            tx.fetch_one(DIVIDE.bind((0,))).await
        }).await;
        assert_eq!(outcome.unwrap_err().sql_state().unwrap().code(), "22012");
        assert_eq!(attempts, 1);
    }
}
