//! `cargo xtask soundness --cost`: what analysis adds to having a statement prepared and described.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hathi_describe::Database;
use hathi_query_cache::Template;

use crate::{fuzz, session};

/// Analysis may add so much to a statement, in the median.
const LIMIT: Duration = Duration::from_micros(1500);

/// So many statements are measured,
const STATEMENTS: u64 = 400;
/// each so often: the quickest time counts, since whatever else the machine does only adds.
const TIMES: usize = 5;

/// Measures on a server of its own.
pub(crate) fn run(major: u32, seed: u64) -> anyhow::Result<ExitCode> {
    let server = session::server(major, &[("fsync", "off"), ("autovacuum", "off")])?;
    let (mut database, statements) = fuzz::sample(&server.url(), major, seed, STATEMENTS)?;
    let (mut plain, mut whole, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for sql in &statements {
        session::run(
            &mut database,
            "SET debug_print_rewritten = off; SET client_min_messages = error",
        )?;
        let Some(alone) = quickest(|| prepare(&mut database, sql))? else {
            continue;
        };
        session::run(
            &mut database,
            "SET debug_print_rewritten = on; SET client_min_messages = log",
        )?;
        let Some(with) = quickest(|| describe(&mut database, sql))? else {
            continue;
        };
        plain.push(alone);
        whole.push(with);
        added.push(with.saturating_sub(alone));
    }
    let median = share(&mut added, 50).context("no statement was measured")?;
    eprintln!(
        "PostgreSQL {major}, {} statements, the quickest of {TIMES} each",
        added.len()
    );
    for (name, times) in [
        ("parse and describe", &mut plain),
        ("with analysis", &mut whole),
        ("added", &mut added),
    ] {
        let (half, most) = (share(times, 50), share(times, 95));
        eprintln!(
            "{name:20} median {:>10.1?}   95 of 100 {:>10.1?}",
            half.unwrap_or_default(),
            most.unwrap_or_default()
        );
    }
    let fits = median <= LIMIT;
    eprintln!(
        "the median of what is added {} {LIMIT:?}",
        if fits { "is within" } else { "is more than" }
    );
    Ok(if fits {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn prepare(database: &mut Database, sql: &str) -> anyhow::Result<bool> {
    Ok(database.prepare(sql)?)
}

fn describe(database: &mut Database, sql: &str) -> anyhow::Result<bool> {
    let Ok(template) = Template::parse(sql) else {
        return Ok(false);
    };
    Ok(database.describe(&[template])?.iter().all(Result::is_ok))
}

/// The shortest of some runs; nothing if the server refuses the statement.
fn quickest(mut run: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<Option<Duration>> {
    let mut quickest = None;
    for _ in 0..TIMES {
        let started = Instant::now();
        if !run()? {
            return Ok(None);
        }
        let took = started.elapsed();
        quickest = Some(quickest.map_or(took, |best: Duration| best.min(took)));
    }
    Ok(quickest)
}

/// The time that so many of a hundred do not exceed.
fn share(times: &mut [Duration], percent: usize) -> Option<Duration> {
    times.sort_unstable();
    times
        .get((times.len() * percent / 100).min(times.len().saturating_sub(1)))
        .copied()
}
