//! Who gets a connection and in which order, and what those hear who get none.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hathi::{Config, Pool, PoolOptions, SqlState};
use hathi_tests::{Proxy, frontend_messages, on_every_server, within};

use crate::live::ask::{ECHO, number};
use crate::live::pool::{NAME, all, on_server, poll_eagerly, pool, until};

on_every_server! {
    async fn a_connection_that_came_back_is_used_again_with_what_it_has_prepared(db) {
        let pool = pool(db, PoolOptions::new());
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        assert_eq!(session.fetch_one(ECHO.bind((1,))).await.unwrap(), 1);
        drop(session);
        let mut session = pool.acquire().await.unwrap();
        assert_eq!(session.process(), process);
        assert_eq!(session.fetch_one(ECHO.bind((2,))).await.unwrap(), 2);
        let counters = session.statement_counters();
        assert_eq!((counters.hits, counters.misses), (1, 1));
        drop(session);
        let status = pool.status();
        assert_eq!((status.size, status.idle, status.used, status.created, status.acquired), (1, 1, 0, 1, 2));
        assert!(pool.try_acquire().is_ok());
    }

    async fn taking_a_connection_and_giving_it_back_says_nothing_to_the_server(db) {
        let mut proxy = Proxy::before(db);
        let pool = Pool::new(proxy.config(), PoolOptions::new().max(1));
        proxy.run(pool.warm_up(1)).await.unwrap();
        for said in ["PDBES", "BES", "BES"] {
            proxy.recorded();
            let mut session = proxy.run(pool.acquire()).await.unwrap();
            assert_eq!(proxy.run(session.fetch_one(ECHO.bind((1,)))).await.unwrap(), 1);
            drop(session);
            proxy.run(until(&pool, |status| status.idle == 1)).await;
            drop(proxy.run(pool.acquire()).await.unwrap());
            let recorded = proxy.recorded();
            let tags: String = frontend_messages(&recorded).iter().map(|message| char::from(message.tag)).collect();
            assert_eq!(tags, said);
        }
    }

    async fn there_are_never_more_connections_than_allowed(db) {
        let pool = pool(db, PoolOptions::new().max(3));
        let mut other = db.session().await;
        let tasks = {
            let pool = pool.clone();
            tokio::spawn(all(24, move |task| {
                let pool = pool.clone();
                async move {
                    for round in 0..20 {
                        let mut session = pool.acquire().await.unwrap();
                        session.fetch_one(ECHO.bind((round,))).await.unwrap();
                        if (task + usize::try_from(round).unwrap()) % 7 == 0 {
                            session.discard();
                        }
                    }
                }
            }))
        };
        while !tasks.is_finished() {
            assert!(on_server(&mut other).await <= 3);
            assert!(pool.status().size <= 3);
        }
        tasks.await.unwrap();
        until(&pool, |status| status.used == 0 && status.closing == 0).await;
        pool.close().await.unwrap();
        assert_eq!(on_server(&mut other).await, 0);
    }

    async fn those_who_wait_are_served_in_the_order_in_which_they_came(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let held = pool.acquire().await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for turn in 0..20 {
            let (waiter, order) = (pool.clone(), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let session = waiter.acquire().await.unwrap();
                order.lock().unwrap().push(turn);
                drop(session);
            }));
            until(&pool, |status| status.waiting == turn + 1).await;
        }
        assert!(pool.try_acquire().is_err());
        drop(held);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }

    async fn who_waits_in_vain_hears_why(db) {
        let pool = pool(db, PoolOptions::new().max(1).acquire_limit(Duration::from_millis(500)));
        let held = pool.acquire().await.unwrap();
        let error = pool.acquire().await.unwrap_err();
        assert!(error.is_pool_timeout() && error.is_timeout() && !error.is_closed());
        assert_eq!(error.to_string(), "no connection became free within 500ms, 1 of 1 are in use: hold them for shorter, or allow more");
        let error = pool.try_acquire().unwrap_err();
        assert!(error.to_string().starts_with("no connection of 1 is free"), "{error}");
        assert_eq!((pool.status().timeouts, pool.status().waiting), (1, 0));
        drop(held);
        pool.acquire().await.unwrap();
    }

    async fn a_refusal_that_waiting_does_not_mend_is_told_to_all_at_once(db) {
        let config: Config = db.config().database("missing").application_name(NAME);
        let pool = Pool::new(config, PoolOptions::new().max(2));
        let refused = pool.clone();
        all(8, move |_| {
            let pool = refused.clone();
            async move {
                let error = within(5, pool.acquire()).await.unwrap_err();
                assert_eq!(error.sql_state(), Some(SqlState::INVALID_CATALOG_NAME), "{error}");
                assert!(error.to_string().contains("\"missing\""), "{error}");
            }
        })
        .await;
        assert!(pool.warm_up(2).await.unwrap_err().sql_state().is_some());
        until(&pool, |status| status.size == 0).await;
    }

    async fn a_closed_pool_refuses_and_waits_for_what_is_in_use(db) {
        let pool = pool(db, PoolOptions::new().max(2));
        let mut held = pool.acquire().await.unwrap();
        let other_held = pool.acquire().await.unwrap();
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.acquire().await.map(drop) }
        });
        until(&pool, |status| status.waiting == 1).await;
        let closing = tokio::spawn({
            let pool = pool.clone();
            async move { pool.close().await }
        });
        assert!(waiting.await.unwrap().unwrap_err().is_closed());
        assert!(pool.acquire().await.unwrap_err().is_closed() && pool.try_acquire().unwrap_err().is_closed());
        assert!(pool.warm_up(1).await.unwrap_err().is_closed());
        assert_eq!(held.fetch_one(ECHO.bind((3,))).await.unwrap(), 3, "who holds a connection may go on");
        drop((held, other_held));
        closing.await.unwrap().unwrap();
        assert_eq!((pool.status().size, pool.is_closed()), (0, true));
        assert_eq!(on_server(&mut db.session().await).await, 0);
    }

    async fn closing_ends_even_if_a_connection_does_not_come_back(db) {
        let pool = pool(db, PoolOptions::new().close_limit(Duration::from_millis(500)));
        let held = pool.acquire().await.unwrap();
        let error = pool.close().await.unwrap_err();
        assert!(error.is_pool_timeout(), "{error}");
        assert!(error.to_string().starts_with("1 connections were not given back within 500ms"), "{error}");
        drop(held);
        pool.close().await.unwrap();
        assert_eq!(on_server(&mut db.session().await).await, 0);
    }

    async fn a_pool_can_be_made_larger_and_smaller(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let first = pool.acquire().await.unwrap();
        assert!(poll_eagerly(pool.acquire(), 3).await.is_none());
        pool.resize(3);
        let (second, third) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
        drop(third);
        pool.resize(1);
        assert!(pool.try_acquire().is_err());
        drop(second);
        until(&pool, |status| status.size == 1).await;
        assert_eq!(pool.status().used, 1);
        drop(first);
        assert_eq!(pool.status().idle, 1);
        pool.resize(0);
        assert_eq!(pool.status().max, 1);
    }

    async fn a_warm_pool_has_its_connections_before_anybody_asks(db) {
        let pool = pool(db, PoolOptions::new().max(4));
        pool.warm_up(3).await.unwrap();
        assert_eq!((pool.status().idle, pool.status().size), (3, 3));
        pool.warm_up(100).await.unwrap();
        assert_eq!(pool.status().idle, 4);
        assert_eq!(on_server(&mut db.session().await).await, 4);
        assert!(pool.try_acquire().is_ok());
        assert_eq!(number(&mut pool.acquire().await.unwrap(), "SELECT 1::int8 AS n").await, 1);
    }
}
