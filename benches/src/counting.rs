//! Counts the instructions of a client with callgrind.

use std::path::Path;
use std::process::Command;

/// The slope between these two counts leaves out what a process costs once.
const COUNTS: [u64; 2] = [2_000, 12_000];

/// How many instructions each query, or each row, of a mode of the client takes.
///
/// # Errors
///
/// If callgrind or the client cannot run.
pub fn instructions_each(
    client: &Path,
    url: &str,
    mode: &str,
) -> Result<u64, Box<dyn std::error::Error>> {
    let low = count(client, url, mode, COUNTS[0])?;
    let high = count(client, url, mode, COUNTS[1])?;
    Ok((high - low) / (COUNTS[1] - COUNTS[0]))
}

fn count(
    client: &Path,
    url: &str,
    mode: &str,
    count: u64,
) -> Result<u64, Box<dyn std::error::Error>> {
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
