//! A big stream is gathered nowhere: not in the driver, however slow the reader, and not when it is dropped.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::Duration;

use hathi_local::Server;

/// On a machine that does nothing else it is a tenth.
const FREE_LIMIT: Duration = Duration::from_secs(1);

#[test]
fn a_slow_reader_of_five_million_rows_needs_little_memory_and_is_free_at_once() {
    let server = Server::owned().tcp().start().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_memory"))
        .arg(server.url())
        .output()
        .unwrap();
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success(), "{words}");
    let number = |name: &str| {
        let found = words.lines().find_map(|line| line.strip_prefix(name));
        found
            .and_then(|number| number.trim().parse::<u64>().ok())
            .unwrap_or_else(|| panic!("{words}"))
    };
    assert!(number("peak_kib") <= 64 * 1024, "{words}");
    assert!(
        Duration::from_micros(number("freed_us")) <= FREE_LIMIT,
        "{words}"
    );
}
