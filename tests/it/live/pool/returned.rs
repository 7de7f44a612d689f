//! The state in which connections come back, and in which the next user gets them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hathi::sql::Int4;
use hathi::{Hooked, PoolOptions, Reset, Session};
use hathi_tests::{command, on_every_server, poll_times, statement, within};

use crate::live::ask::{ECHO, SLEEP, assert_in_step, number, text};
use crate::live::pool::{NAME, config, on_server, pool, until};

type Counts = Arc<[AtomicUsize; 3]>;

/// A hook that counts how often it runs.
fn hook(
    counts: &Counts,
    index: usize,
    script: &'static str,
) -> impl for<'s> Fn(&'s mut Session) -> Hooked<'s> + Send + Sync + 'static {
    let counts = Arc::clone(counts);
    move |session| {
        counts[index].fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { session.simple(script).await.map(drop) })
    }
}

fn refusing(session: &mut Session) -> Hooked<'_> {
    Box::pin(async move { session.simple("SELECT broken").await.map(drop) })
}

on_every_server! {
    async fn a_transaction_left_open_is_rolled_back_at_once(db) {
        let mut other = db.session().await;
        other.simple("CREATE TABLE t (n int PRIMARY KEY)").await.unwrap();
        let pool = pool(db, PoolOptions::new().max(1));
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        session.simple("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        drop(session);
        // Nobody asks for the connection, and the lock goes all the same.
        within(10, other.simple("INSERT INTO t VALUES (1)")).await.unwrap();
        let mut session = pool.acquire().await.unwrap();
        assert_eq!(session.process(), process);
        assert!(!session.in_transaction());
        session.simple("DELETE FROM t").await.unwrap();
        drop(session);
        assert_eq!(number(&mut other, "SELECT count(*) FROM t").await, 0);
    }

    async fn a_forgotten_transaction_is_not_the_next_users(db) {
        let mut other = db.session().await;
        other.simple("CREATE TABLE t (n int PRIMARY KEY)").await.unwrap();
        let pool = pool(db, PoolOptions::new().max(1));
        // It had not said a word yet; it had, and one in it had not.
        for is_begun in [false, true] {
            let mut session = pool.acquire().await.unwrap();
            let mut tx = session.begin();
            if is_begun {
                tx.simple("INSERT INTO t VALUES (7)").await.unwrap();
                std::mem::forget(tx.begin());
            }
            std::mem::forget(tx);
            drop(session);
            let mut session = pool.acquire().await.unwrap();
            session.simple(&format!("INSERT INTO t VALUES ({})", i32::from(is_begun))).await.unwrap();
            assert!(!session.in_transaction());
        }
        assert_eq!(text(&mut other, "SELECT string_agg(n::text, ',' ORDER BY n) FROM t").await, "0,1");
    }

    async fn a_failed_transaction_left_open_is_rolled_back(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut session = pool.acquire().await.unwrap();
        session.simple("BEGIN").await.unwrap();
        session.simple("SELECT 1 / 0").await.unwrap_err();
        assert!(session.in_transaction());
        drop(session);
        let mut session = pool.acquire().await.unwrap();
        assert!(!session.in_transaction());
        assert_in_step(&mut session).await;
    }

    async fn a_begin_whose_answer_nobody_awaited_opens_no_transaction_for_the_next_user(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        for polls in 1..4 {
            let mut session = pool.acquire().await.unwrap();
            poll_times(session.execute(command!("BEGIN")), polls).await;
            drop(session);
            let mut session = pool.acquire().await.unwrap();
            assert_in_step(&mut session).await;
            assert!(!session.in_transaction());
        }
    }

    async fn a_query_left_running_is_stopped_and_the_connection_used_again(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        assert!(poll_times(session.fetch_one(SLEEP.bind((1000.0,))), 1).await.is_none());
        drop(session);
        let mut session = within(10, pool.acquire()).await.unwrap();
        assert_eq!(session.process(), process);
        assert_in_step(&mut session).await;
    }

    async fn a_copy_left_open_is_refused_and_the_connection_used_again(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut session = pool.acquire().await.unwrap();
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        for polls in 1..4 {
            poll_times(session.execute(command!("COPY t FROM STDIN")), polls).await;
            drop(session);
            session = within(10, pool.acquire()).await.unwrap();
            assert_in_step(&mut session).await;
        }
    }

    async fn a_future_that_was_forgotten_costs_the_next_user_nothing(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        let mut session = pool.acquire().await.unwrap();
        let mut forgotten = Box::pin(session.fetch_all(statement!("SELECT n AS n FROM generate_series(1, 100000) n", [] -> ("n", Int4))));
        assert!(poll_times(forgotten.as_mut(), 1).await.is_none());
        std::mem::forget(forgotten);
        drop(session);
        assert_in_step(&mut pool.acquire().await.unwrap()).await;
    }

    async fn without_reset_a_connection_left_in_a_transaction_is_closed(db) {
        let pool = pool(db, PoolOptions::new().max(1).reset(Reset::None));
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        session.simple("BEGIN").await.unwrap();
        drop(session);
        let mut session = pool.acquire().await.unwrap();
        assert_ne!(session.process(), process);
        assert!(!session.in_transaction());
        assert_in_step(&mut session).await;
    }

    async fn a_full_reset_leaves_nothing_of_the_last_user(db) {
        let pool = pool(db, PoolOptions::new().max(1).reset(Reset::Full));
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        session.simple("CREATE ROLE somebody_of_this_pool; DROP ROLE somebody_of_this_pool").await.unwrap();
        session.simple(
            "SET statement_timeout = '77s'; LISTEN news; CREATE TEMPORARY TABLE mine (); SELECT pg_advisory_lock(4711);
             CREATE SEQUENCE IF NOT EXISTS seq; SELECT nextval('seq'); BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1; COMMIT; BEGIN",
        ).await.unwrap();
        drop(session);
        let mut session = pool.acquire().await.unwrap();
        assert_eq!(session.process(), process);
        assert_eq!(text(&mut session, "SELECT current_setting('statement_timeout')").await, "0");
        for left in [
            "SELECT count(*) FROM pg_listening_channels()",
            "SELECT count(*) FROM pg_class WHERE relname = 'mine'",
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            "SELECT count(*) FROM pg_cursors WHERE name = 'c'",
        ] {
            assert_eq!(number(&mut session, left).await, 0, "{left}");
        }
        assert!(session.simple("SELECT lastval()").await.is_err());
    }

    async fn a_connection_that_was_ended_while_idle_is_never_handed_out(db) {
        let mut other = db.session().await;
        let pool = pool(db, PoolOptions::new().max(2));
        for _ in 0..5 {
            pool.warm_up(2).await.unwrap();
            while on_server(&mut other).await > 0 {
                let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{NAME}' AND datname = current_database()");
                other.simple(&sql).await.unwrap();
            }
            let mut session = pool.acquire().await.unwrap();
            assert_eq!(session.fetch_one(ECHO.bind((1,))).await.unwrap(), 1);
        }
    }

    async fn a_connection_that_broke_in_use_makes_room_for_another(db) {
        let pool = pool(db, PoolOptions::new().max(1));
        for _ in 0..3 {
            let mut session = pool.acquire().await.unwrap();
            session.simple("SELECT pg_terminate_backend(pg_backend_pid())").await.unwrap_err();
            drop(session);
            assert_in_step(&mut pool.acquire().await.unwrap()).await;
        }
        assert_eq!(pool.status().size, 1);
    }

    async fn a_server_that_takes_no_writes_any_more_is_left(db) {
        let name = db.name().to_owned();
        let pool = pool(db, PoolOptions::new().max(1).expects_writes(true));
        let mut session = pool.acquire().await.unwrap();
        let process = session.process();
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        // A transaction that was asked to be read-only says nothing about the server.
        session.simple("BEGIN READ ONLY").await.unwrap();
        session.execute(command!("INSERT INTO t VALUES (1)")).await.unwrap_err();
        session.simple("ROLLBACK").await.unwrap();
        drop(session);
        let mut session = pool.acquire().await.unwrap();
        assert_eq!(session.process(), process);
        db.session().await.simple(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
        session.simple("SET default_transaction_read_only = on").await.unwrap();
        let error = session.execute(command!("INSERT INTO t VALUES (1)")).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "25006");
        drop(session);
        let mut other = db.session().await;
        other.simple("SET default_transaction_read_only = off").await.unwrap();
        other.simple(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await.unwrap();
        let mut session = pool.acquire().await.unwrap();
        assert_ne!(session.process(), process);
        session.execute(command!("INSERT INTO t VALUES (1)")).await.unwrap();
    }

    async fn hooks_run_at_their_turns_and_a_failing_one_costs_the_connection(db) {
        let counts: Counts = Arc::default();
        let options = PoolOptions::new()
            .max(1)
            .after_connect(hook(&counts, 0, "SET statement_timeout = '12s'"))
            .before_acquire(hook(&counts, 1, "SELECT 1"))
            .after_release(hook(&counts, 2, "SELECT 1"));
        let pool = hathi::Pool::new(config(db), options);
        for _ in 0..3 {
            let mut session = pool.acquire().await.unwrap();
            assert_eq!(text(&mut session, "SELECT current_setting('statement_timeout')").await, "12s");
        }
        until(&pool, |status| status.idle == 1).await;
        let counted: Vec<usize> = counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        assert_eq!(counted, [1, 3, 3]);
        let pool = hathi::Pool::new(config(db), PoolOptions::new().after_connect(refusing));
        assert_eq!(pool.acquire().await.unwrap_err().sql_state().unwrap().code(), "42703");
        let limited = PoolOptions::new().max(1).before_acquire(refusing).acquire_limit(Duration::from_millis(100));
        let pool = hathi::Pool::new(config(db), limited);
        assert!(pool.acquire().await.unwrap_err().is_pool_timeout());
        until(&pool, |status| status.used == 0).await;
    }
}
