//! Single statements of 64 tasks over a pool of 8: the processor time of the client, ours beside tokio-postgres behind
//! deadpool, in one process, by turns. `peers [statements]`; `peers only hathi|peer current|threads [statements]` runs
//! one of them, for a profiler.

mod cpu;
mod ours;
mod theirs;

use std::error::Error;
use std::time::Duration;

use hathi_local::Server;
use tokio::runtime::{Builder, Runtime};

/// How many tasks want something at once.
const TASKS: usize = 64;
/// How many connections they have.
const CONNECTIONS: usize = 8;
/// How often each driver has its turn.
const ROUNDS: usize = 5;
/// How many rows the table has.
const ROWS: i32 = 1_000;
/// How many statements a turn has, unless told otherwise.
const STATEMENTS: usize = 100_000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let server = Server::owned().tcp().start()?;
    let url = server.address().url_of("postgres");
    runtime("current")?.block_on(ours::set_up(&url))?;
    match arguments.as_slice() {
        ["only", who, kind, rest @ ..] => {
            let statements = count(rest)?;
            let spent = turn(who, kind, &url, statements)?;
            println!("{who} {kind}: {}", per_statement(spent, statements));
        }
        rest => {
            let statements = count(rest)?;
            for kind in ["current", "threads"] {
                compare(kind, &url, statements)?;
            }
        }
    }
    Ok(())
}

fn count(arguments: &[&str]) -> Outcome<usize> {
    Ok(match arguments.first() {
        Some(count) => count.parse()?,
        None => STATEMENTS,
    })
}

fn compare(kind: &str, url: &str, statements: usize) -> Outcome<()> {
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..ROUNDS {
        theirs += turn("peer", kind, url, statements)?;
        ours += turn("hathi", kind, url, statements)?;
    }
    let all = statements * ROUNDS;
    println!(
        "{kind}: hathi {}, tokio-postgres behind deadpool {}, ratio {:.3}",
        per_statement(ours, all),
        per_statement(theirs, all),
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
    Ok(())
}

fn per_statement(spent: Duration, statements: usize) -> String {
    let statements = u32::try_from(statements).unwrap_or(u32::MAX);
    format!(
        "{:.2} µs of processor",
        spent.as_secs_f64() * 1e6 / f64::from(statements)
    )
}

fn turn(who: &str, kind: &str, url: &str, statements: usize) -> Outcome<Duration> {
    let runtime = runtime(kind)?;
    // Whoever comes first in a round has warmed nothing for the other: each has its own connections, and warms them.
    match who {
        "hathi" => runtime.block_on(ours::run(url, statements)),
        _ => runtime.block_on(theirs::run(url, statements)),
    }
}

fn runtime(kind: &str) -> Outcome<Runtime> {
    let mut builder = match kind {
        "threads" => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    Ok(builder.worker_threads(2).enable_all().build()?)
}
