//! Futures of the pool dropped after each poll: no slot is lost, nobody is forgotten.

use hathi::{Pool, PoolOptions};
use hathi_tests::on_every_server;

use crate::live::ask::assert_in_step;
use crate::live::pool::{on_server, poll_eagerly, pool, until};

/// Every place can be had, all at once.
async fn assert_sound(pool: &Pool) {
    let max = pool.status().max;
    let mut sessions = Vec::new();
    for _ in 0..max {
        let mut session = pool.acquire().await.unwrap();
        assert_in_step(&mut session).await;
        sessions.push(session);
    }
    assert!(pool.status().size <= max);
    drop(sessions);
    until(pool, |status| status.used == 0 && status.waiting == 0).await;
}

on_every_server! {
    async fn acquire_dropped_after_each_poll_loses_no_slot_and_wakes_the_next(db) {
        for polls in 0..8 {
            let pool = pool(db, PoolOptions::new().max(2));
            // While it is opened, while all are held, and while one is idle.
            drop(poll_eagerly(pool.acquire(), polls).await);
            let held = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
            drop(poll_eagerly(pool.acquire(), polls).await);
            let next = tokio::spawn({
                let pool = pool.clone();
                async move { pool.acquire().await.map(drop) }
            });
            until(&pool, |status| status.waiting == 1).await;
            {
                let mut first = Box::pin(pool.acquire());
                poll_eagerly(first.as_mut(), 1).await;
                let [one, two] = held;
                drop(one);
                // It may have been handed a connection by now that it never polls for.
                drop(first);
                drop(two);
            }
            next.await.unwrap().unwrap();
            drop(poll_eagerly(pool.acquire(), polls).await);
            assert_sound(&pool).await;
        }
    }

    async fn warm_up_dropped_after_each_poll_opens_its_connections_all_the_same(db) {
        for polls in 1..6 {
            let pool = pool(db, PoolOptions::new().max(3));
            poll_eagerly(pool.warm_up(2), polls).await;
            until(&pool, |status| status.idle == 2).await;
            assert_sound(&pool).await;
        }
    }

    async fn close_dropped_after_each_poll_closes_all_the_same(db) {
        let mut other = db.session().await;
        for polls in 1..6 {
            let pool = pool(db, PoolOptions::new().max(3));
            pool.warm_up(2).await.unwrap();
            let held = pool.acquire().await.unwrap();
            poll_eagerly(pool.close(), polls).await;
            assert!(pool.is_closed());
            drop(held);
            until(&pool, |status| status.size == 0).await;
            assert_eq!(on_server(&mut other).await, 0);
        }
    }

    async fn a_pool_may_be_resized_while_others_wait_and_give_up(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        for polls in 0..6 {
            let held = pool.acquire().await.unwrap();
            let mut waiting = Box::pin(pool.acquire());
            poll_eagerly(waiting.as_mut(), polls).await;
            pool.resize(2);
            poll_eagerly(waiting.as_mut(), polls).await;
            pool.resize(1);
            drop(waiting);
            drop(held);
            until(&pool, |status| status.size <= 1 && status.used + status.opening + status.closing == 0).await;
            assert_sound(&pool).await;
        }
    }
}
