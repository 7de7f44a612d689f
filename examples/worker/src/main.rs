//! A job queue in one table: several workers, one job each at a time, and a stop that loses nothing.
//!
//! A worker takes a job by locking its row, and holds the lock until the transaction ends. `SKIP LOCKED` makes the others
//! take the next one instead of waiting. A worker that dies gives its job back without anybody's help: its transaction is
//! rolled back, and the row was never changed.
#![allow(
    clippy::print_stdout,
    reason = "the example shows what became of the jobs"
)]

mod database;
mod worker;

use std::error::Error;

use database::Database;
use hathi::{Command, command, query, sql};
use tokio::sync::watch;
use worker::Worker;

const MIGRATION: &str = include_str!("../migrations/0001__job.up.sql");

const TASKS: [&str; 7] = [
    "lighthouse",
    "anchor",
    "",
    "sextant",
    "capstan",
    "bowsprit",
    "yardarm",
];

const ENQUEUE: Command<(sql::Text,)> = command!("INSERT INTO job (task) VALUES ($task)");

const WORKERS: usize = 3;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(MIGRATION).await?;
    let mut session = database.session().await?;

    // All rows in one flight, and all or none of them.
    let jobs = TASKS.map(|task| ENQUEUE.bind((task,)));
    session.pipeline(Vec::from(jobs)).await?;
    println!("{} jobs, {WORKERS} workers", TASKS.len());

    let (stop, stopping) = watch::channel(false);
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let worker = Worker::new(database.session().await?, stopping.clone());
        workers.push(tokio::spawn(worker.run()));
    }

    // Until there is nothing left to do, or somebody presses Ctrl-C. Each worker ends the job it is at.
    tokio::select! {
        nothing_left = worker::nothing_left(&mut session) => nothing_left?,
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    stop.send_replace(true);
    let mut ended = 0;
    for worker in workers {
        ended += worker.await??;
    }
    println!("{ended} jobs ended, all workers stopped");

    let jobs = query!("SELECT task, state, attempts, result FROM job ORDER BY id");
    for job in session.fetch_all(jobs).await? {
        let result = job.result.unwrap_or_else(|| "nothing".to_owned());
        println!(
            "{:?} {} after {}: {result}",
            job.task, job.state, job.attempts
        );
    }
    session
        .execute(command!("DELETE FROM job WHERE state <> 'waiting'"))
        .await?;

    session.close().await?;
    database.close()?;
    Ok(())
}
