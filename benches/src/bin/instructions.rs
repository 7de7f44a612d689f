//! Counts the instructions of a warm query and of a row with callgrind, and holds them against their budgets.
//!
//! `cargo run --profile bench -p hathi-benches --bin instructions` builds nothing else: build the client first, with
//! `cargo build --profile bench -p hathi-benches`.

use std::path::Path;
use std::process::{Command, ExitCode};

use hathi::Config;
use hathi_benches::set_up;
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

/// What is counted, and how many instructions it may take.
const BUDGETS: [(&str, &str, u64); 3] = [
    ("queries", "warm query, current-thread runtime", 3_800),
    ("threads-queries", "warm query, multi-thread runtime", 4_900),
    ("rows", "row of three columns into an owned struct", 700),
];

/// The slope between these two counts leaves out what a process costs once.
const COUNTS: [u64; 2] = [2_000, 12_000];

fn main() -> Result<ExitCode, Failure> {
    let server = Server::owned().tcp().start()?;
    let config: Config = server.url().parse()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(set_up(&config))?;
    let client = std::env::current_exe()?.with_file_name("client");
    let mut within = true;
    report(&format!(
        "{:<45} {:>12} {:>8}",
        "", "instructions", "budget"
    ));
    for (mode, words, budget) in BUDGETS {
        let [low, high] =
            COUNTS.map(|count| count_instructions(&client, &server.url(), mode, count));
        let slope = (high? - low?) / (COUNTS[1] - COUNTS[0]);
        within &= slope <= budget;
        report(&format!("{words:<45} {slope:>12} {budget:>8}"));
    }
    server.stop()?;
    Ok(if within {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn count_instructions(client: &Path, url: &str, mode: &str, count: u64) -> Result<u64, Failure> {
    let out = std::env::temp_dir().join(format!("hathi-callgrind.{}", std::process::id()));
    let run = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(client)
        .args([url, mode, &count.to_string()])
        .output()
        .map_err(|error| {
            format!("valgrind cannot run: {error}; install it, as in `apt-get install valgrind`")
        })?;
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    std::fs::remove_file(&out).ok();
    if !run.status.success() {
        return Err(format!("the client failed: {words}").into());
    }
    let collected = words
        .lines()
        .find_map(|line| line.split("Collected : ").nth(1));
    Ok(collected
        .ok_or("callgrind printed no count")?
        .trim()
        .parse()?)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
