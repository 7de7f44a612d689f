//! What a transaction does for itself.

use std::time::Duration;

use hathi::sql::Int4;
use hathi::{Error, Isolation, Query, Retry, TransactionOptions};
use hathi_tests::{on_every_server, statement};

use super::{INSERT, assert_sound, is_kept, scene, slowly};
use crate::live::ask::text;

const RETURNING: Query<(Int4,), i32> =
    statement!(writes "INSERT INTO t VALUES ($1) RETURNING n", [Int4] -> ("n", Int4));
const LOCK_TIMEOUT: &str = "SELECT current_setting('lock_timeout')";

on_every_server! {
    async fn commit_dropped_after_each_poll_keeps_if_it_was_polled(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let mut tx = session.begin();
            proxy.run(tx.execute(INSERT.bind((polls,)))).await.unwrap();
            let outcome = slowly(&mut proxy, polls, tx.commit()).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            assert_eq!(is_kept(&mut witness, polls).await, polls > 0, "after {polls} polls");
            if let Some(committed) = outcome {
                committed.unwrap();
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
    }

    async fn rollback_dropped_after_each_poll_undoes_all_the_same(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let mut tx = session.begin();
            proxy.run(tx.execute(INSERT.bind((polls,)))).await.unwrap();
            let outcome = slowly(&mut proxy, polls, tx.rollback()).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            assert!(!is_kept(&mut witness, polls).await, "after {polls} polls");
            if let Some(undone) = outcome {
                undone.unwrap();
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
    }

    async fn commit_and_chain_dropped_after_each_poll_leaves_a_transaction_that_goes_on(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let (before, behind) = (2 * polls, 2 * polls + 1);
            let mut tx = session.begin();
            proxy.run(tx.execute(INSERT.bind((before,)))).await.unwrap();
            let outcome = slowly(&mut proxy, polls, tx.commit_and_chain()).await;
            proxy.run(tx.execute(INSERT.bind((behind,)))).await.unwrap();
            drop(tx);
            assert_sound(&mut proxy, &mut session, polls).await;
            assert_eq!(is_kept(&mut witness, before).await, polls > 0, "after {polls} polls");
            assert!(!is_kept(&mut witness, behind).await, "after {polls} polls");
            if let Some(committed) = outcome {
                committed.unwrap();
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
    }

    async fn rollback_and_chain_dropped_after_each_poll_leaves_a_transaction_that_goes_on(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let (before, behind) = (2 * polls, 2 * polls + 1);
            let mut tx = session.begin();
            proxy.run(tx.execute(INSERT.bind((before,)))).await.unwrap();
            let outcome = slowly(&mut proxy, polls, tx.rollback_and_chain()).await;
            proxy.run(tx.execute(INSERT.bind((behind,)))).await.unwrap();
            proxy.run(tx.commit()).await.unwrap();
            assert_sound(&mut proxy, &mut session, polls).await;
            assert_eq!(is_kept(&mut witness, before).await, polls == 0, "after {polls} polls");
            assert!(is_kept(&mut witness, behind).await, "after {polls} polls");
            if let Some(undone) = outcome {
                undone.unwrap();
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
    }

    async fn set_local_dropped_after_each_poll_ends_with_its_transaction(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        let before = proxy.run(text(&mut session, LOCK_TIMEOUT)).await;
        for polls in 0.. {
            let mut tx = session.begin();
            let outcome = slowly(&mut proxy, polls, tx.set_local("lock_timeout", "4321ms")).await;
            proxy.run(tx.execute(INSERT.bind((polls,)))).await.unwrap();
            proxy.run(tx.commit()).await.unwrap();
            assert_sound(&mut proxy, &mut session, polls).await;
            assert!(is_kept(&mut witness, polls).await, "after {polls} polls");
            assert_eq!(proxy.run(text(&mut session, LOCK_TIMEOUT)).await, before, "after {polls} polls");
            if let Some(set) = outcome {
                set.unwrap();
                assert!(polls > 20, "only {polls} polls");
                break;
            }
        }
    }

    async fn a_pipeline_dropped_after_each_poll_leaves_its_transaction_usable(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let [one, two, behind] = [0, 1, 2].map(|n| 3 * polls + n);
            let mut tx = session.begin();
            let work = tx.pipeline((INSERT.bind((one,)), RETURNING.bind((two,))));
            let outcome = slowly(&mut proxy, polls, work).await;
            proxy.run(tx.execute(INSERT.bind((behind,)))).await.unwrap();
            proxy.run(tx.commit()).await.unwrap();
            assert_sound(&mut proxy, &mut session, polls).await;
            let kept = is_kept(&mut witness, one).await;
            assert_eq!(is_kept(&mut witness, two).await, kept, "both or none, after {polls} polls");
            assert!(is_kept(&mut witness, behind).await, "after {polls} polls");
            if let Some(answers) = outcome {
                assert_eq!((answers.unwrap(), kept), ((1, vec![two]), true));
                assert!(polls > 40, "only {polls} polls");
                break;
            }
        }
    }

    async fn a_savepoint_dropped_after_each_poll_is_kept_whole_or_not_at_all(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let [one, two, behind] = [0, 1, 2].map(|n| 3 * polls + n);
            let mut tx = session.begin();
            let work = tx.transaction(async |inner| {
                inner.execute(INSERT.bind((one,))).await?;
                inner.fetch_one(RETURNING.bind((two,))).await
            });
            let outcome = slowly(&mut proxy, polls, work).await;
            proxy.run(tx.execute(INSERT.bind((behind,)))).await.unwrap();
            proxy.run(tx.commit()).await.unwrap();
            assert_sound(&mut proxy, &mut session, polls).await;
            let kept = is_kept(&mut witness, one).await;
            assert_eq!(is_kept(&mut witness, two).await, kept, "both or none, after {polls} polls");
            assert!(is_kept(&mut witness, behind).await, "after {polls} polls");
            if let Some(answer) = outcome {
                assert_eq!((answer.unwrap(), kept), (two, true));
                assert!(polls > 80, "only {polls} polls");
                break;
            }
        }
    }

    async fn a_transaction_dropped_after_each_poll_is_kept_whole_or_not_at_all(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let (one, two) = (2 * polls, 2 * polls + 1);
            let work = session.transaction(async |tx| {
                tx.execute(INSERT.bind((one,))).await?;
                tx.fetch_one(RETURNING.bind((two,))).await
            });
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            let kept = is_kept(&mut witness, one).await;
            assert_eq!(is_kept(&mut witness, two).await, kept, "both or none, after {polls} polls");
            if let Some(answer) = outcome {
                assert_eq!((answer.unwrap(), kept), (two, true));
                assert!(polls > 80, "only {polls} polls");
                break;
            }
        }
    }

    async fn a_transaction_that_is_tried_again_can_be_dropped_after_each_poll(db) {
        let options = TransactionOptions::new()
            .isolation(Isolation::Serializable)
            .retry(Retry::attempts(3).pause(Duration::ZERO, Duration::ZERO));
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let mut attempts = 0;
            let work = session.transaction_with(options, async |tx| {
                attempts += 1;
                tx.execute(INSERT.bind((polls,))).await?;
                if attempts == 1 {
                    tx.simple("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$").await?;
                }
                Ok::<_, Error>(attempts)
            });
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            if let Some(done) = outcome {
                assert_eq!(done.unwrap(), 2);
                assert!(is_kept(&mut witness, polls).await);
                assert!(polls > 100, "only {polls} polls");
                break;
            }
        }
    }
}
