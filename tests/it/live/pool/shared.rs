//! Single statements of many tasks over few connections.

use std::time::Duration;

use hathi::sql::{Int4, Int8, Nullable, Text};
use hathi::{Bound, Many, Pool, PoolOptions, Query, SqlState};
use hathi_tests::{Made, command, on_every_server, poll_times, statement, within};

use crate::live::ask::{ECHO, number};
use crate::live::pool::{all, on_server, pool, until};

/// The process that answers, and what it was asked.
const WHO: Query<(Int4,), (i32, i32)> = statement!("SELECT pg_backend_pid() AS pid, $1 AS echo", [Int4] -> [("pid", Int4), ("echo", Int4)]);

/// The numbers from 1 to $1.
const COUNT_TO: Query<(Int4,), i32> =
    statement!("SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));

/// A statement shares once it is known to be quick.
async fn learn(pool: &Pool, statement: Query<(Int4,), i32>) {
    pool.fetch_all(statement.bind((1,))).await.unwrap();
}

on_every_server! {
    async fn statements_of_many_tasks_share_few_connections_and_each_gets_its_own_answer(db) {
        let pool = pool(db, PoolOptions::new().max(2));
        learn(&pool, COUNT_TO).await;
        let tasks = pool.clone();
        all(64, move |task| {
            let pool = tasks.clone();
            async move {
                for round in 0..20 {
                    let count = i32::try_from((task * 7 + round) % 40).unwrap();
                    let rows = pool.fetch_all(COUNT_TO.bind((count,))).await.unwrap();
                    assert_eq!(rows, (1..=count).collect::<Vec<_>>());
                    assert_eq!(pool.fetch_one(ECHO.bind((count,))).await.unwrap(), count);
                }
            }
        })
        .await;
        let status = pool.status();
        assert!(status.shared_statements > 1000, "{status:?}");
        assert!(status.size <= 2 && status.used == 0, "{status:?}");
        pool.close().await.unwrap();
        assert_eq!(on_server(&mut db.session().await).await, 0);
    }

    async fn each_statement_fails_alone(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let ratio = statement!("SELECT 10 / $1 AS ratio", [Int4] -> ("ratio", Nullable<Int4>));
        assert_eq!(pool.fetch_one(ratio.bind((5,))).await.unwrap(), Some(2));
        let tasks = pool.clone();
        all(20, move |task| {
            let pool = tasks.clone();
            async move {
                let divisor = i32::try_from(task % 3).unwrap();
                let outcome = pool.fetch_one(ratio.bind((divisor,))).await;
                match divisor {
                    0 => assert_eq!(outcome.unwrap_err().sql_state(), Some(SqlState::DIVISION_BY_ZERO)),
                    _ => assert_eq!(outcome.unwrap(), Some(10 / divisor)),
                }
            }
        })
        .await;
        assert_eq!(pool.status().size, 1);
    }

    async fn the_verbs_answer_as_those_of_a_session(db) {
        let pool = pool(db, PoolOptions::new());
        for sharing in 0..3 {
            assert_eq!(pool.fetch_one(COUNT_TO.bind((1,))).await.unwrap(), 1, "{sharing}");
            assert_eq!(pool.fetch_optional(COUNT_TO.bind((0,))).await.unwrap(), None);
            assert_eq!(pool.fetch_all(COUNT_TO.bind((3,))).await.unwrap(), [1, 2, 3]);
            assert_eq!(pool.fetch(COUNT_TO.bind((2,))).await.unwrap(), [1, 2]);
            assert!(pool.fetch_one(COUNT_TO.bind((0,))).await.unwrap_err().is_row_count());
            assert!(pool.fetch_one(COUNT_TO.bind((70_000,))).await.unwrap_err().is_row_count());
            assert_eq!(pool.execute(command!("CREATE TABLE IF NOT EXISTS t (n int)")).await.unwrap(), 0);
            assert_eq!(pool.execute(command!("INSERT INTO t SELECT generate_series(1, 3)")).await.unwrap(), 3);
            assert_eq!(pool.execute(command!("DELETE FROM t")).await.unwrap(), 3);
        }
        assert!(pool.status().shared_statements > 0);
    }

    async fn a_statement_that_touches_the_session_has_a_connection_for_itself(db) {
        let pool = pool(db, PoolOptions::new().max(2));
        for _ in 0..3 {
            pool.execute(command!("SET application_name = 'the pool under test'")).await.unwrap();
            let lock = statement!("SELECT count(pg_advisory_xact_lock(1)) AS n", [] -> ("n", Int8));
            assert_eq!(pool.fetch_one(lock).await.unwrap(), 1);
        }
        assert_eq!(pool.status().shared_statements, 0);
    }

    async fn a_pool_that_does_not_share_gives_each_statement_its_connection(db) {
        let pool = pool(db, PoolOptions::new().max(2).sharing(false));
        let tasks = pool.clone();
        all(16, move |task| {
            let pool = tasks.clone();
            async move {
                for _ in 0..10 {
                    let number = i32::try_from(task).unwrap();
                    assert_eq!(pool.fetch_one(WHO.bind((number,))).await.unwrap().1, number);
                }
            }
        })
        .await;
        let status = pool.status();
        assert_eq!((status.shared_statements, status.shared, status.acquired), (0, 0, 160));
    }

    async fn a_slow_statement_does_not_hold_up_others(db) {
        let pool = pool(db, PoolOptions::new().max(2).sharing_patience(Duration::ZERO));
        // It looks as quick as any, and is for small arguments.
        let napping = "CREATE FUNCTION nap(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(n); RETURN n; END $$";
        db.session().await.simple(napping).await.unwrap();
        let nap = statement!("SELECT nap($1) AS n", [Int4] -> ("n", Nullable<Int4>));
        pool.fetch_one(nap.bind((0,))).await.unwrap();
        learn(&pool, COUNT_TO).await;
        pool.fetch_one(nap.bind((0,))).await.unwrap();
        let sleeper = pool.clone();
        let sleeping = tokio::spawn(async move { sleeper.fetch_one(nap.bind((100,))).await });
        let mut other = db.session().await;
        while number(&mut other, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()").await == 0 {}
        for count in 0..50 {
            let rows = within(5, pool.fetch_all(COUNT_TO.bind((count,)))).await.unwrap();
            assert_eq!(rows.len(), usize::try_from(count).unwrap());
        }
        assert!(!sleeping.is_finished());
        // Nobody waits for it any more: the server is asked to stop it.
        sleeping.abort();
        until(&pool, |status| status.used == 0).await;
        while number(&mut other, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()").await > 0 {}
        assert_eq!(pool.fetch_one(nap.bind((0,))).await.unwrap(), Some(0));
    }

    async fn an_exclusive_user_gets_the_only_connection_although_statements_never_cease(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        learn(&pool, COUNT_TO).await;
        let busy: Vec<_> = (0..4).map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                loop {
                    pool.fetch_all(COUNT_TO.bind((5,))).await.unwrap();
                }
            })
        }).collect();
        for _ in 0..5 {
            until(&pool, |status| status.shared == 1).await;
            let mut session = within(5, pool.acquire()).await.unwrap();
            assert_eq!(session.fetch_one(ECHO.bind((1,))).await.unwrap(), 1);
        }
        for task in busy {
            task.abort();
        }
        pool.close().await.unwrap();
    }

    async fn a_statement_dropped_before_it_was_sent_never_runs(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut other = db.session().await;
        other.simple("CREATE TABLE t (n int NOT NULL)").await.unwrap();
        let insert = command!("INSERT INTO t VALUES ($1)", [Int4]);
        pool.execute(insert.bind((0,))).await.unwrap();
        pool.execute(insert.bind((0,))).await.unwrap();
        drop(pool.execute(insert.bind((1,))));
        let held = pool.acquire().await.unwrap();
        assert!(poll_times(pool.execute(insert.bind((2,))), 1).await.is_none());
        drop(held);
        pool.execute(insert.bind((0,))).await.unwrap();
        assert_eq!(number(&mut other, "SELECT count(*) FROM t WHERE n > 0").await, 0);
        assert_eq!(number(&mut other, "SELECT count(*) FROM t").await, 3);
    }

    async fn fetch_dropped_after_each_poll_leaves_the_pool_sound(db) {
        let pool = pool(db, PoolOptions::new().max(2));
        for polls in 0..200 {
            let count = polls % 10;
            drop(crate::live::pool::poll_eagerly(pool.fetch_all(COUNT_TO.bind((1000,))), usize::try_from(polls).unwrap() % 20).await);
            drop(crate::live::pool::poll_eagerly(pool.execute(command!("SELECT WHERE false")), usize::try_from(polls).unwrap() % 7).await);
            let rows = pool.fetch_all(COUNT_TO.bind((count,))).await.unwrap();
            assert_eq!(rows.len(), usize::try_from(count).unwrap());
        }
        until(&pool, |status| status.used == 0).await;
        let held = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
        assert_eq!(held.len(), 2);
    }

    async fn a_shared_statement_is_prepared_again_after_a_change_of_the_schema(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut other = db.session().await;
        other.simple("CREATE TABLE t (n int NOT NULL, s text NOT NULL); INSERT INTO t VALUES (1, 'one')").await.unwrap();
        let all = statement!("SELECT * FROM t", [] -> [("n", Int4), ("s", Text)]);
        let write: Query<(Int4,), (i32, String), Many> = statement!(writes "INSERT INTO t VALUES ($1, 'x') RETURNING *", [Int4] -> [("n", Int4), ("s", Text)]);
        for round in 0..4 {
            assert_eq!(pool.fetch_all(all).await.unwrap().len(), 1 + round);
            let number = i32::try_from(round).unwrap();
            assert_eq!(pool.fetch_one(write.bind((number,))).await.unwrap().0, number);
        }
        other.simple("ALTER TABLE t ALTER s TYPE varchar(20)").await.unwrap();
        assert_eq!(pool.fetch_all(all).await.unwrap().len(), 5);
        assert_eq!(pool.fetch_one(write.bind((9,))).await.unwrap().0, 9);
        other.simple("ALTER TABLE t ADD more int").await.unwrap();
        for _ in 0..2 {
            assert!(pool.fetch_all(all).await.unwrap_err().is_drift());
            assert!(pool.fetch_all(write.bind((10,))).await.unwrap_err().is_drift());
        }
        assert_eq!(number(&mut other, "SELECT count(*) FROM t WHERE n = 10").await, 0, "nothing was written");
        other.simple("ALTER TABLE t DROP more").await.unwrap();
        assert_eq!(pool.fetch_all(all).await.unwrap().len(), 6);
    }

    async fn a_shared_connection_that_ends_tells_those_on_it_and_makes_room(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        for _ in 0..3 {
            learn(&pool, COUNT_TO).await;
            learn(&pool, COUNT_TO).await;
            assert_eq!(pool.status().shared, 1);
            let end = statement!("SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE application_name = 'the pool under test' AND datname = current_database()", [] -> ("n", Int8));
            let mut other = db.session().await;
            while on_server(&mut other).await > 0 {
                other.fetch_one(end).await.unwrap();
            }
            let rows = pool.fetch_all(COUNT_TO.bind((3,))).await.unwrap();
            assert_eq!(rows, [1, 2, 3]);
        }
    }

    async fn a_shared_statement_over_its_limit_is_stopped_and_others_go_on(db) {
        let config = crate::live::pool::config(db).call_limit(Some(Duration::from_millis(300)));
        let pool = Pool::new(config, PoolOptions::new().max(1));
        db.session().await.simple("CREATE FUNCTION nap(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(n); RETURN n; END $$").await.unwrap();
        let nap = statement!("SELECT nap($1) AS n", [Int4] -> ("n", Nullable<Int4>));
        for _ in 0..2 {
            pool.fetch_one(nap.bind((0,))).await.unwrap();
        }
        let error = within(5, pool.fetch_one(nap.bind((100,)))).await.unwrap_err();
        assert!(error.is_timeout() && !error.is_pool_timeout(), "{error}");
        assert_eq!(within(5, pool.fetch_one(nap.bind((0,)))).await.unwrap(), Some(0));
    }

    async fn who_waits_for_a_shared_connection_in_vain_hears_why(db) {
        let pool = pool(db, PoolOptions::new().max(1).acquire_limit(Duration::from_millis(500)));
        learn(&pool, COUNT_TO).await;
        let held = pool.acquire().await.unwrap();
        let error = pool.fetch_all(COUNT_TO.bind((1,))).await.unwrap_err();
        assert!(error.is_pool_timeout(), "{error}");
        drop(held);
        learn(&pool, COUNT_TO).await;
        pool.close().await.unwrap();
        assert!(pool.fetch_all(COUNT_TO.bind((1,))).await.unwrap_err().is_closed());
    }

    async fn large_arguments_and_large_answers_pass_each_other(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let echo = statement!("SELECT $1 AS s", [Text] -> ("s", Nullable<Text>));
        pool.fetch_one(echo.bind(("",))).await.unwrap();
        let tasks = pool.clone();
        all(16, move |task| {
            let pool = tasks.clone();
            async move {
                let text = char::from(b'a' + u8::try_from(task).unwrap()).to_string().repeat(1 << 20);
                assert!(pool.fetch_one(echo.bind((text.as_str(),))).await.unwrap() == Some(text));
            }
        })
        .await;
        let made: Bound<_, (Int4,), i32, Many> = Made::new("SELECT n AS n FROM generate_series(1, $1) n WHERE n > 0")
            .parameter::<Int4>()
            .column::<Int4>("n")
            .bound(|row| Ok(row.get::<Int4, i32>(0)?), (200_000,));
        for _ in 0..2 {
            assert_eq!(pool.fetch_all(made).await.unwrap().len(), 200_000);
        }
    }
}
