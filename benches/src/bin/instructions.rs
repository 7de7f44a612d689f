//! Counts the instructions of a warm query and of a row with callgrind, and holds them against their budgets.
//!
//! `cargo run --profile bench -p hathi-benches --bin instructions` builds nothing else: build the client first, with
//! `cargo build --profile bench -p hathi-benches`.

use std::process::ExitCode;

use hathi::Config;
use hathi_benches::{instructions_each, set_up};
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

/// What is counted, and how many instructions it may take.
const BUDGETS: [(&str, &str, u64); 3] = [
    ("queries", "warm query, current-thread runtime", 3_800),
    ("threads-queries", "warm query, multi-thread runtime", 4_900),
    ("rows", "row of three columns into an owned struct", 700),
];

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
        let slope = instructions_each(&client, &server.url(), mode)?;
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

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
