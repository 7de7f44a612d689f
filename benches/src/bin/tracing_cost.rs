//! Counts what the feature `tracing` costs a warm query: without a subscriber at most one part in a hundred.
//!
//! `cargo run --profile bench -p hathi-benches --bin tracing_cost` builds the client without the feature and with it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use hathi::Config;
use hathi_benches::{instructions_each, set_up};
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let server = Server::owned().tcp().start()?;
    let config: Config = server.url().parse()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(set_up(&config))?;
    let folder = std::env::temp_dir().join(format!("hathi-tracing-cost.{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let without = client(&folder, "without", &[])?;
    let with = client(&folder, "with", &["--features", "tracing"])?;
    let off = instructions_each(&without, &server.url(), "queries")?;
    let silent = instructions_each(&with, &server.url(), "queries")?;
    let heard = instructions_each(&with, &server.url(), "heard-queries")?;
    let limit = off + off / 100;
    report(&format!(
        "{:<45} {:>12} {:>8}",
        "warm query", "instructions", "limit"
    ));
    report(&format!("{:<45} {off:>12}", "without the feature"));
    report(&format!(
        "{:<45} {silent:>12} {limit:>8}",
        "with it, without a subscriber"
    ));
    report(&format!(
        "{:<45} {heard:>12}",
        "with it and a registry of spans"
    ));
    std::fs::remove_dir_all(&folder)?;
    server.stop()?;
    Ok(if silent <= limit {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Builds the client with these features, and keeps it where the next build does not overwrite it.
fn client(folder: &Path, name: &str, features: &[&str]) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let built = own.with_file_name("client");
    let target = own.ancestors().nth(2);
    let target = target.ok_or("expected this program in a target folder")?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--profile",
            "bench",
            "-p",
            "hathi-benches",
            "--bin",
            "client",
        ])
        .arg("--target-dir")
        .arg(target)
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if !status.success() {
        return Err(format!("the client cannot be built {name} the feature").into());
    }
    let kept = folder.join(name);
    std::fs::copy(built, &kept)?;
    Ok(kept)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
