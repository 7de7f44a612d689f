//! A pool for writers while its server fails and the standby takes over.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hathi::sql::Int4;
use hathi::{Command, Error, Pool, PoolOptions, TargetSessionAttrs};
use hathi_tests::{Pair, Part, command, on_every_major};

use crate::live::ask::number;

const WRITE: Command<(Int4,)> = command!("INSERT INTO done VALUES ($1)", [Int4]);

const CONNECTIONS: usize = 4;
const TASKS: usize = 16;
/// So many writes are reported done before the failure, and again behind it.
const WRITES: usize = 200;
/// How long the pool may take to serve again, on a machine that does a lot else.
const SOON: Duration = Duration::from_secs(15);

/// What tasks that write tell of it.
#[derive(Debug, Default)]
struct Report {
    next: AtomicI32,
    done: Mutex<Vec<i32>>,
    is_lost: AtomicBool,
    is_over: AtomicBool,
}

impl Report {
    fn count(&self) -> usize {
        self.done.lock().unwrap().len()
    }

    async fn until(&self, count: usize) {
        while self.count() < count {
            tokio::task::yield_now().await;
        }
    }
}

/// Writes one number after the other, whatever happens: each once, and noted only if it is said to be done.
async fn write(pool: Pool, report: Arc<Report>, exclusive: bool) {
    while !report.is_over.load(Ordering::SeqCst) {
        let number = report.next.fetch_add(1, Ordering::SeqCst);
        let outcome = if exclusive {
            in_transaction(&pool, &report, number).await
        } else {
            pool.execute(WRITE.bind((number,))).await
        };
        if let Ok(rows) = outcome {
            assert_eq!(rows, 1);
            report.done.lock().unwrap().push(number);
        }
        tokio::task::yield_now().await;
    }
}

async fn in_transaction(pool: &Pool, report: &Report, number: i32) -> Result<u64, Error> {
    let is_lost = report.is_lost.load(Ordering::SeqCst);
    let mut session = pool.acquire().await?;
    let outcome = session
        .transaction(async |tx| tx.execute(WRITE.bind((number,))).await)
        .await;
    if let (true, Err(error)) = (is_lost, &outcome) {
        panic!("a connection to the lost server was handed out: {error}");
    }
    outcome
}

on_every_major! {
    async fn a_busy_pool_follows_a_promotion_and_loses_nothing_it_reported(major) {
        let mut pair = Pair::start(major);
        let config = pair.config(&[Part::Primary, Part::Standby]).target_session_attrs(TargetSessionAttrs::ReadWrite);
        let options = PoolOptions::new()
            .max(CONNECTIONS)
            .backoff(Duration::from_millis(20), Duration::from_millis(500));
        let pool = Pool::new(config, options);
        let mut session = pair.session(Part::Primary).await;
        session.simple("CREATE TABLE done (n int PRIMARY KEY)").await.unwrap();
        let report = Arc::new(Report::default());
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| tokio::spawn(write(pool.clone(), Arc::clone(&report), task % 2 == 0)))
            .collect();
        report.until(WRITES).await;

        let stopping = tokio::task::spawn_blocking(move || {
            pair.lose_primary();
            pair
        });
        let pair = stopping.await.unwrap();
        report.is_lost.store(true, Ordering::SeqCst);
        let before = report.count();
        pair.promote().await;
        let promoted = Instant::now();
        report.until(before + WRITES).await;
        assert!(promoted.elapsed() < SOON, "served again after {:?}", promoted.elapsed());

        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut session = pool.acquire().await.unwrap();
            assert_eq!(pair.found(&mut session).await, Part::Standby);
            held.push(session);
        }
        drop(held);
        report.is_over.store(true, Ordering::SeqCst);
        for task in tasks {
            task.await.unwrap();
        }
        pool.close().await.unwrap();

        let mut session = pair.session(Part::Standby).await;
        let done = report.done.lock().unwrap().clone();
        let list: Vec<String> = done.iter().map(i32::to_string).collect();
        let found = format!("SELECT count(*) FROM done WHERE n = ANY ('{{{}}}')", list.join(","));
        assert_eq!(usize::try_from(number(&mut session, &found).await).unwrap(), done.len(), "a write that was reported done is lost");
    }
}
