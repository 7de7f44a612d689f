//! A small pool, many tasks, futures dropped at any poll: in the end nothing is lost and nothing is left.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use hathi::sql::Int4;
use hathi::{Config, Pool, PoolOptions, PoolStatus, Session};
use hathi_tests::{on_every_server, poll_times, statement, within};

use crate::live::ask::{ECHO, SLEEP, assert_in_step};
use crate::live::pool::{NAME, all, on_server, until};

/// How long the newest server is hammered, and the others.
const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_secs(3);

/// Numbers without pattern, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn polls(&mut self) -> usize {
        usize::try_from(self.roll(6)).unwrap()
    }
}

async fn task(pool: Pool, number: usize, until: Instant) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ u64::try_from(number + 1).unwrap() << 20);
    while Instant::now() < until {
        if dice.roll(2) == 0 {
            share(&pool, &mut dice).await;
            continue;
        }
        let polls = if dice.roll(3) == 0 {
            dice.polls()
        } else {
            usize::MAX
        };
        let Some(session) = poll_times(pool.acquire(), polls).await else {
            continue;
        };
        let mut session = session.unwrap();
        assert!(!session.in_transaction(), "of nobody else");
        match dice.roll(12) {
            0 => drop(poll_times(session.fetch_one(SLEEP.bind((0.01,))), dice.polls()).await),
            1 => drop(poll_times(session.simple("BEGIN; SELECT 1"), dice.polls()).await),
            2 => {
                let rows =
                    statement!("SELECT n AS n FROM generate_series(1, 5000) n", [] -> ("n", Int4));
                drop(poll_times(session.fetch_all(rows), dice.polls()).await);
            }
            3 if dice.roll(8) == 0 => session.discard(),
            4 if dice.roll(20) == 0 => {
                session
                    .simple("SELECT pg_terminate_backend(pg_backend_pid())")
                    .await
                    .unwrap_err();
            }
            _ => {
                let number = i32::try_from(dice.roll(1000)).unwrap();
                assert_eq!(
                    session.fetch_one(ECHO.bind((number,))).await.unwrap(),
                    number
                );
            }
        }
    }
}

/// One statement given to the pool itself; as a rule its answer is waited for.
async fn share(pool: &Pool, dice: &mut Dice) {
    let number = i32::try_from(dice.roll(1000)).unwrap();
    let polls = if dice.roll(3) == 0 {
        dice.polls()
    } else {
        usize::MAX
    };
    match poll_times(pool.fetch_one(ECHO.bind((number,))), polls).await {
        Some(Ok(echo)) => assert_eq!(echo, number),
        // Some of the others end connections.
        Some(Err(error)) => assert!(error.is_closed(), "{error}"),
        None => {}
    }
}

async fn hammer(config: Config, long: Duration) {
    let mut other = Session::connect(&config).await.unwrap();
    let pool = Pool::new(config.application_name(NAME), PoolOptions::new().max(4));
    let end = Instant::now() + long;
    let hammered = pool.clone();
    all(64, move |number| task(hammered.clone(), number, end)).await;
    let is_calm =
        |status: PoolStatus| status.used + status.opening + status.closing + status.waiting == 0;
    until(&pool, is_calm).await;
    assert!(pool.status().shared_statements > 0);
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(pool.acquire().await.unwrap());
    }
    for session in &mut sessions {
        assert_in_step(session).await;
    }
    drop(sessions);
    assert_eq!(on_server(&mut other).await, 4);
    pool.close().await.unwrap();
    assert_eq!(on_server(&mut other).await, 0);
}

/// Runs it on several threads, as a server would.
async fn on_threads(config: Config, long: Duration) {
    let hammering = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(3)
            .enable_all()
            .build()
            .unwrap();
        // What runs on threads of its own is not ended by the limit of the test.
        let hammered = within(long.as_secs() + 60, hammer(config, long));
        let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(hammered)));
        runtime.shutdown_background();
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
    };
    tokio::task::spawn_blocking(hammering).await.unwrap();
}

on_every_server! {
    async fn a_pool_of_four_hammered_by_64_tasks_ends_with_all_slots_free(db) {
        let long = if db.major() == 18 { LONG } else { SHORT };
        on_threads(db.config(), long).await;
    }
}
