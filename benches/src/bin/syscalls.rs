//! Counts the system calls of a warm statement with strace: one write, one read, and one wait in between.
//!
//! `cargo run --profile bench -p hathi-benches --bin syscalls` builds nothing else: build the client first, with
//! `cargo build --profile bench -p hathi-benches`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use hathi::Config;
use hathi_benches::set_up;
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

/// The calls that a warm statement makes, each once.
const EXPECTED: [&str; 3] = ["epoll_wait", "recvfrom", "sendto"];

/// The slope between these two counts leaves out what a process does once.
const COUNTS: [u32; 2] = [2_000, 4_000];

/// What a process does now and then, beside its statements, is less than one call in so many statements.
const STATEMENTS_PER_STRAY_CALL: u32 = 50;

fn main() -> Result<ExitCode, Failure> {
    let server = Server::owned().tcp().start()?;
    let config: Config = server.url().parse()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(set_up(&config))?;
    let client = std::env::current_exe()?.with_file_name("client");
    let [low, high] = COUNTS.map(|count| count_calls(&client, &server.url(), count));
    let (low, high) = (low?, high?);
    server.stop()?;
    report("system calls of a warm statement, current-thread runtime");
    let statements = COUNTS[1] - COUNTS[0];
    let mut as_expected = EXPECTED.iter().all(|name| high.contains_key(*name));
    for (name, calls) in &high {
        let calls = calls.saturating_sub(low.get(name).copied().unwrap_or(0));
        let expected = if EXPECTED.contains(&name.as_str()) {
            statements
        } else {
            0
        };
        if calls > 0 || expected > 0 {
            let each = f64::from(calls) / f64::from(statements);
            report(&format!("{name:<20} {each:>8.3}"));
        }
        as_expected &= calls.abs_diff(expected) <= statements / STATEMENTS_PER_STRAY_CALL;
    }
    Ok(if as_expected {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// How often the client made each system call.
fn count_calls(client: &Path, url: &str, count: u32) -> Result<BTreeMap<String, u32>, Failure> {
    let out = std::env::temp_dir().join(format!("hathi-strace.{}", std::process::id()));
    let run = Command::new("strace")
        .args(["-f", "-c", "-o"])
        .arg(&out)
        .arg(client)
        .args([url, "queries", &count.to_string()])
        .output()
        .map_err(|error| {
            format!("strace cannot run: {error}; install it, as in `apt-get install strace`")
        })?;
    if !run.status.success() {
        let words = String::from_utf8_lossy(&run.stderr).into_owned();
        return Err(format!("the client failed below strace: {words}").into());
    }
    let table = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out).ok();
    Ok(table.lines().filter_map(line).collect())
}

/// Reads a line of strace's table: share, seconds, microseconds of each, calls, errors if there were any, name.
fn line(line: &str) -> Option<(String, u32)> {
    let mut fields = line.split_whitespace();
    let calls = fields.nth(3)?.parse().ok()?;
    let name = fields.last().filter(|name| *name != "total")?;
    Some((name.to_owned(), calls))
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
