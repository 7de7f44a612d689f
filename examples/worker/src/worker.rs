//! One worker: takes jobs until it is told to stop, each in a transaction of its own.

use std::time::Duration;

use hathi::{Session, Transaction, command, query};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How often a job is tried.
const ATTEMPTS: i32 = 3;

/// How long a worker without work waits before it looks again.
const REST: Duration = Duration::from_millis(20);

/// A session, and the word to stop.
pub(crate) struct Worker {
    session: Session,
    stopping: watch::Receiver<bool>,
}

/// Why a job could not be done.
enum Trouble {
    /// The job itself: it is tried again, and given up in the end.
    Task(&'static str),
    /// The database: the worker ends.
    Database(hathi::Error),
}

impl From<hathi::Error> for Trouble {
    fn from(error: hathi::Error) -> Self {
        Self::Database(error)
    }
}

impl Worker {
    pub(crate) fn new(session: Session, stopping: watch::Receiver<bool>) -> Self {
        Self { session, stopping }
    }

    /// Works until it is told to stop; returns how many jobs it has ended. A job is never left in the middle: the word is
    /// heard between two jobs only.
    pub(crate) async fn run(mut self) -> Result<usize, hathi::Error> {
        let mut ended = 0;
        while !*self.stopping.borrow() {
            match self.session.transaction(next_job).await? {
                Some(true) => ended += 1,
                Some(false) => {}
                // Whoever stops us need not wait for the end of the rest.
                None => drop(timeout(REST, self.stopping.changed()).await),
            }
        }
        self.session.close().await?;
        Ok(ended)
    }
}

/// Does the first job that nobody else is at, if there is one; says whether that has ended it.
async fn next_job(tx: &mut Transaction<'_>) -> Result<Option<bool>, hathi::Error> {
    let next = query!(
        "SELECT id, task, attempts FROM job WHERE state = 'waiting'"
        "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    );
    let Some(job) = tx.fetch_optional(next).await? else {
        return Ok(None);
    };
    let (id, attempts) = (job.id, job.attempts + 1);
    // A savepoint: what a failed attempt has written is undone, and the job stays ours.
    let outcome = tx
        .transaction(async |attempt| work(attempt, id, &job.task).await)
        .await;
    let state = match outcome {
        Ok(()) => "done",
        Err(Trouble::Task(reason)) if attempts >= ATTEMPTS => {
            tx.execute(command!("UPDATE job SET result = {reason} WHERE id = {id}"))
                .await?;
            "given up"
        }
        Err(Trouble::Task(_)) => "waiting",
        Err(Trouble::Database(error)) => return Err(error),
    };
    tx.execute(command!(
        "UPDATE job SET state = {state}, attempts = {attempts} WHERE id = {id}"
    ))
    .await?;
    Ok(Some(state != "waiting"))
}

/// The work itself: spells a word backwards.
async fn work(tx: &mut Transaction<'_>, id: i32, task: &str) -> Result<(), Trouble> {
    let result: String = task.chars().rev().collect();
    tx.execute(command!("UPDATE job SET result = {result} WHERE id = {id}"))
        .await?;
    if result.is_empty() {
        return Err(Trouble::Task("there is no word"));
    }
    Ok(())
}

/// Waits until no job is waiting for a worker.
pub(crate) async fn nothing_left(session: &mut Session) -> Result<(), hathi::Error> {
    let waiting = query!("SELECT count(*) AS waiting FROM job WHERE state = 'waiting'" as scalar);
    while session.fetch_one(waiting).await? > 0 {
        sleep(REST).await;
    }
    Ok(())
}
