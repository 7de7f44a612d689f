//! How long connections live, how many are kept ready, and who looks after them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hathi::{Health, PoolOptions};
use hathi_tests::on_every_server;

use crate::live::ask::assert_in_step;
use crate::live::pool::{on_server, pool, until};

on_every_server! {
    async fn a_connection_that_has_lived_long_enough_is_replaced(db) {
        let pool = pool(db, PoolOptions::new().max(1).max_lifetime(Some(Duration::from_millis(60))));
        let mut session = pool.acquire().await.unwrap();
        let first = session.process();
        assert_in_step(&mut session).await;
        drop(session);
        until(&pool, |status| status.size == 0).await;
        let session = pool.acquire().await.unwrap();
        assert_ne!(session.process(), first);
        // In use it stays, and is closed when it comes back.
        let mut other = db.session().await;
        until(&pool, |status| status.size == 1).await;
        assert_eq!(on_server(&mut other).await, 1);
        drop(session);
        until(&pool, |status| status.size == 0).await;
        assert_eq!(on_server(&mut other).await, 0);
    }

    async fn connections_that_nobody_needs_are_closed_down_to_those_that_are_kept(db) {
        let options = PoolOptions::new().max(5).min_idle(2).idle_timeout(Some(Duration::from_millis(40)));
        let pool = pool(db, options);
        pool.warm_up(5).await.unwrap();
        until(&pool, |status| status.size == 2 && status.idle == 2).await;
        let held = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
        until(&pool, |status| status.idle == 2).await;
        assert_eq!(pool.status().size, 4);
        drop(held);
        until(&pool, |status| status.size == 2).await;
        pool.close().await.unwrap();
        assert_eq!(on_server(&mut db.session().await).await, 0);
    }

    async fn a_connection_that_was_idle_has_to_answer_if_it_is_asked_to(db) {
        let pool = pool(db, PoolOptions::new().max(1).health(Health::Ping { after: Duration::ZERO }));
        let process = pool.acquire().await.unwrap().process();
        for _ in 0..3 {
            let mut session = pool.acquire().await.unwrap();
            assert_eq!(session.process(), process);
            assert_in_step(&mut session).await;
        }
    }

    async fn who_holds_a_connection_for_long_is_reported_once(db) {
        let told = Arc::new(AtomicUsize::new(0));
        let teller = Arc::clone(&told);
        let options = PoolOptions::new().on_long_hold(Duration::from_millis(40), move |held| {
            assert!(held >= Duration::from_millis(40));
            teller.fetch_add(1, Ordering::Relaxed);
        });
        let pool = pool(db, options);
        let session = pool.acquire().await.unwrap();
        while told.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        drop(session);
        drop(pool.acquire().await.unwrap());
        pool.close().await.unwrap();
        assert_eq!(told.load(Ordering::Relaxed), 1);
    }

    async fn a_pool_that_was_dropped_leaves_nothing_on_the_server(db) {
        let mut other = db.session().await;
        let pool = pool(db, PoolOptions::new());
        pool.warm_up(3).await.unwrap();
        let mut held = pool.acquire().await.unwrap();
        drop(pool);
        assert_in_step(&mut held).await;
        drop(held);
        while on_server(&mut other).await > 0 {}
    }
}
