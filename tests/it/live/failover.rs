//! Pools while another program changes which server is the primary: on request, and because the primary was killed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hathi::sql::Int4;
use hathi::{Command, Pool, PoolOptions, Query, Session, TargetSessionAttrs};
use hathi_tests::{Formation, Made, command, statement, within};

const WRITE: Command<(Int4,)> = command!("INSERT INTO done VALUES ($1)", [Int4]);
const READ: Query<(), i32> = statement!("SELECT 1 AS n", [] -> ("n", Int4));
const WRITERS: usize = 8;
/// So many writes, and reads, must succeed before and behind each change.
const ENOUGH: usize = 100;
/// How long pools may take to serve again once there is a primary again.
const SOON: Duration = Duration::from_secs(10);

/// What became of every statement: each number is tried once.
#[derive(Debug, Default)]
struct Report {
    next: AtomicI32,
    done: Mutex<Vec<i32>>,
    failed: Mutex<Vec<i32>>,
    reads: AtomicUsize,
    is_over: AtomicBool,
}

impl Report {
    fn writes(&self) -> usize {
        self.done.lock().unwrap().len()
    }

    async fn until_enough_more(&self) {
        let (writes, reads) = (self.writes(), self.reads.load(Ordering::SeqCst));
        while self.writes() < writes + ENOUGH || self.reads.load(Ordering::SeqCst) < reads + ENOUGH
        {
            tokio::task::yield_now().await;
        }
    }
}

async fn write(pool: Pool, report: Arc<Report>, exclusive: bool) {
    while !report.is_over.load(Ordering::SeqCst) {
        let number = report.next.fetch_add(1, Ordering::SeqCst);
        let outcome = if exclusive {
            let work =
                async |tx: &mut hathi::Transaction<'_>| tx.execute(WRITE.bind((number,))).await;
            match pool.acquire().await {
                Ok(mut session) => session.transaction(work).await,
                Err(error) => Err(error),
            }
        } else {
            pool.execute(WRITE.bind((number,))).await
        };
        let list = if outcome.is_ok() {
            &report.done
        } else {
            &report.failed
        };
        list.lock().unwrap().push(number);
        tokio::task::yield_now().await;
    }
}

async fn read(pool: Pool, report: Arc<Report>) {
    while !report.is_over.load(Ordering::SeqCst) {
        if pool.fetch_one(READ).await.is_ok() {
            report.reads.fetch_add(1, Ordering::SeqCst);
        }
        tokio::task::yield_now().await;
    }
}

fn pool(formation: &Formation, target: TargetSessionAttrs) -> Pool {
    let config = formation
        .config()
        .target_session_attrs(target)
        .call_limit(Some(Duration::from_secs(20)));
    let options = PoolOptions::new()
        .max(4)
        .backoff(Duration::from_millis(20), Duration::from_millis(500));
    Pool::new(config, options)
}

#[tokio::test]
async fn pools_ride_through_a_switch_over_and_a_killed_primary_and_every_statement_is_accounted_for()
 {
    within(400, async {
        let formation = Formation::start().await;
        let writer = pool(&formation, TargetSessionAttrs::ReadWrite);
        let reader = pool(&formation, TargetSessionAttrs::PreferStandby);
        writer
            .execute(command!("CREATE TABLE done (n int PRIMARY KEY)"))
            .await
            .unwrap();
        let report = Arc::new(Report::default());
        let mut tasks: Vec<_> = (0..WRITERS)
            .map(|task| tokio::spawn(write(writer.clone(), Arc::clone(&report), task % 2 == 0)))
            .collect();
        tasks.push(tokio::spawn(read(reader.clone(), Arc::clone(&report))));
        report.until_enough_more().await;

        let first = formation.primary().await;
        formation.switch_over().await;
        serves_again(&formation, &report, 1 - first, "a switch-over").await;
        formation.settled().await;

        formation.kill(1 - first);
        serves_again(&formation, &report, first, "a killed primary").await;

        report.is_over.store(true, Ordering::SeqCst);
        for task in tasks {
            task.await.unwrap();
        }
        account(&formation, &report).await;
    })
    .await;
}

async fn serves_again(formation: &Formation, report: &Report, place: usize, behind: &str) {
    formation.promoted(place).await;
    let promoted = Instant::now();
    report.until_enough_more().await;
    let took = promoted.elapsed();
    assert!(
        took < SOON,
        "behind {behind} the pools served again after {took:?}"
    );
}

/// What was reported done is there, and what is there was reported, as done or as failed.
async fn account(formation: &Formation, report: &Report) {
    let config = formation
        .config()
        .target_session_attrs(TargetSessionAttrs::ReadWrite);
    let mut session = Session::connect(&config).await.unwrap();
    let all = Made::new("SELECT n FROM done")
        .column::<Int4>("n")
        .query(|row| Ok(row.get::<Int4, i32>(0)?));
    let found: HashSet<i32> = session.fetch_all(all).await.unwrap().into_iter().collect();
    let done: HashSet<i32> = report.done.lock().unwrap().iter().copied().collect();
    let failed: HashSet<i32> = report.failed.lock().unwrap().iter().copied().collect();
    assert_eq!(
        done.difference(&found).count(),
        0,
        "reported done and not there"
    );
    let reported: HashSet<i32> = done.union(&failed).copied().collect();
    assert_eq!(
        found.difference(&reported).count(),
        0,
        "there and never reported"
    );
    let tried = usize::try_from(report.next.load(Ordering::SeqCst)).unwrap();
    assert_eq!(
        done.len() + failed.len(),
        tried,
        "each statement has one outcome"
    );
}
