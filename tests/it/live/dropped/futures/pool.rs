//! What a pool is asked for: no place is lost, and nobody gets what another one left.

use std::time::Duration;

use hathi::sql::Int4;
use hathi::{Error, Isolation, Pool, PoolOptions, Query, Retry, Rows, Session, TransactionOptions};
use hathi_tests::{Database, Proxy, on_every_server, statement, within};

use super::{INSERT, in_pieces, is_kept, slowly, table};
use crate::live::ask::{assert_in_step, number};
use crate::live::pool::{NAME, on_server, until};

const COUNT_TO: Query<(Int4,), i32> =
    statement!("SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));
const RETURNING: Query<(Int4,), i32> =
    statement!(writes "INSERT INTO t VALUES ($1) RETURNING n", [Int4] -> ("n", Int4));

/// How many connections the pool may have.
const MAX: usize = 2;

fn pool(proxy: &Proxy) -> Pool {
    let config = proxy.config().application_name(NAME);
    Pool::new(config, PoolOptions::new().max(MAX))
}

/// A pool behind a proxy, and a session that sees what has become of its work.
async fn scene(db: &Database) -> (Proxy, Pool, Session) {
    let witness = table(db).await;
    let proxy = Proxy::before(db);
    let pool = pool(&proxy);
    (proxy, pool, witness)
}

/// Fails unless every place can be had, all at once, and whoever has one is in step.
async fn assert_sound(proxy: &mut Proxy, pool: &Pool) {
    let work = async {
        let mut sessions = Vec::new();
        for _ in 0..MAX {
            let mut session = pool.acquire().await.unwrap();
            assert!(!session.in_transaction());
            assert_in_step(&mut session).await;
            sessions.push(session);
        }
        assert!(pool.status().size <= MAX);
        drop(sessions);
        until(pool, |status| status.used == 0 && status.waiting == 0).await;
    };
    within(20, proxy.run(work)).await;
}

/// All rows of a stream.
async fn read(mut rows: Rows<'_, i32>) -> Vec<i32> {
    let mut seen = Vec::new();
    while let Some(row) = rows.next().await {
        seen.push(row.unwrap());
    }
    seen
}

on_every_server! {
    async fn acquire_dropped_after_each_poll_loses_no_place(db) {
        for polls in 0.. {
            let mut proxy = Proxy::before(db);
            let pool = pool(&proxy);
            let outcome = in_pieces(&mut proxy, (64, 16), polls, pool.acquire()).await;
            let is_done = outcome.is_some();
            drop(outcome);
            assert_sound(&mut proxy, &pool).await;
            if is_done {
                assert!(polls > 20, "only {polls} polls");
                break;
            }
        }
    }

    async fn warm_up_dropped_after_each_poll_opens_what_was_asked_for(db) {
        for polls in 0.. {
            let mut proxy = Proxy::before(db);
            let pool = pool(&proxy);
            let outcome = in_pieces(&mut proxy, (64, 16), polls, pool.warm_up(MAX)).await;
            if polls > 0 {
                within(20, proxy.run(until(&pool, |status| status.idle == MAX))).await;
            }
            assert_sound(&mut proxy, &pool).await;
            if let Some(warm) = outcome {
                warm.unwrap();
                assert!(polls > 20, "only {polls} polls");
                break;
            }
        }
    }

    async fn close_dropped_after_each_poll_closes_if_it_was_polled(db) {
        let mut witness = db.session().await;
        for polls in 0.. {
            let mut proxy = Proxy::before(db);
            let pool = pool(&proxy);
            proxy.run(pool.warm_up(MAX)).await.unwrap();
            let outcome = in_pieces(&mut proxy, (1, 1), polls, pool.close()).await;
            assert_eq!(pool.is_closed(), polls > 0);
            if polls == 0 {
                assert_sound(&mut proxy, &pool).await;
                proxy.run(pool.close()).await.unwrap();
            }
            let emptied = async {
                until(&pool, |status| status.size == 0).await;
                while on_server(&mut witness).await > 0 {}
            };
            within(20, proxy.run(emptied)).await;
            if let Some(closed) = outcome {
                closed.unwrap();
                assert!(polls > 1, "only {polls} polls");
                break;
            }
        }
    }

    async fn statements_given_to_a_pool_dropped_after_each_poll_leave_it_sound(db) {
        let (mut proxy, pool, mut witness) = scene(db).await;
        // The first time each has a connection for itself, then they share one.
        for times in 0..3 {
            for polls in 0.. {
                let n = 1000 * times + polls;
                let outcome = slowly(&mut proxy, polls, pool.execute(INSERT.bind((n,)))).await;
                assert_sound(&mut proxy, &pool).await;
                // Nobody waits for its end any more, but it ran once at most.
                let kept = number(&mut witness, &format!("SELECT count(*) FROM t WHERE n = {n}")).await;
                assert!(kept == 1 || (kept == 0 && outcome.is_none()), "{kept} after {polls} polls");
                if let Some(rows) = outcome {
                    assert_eq!(rows.unwrap(), 1);
                    break;
                }
            }
            for polls in 0.. {
                let outcome = slowly(&mut proxy, polls, pool.fetch_all(COUNT_TO.bind((3,)))).await;
                assert_sound(&mut proxy, &pool).await;
                if let Some(rows) = outcome {
                    assert_eq!(rows.unwrap(), [1, 2, 3]);
                    break;
                }
            }
        }
    }

    async fn a_stream_of_a_pool_dropped_after_each_poll_gives_its_place_back(db) {
        let (mut proxy, pool, _witness) = scene(db).await;
        for polls in 0.. {
            let work = read(pool.stream(COUNT_TO.bind((3,))));
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &pool).await;
            if let Some(seen) = outcome {
                assert_eq!(seen, [1, 2, 3]);
                break;
            }
        }
    }

    async fn pipelines_of_a_pool_dropped_after_each_poll_give_their_place_back(db) {
        let (mut proxy, pool, mut witness) = scene(db).await;
        for polls in 0.. {
            let (one, two) = (2 * polls, 2 * polls + 1);
            let work = pool.pipeline((INSERT.bind((one,)), RETURNING.bind((two,))));
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &pool).await;
            let kept = is_kept(&mut witness, one).await;
            assert_eq!(is_kept(&mut witness, two).await, kept, "both or none, after {polls} polls");
            if let Some(answers) = outcome {
                assert_eq!((answers.unwrap(), kept), ((1, vec![two]), true));
                break;
            }
        }
        for polls in 0.. {
            let n = -1 - polls;
            let work = pool.pipeline_each((INSERT.bind((n,)), INSERT.bind((n,)), COUNT_TO.bind((2,))));
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &pool).await;
            if let Some(answers) = outcome {
                let (first, second, third) = answers.unwrap();
                assert_eq!((first.unwrap(), third.unwrap()), (1, vec![1, 2]));
                assert_eq!(second.unwrap_err().unique_violation(), Some("t_n_key"));
                break;
            }
        }
    }

    async fn a_transaction_of_a_pool_dropped_after_each_poll_is_kept_whole_or_not_at_all(db) {
        let (mut proxy, pool, mut witness) = scene(db).await;
        for polls in 0.. {
            let (one, two) = (2 * polls, 2 * polls + 1);
            let work = pool.transaction(async |tx| {
                tx.execute(INSERT.bind((one,))).await?;
                tx.fetch_one(RETURNING.bind((two,))).await
            });
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &pool).await;
            let kept = is_kept(&mut witness, one).await;
            assert_eq!(is_kept(&mut witness, two).await, kept, "both or none, after {polls} polls");
            if let Some(answer) = outcome {
                assert_eq!((answer.unwrap(), kept), (two, true));
                assert!(polls > 80, "only {polls} polls");
                break;
            }
        }
    }

    async fn a_transaction_of_a_pool_that_is_tried_again_can_be_dropped_after_each_poll(db) {
        let options = TransactionOptions::new()
            .isolation(Isolation::Serializable)
            .retry(Retry::attempts(3).pause(Duration::ZERO, Duration::ZERO));
        let (mut proxy, pool, mut witness) = scene(db).await;
        for polls in 0.. {
            let mut attempts = 0;
            let work = pool.transaction_with(options, async |tx| {
                attempts += 1;
                tx.execute(INSERT.bind((polls,))).await?;
                if attempts == 1 {
                    tx.simple("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$").await?;
                }
                Ok::<_, Error>(attempts)
            });
            let outcome = slowly(&mut proxy, polls, work).await;
            assert_sound(&mut proxy, &pool).await;
            if let Some(done) = outcome {
                assert_eq!(done.unwrap(), 2);
                assert!(is_kept(&mut witness, polls).await);
                break;
            }
        }
    }
}
