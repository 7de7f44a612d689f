//! `cargo xtask test`: every test of the workspace, and one line that counts them.
//!
//! Plain `cargo test` and not a faster runner: it is on every machine that has Rust, runs doctests
//! too, and prints the same words everywhere.

use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::AddAssign;
use std::process::{ChildStdout, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::cargo::{cargo, words};
use crate::postgres;
use crate::stuck::Watch;

/// What is run, each line one `cargo test`.
const RUNS: &[(&str, &[&str])] = &[
    ("every test of the workspace", &["--workspace"]),
    (
        "what is measured",
        &[
            "--package=hathi-tests",
            "--features=metrics",
            "--test=metrics",
        ],
    ),
];

/// `cargo xtask test [arguments for cargo test]`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let counts = if arguments.is_empty() {
        everything()?
    } else {
        cargo_test(
            "the chosen tests",
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )?
    };
    Ok(counts.report())
}

/// Runs every test of the workspace.
pub(crate) fn everything() -> anyhow::Result<Counts> {
    eprintln!("== PostgreSQL {:?}", postgres::MAJORS);
    // Fetched here, where progress is seen; without it the tests that need a server fail by themselves.
    if let Err(error) = postgres::installations() {
        eprintln!("error: {error:#}");
    }
    let mut counts = Counts::default();
    for (what, arguments) in RUNS {
        counts += cargo_test(what, arguments)?;
    }
    Ok(counts)
}

fn cargo_test(what: &str, arguments: &[&str]) -> anyhow::Result<Counts> {
    let mut command = cargo();
    command.args(["test", "--no-fail-fast"]).args(arguments);
    eprintln!("== {what}: {}", words(&command));
    let mut counts = Counts::default();
    let succeeded = each_line(&mut command, |line| counts.read(line))?;
    if !succeeded && counts.failed == 0 {
        eprintln!(
            "error: cargo failed, but no test did: a program did not compile, or was killed; counted as one failure"
        );
        counts.failed = 1;
    }
    Ok(counts)
}

/// Runs the command, repeats each line of its output and hands it on. A test program that says nothing is ended.
fn each_line(command: &mut Command, mut read: impl FnMut(&str)) -> anyhow::Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let lines = lines(child.stdout.take().context("cargo has no output")?);
    let mut terminal = std::io::stdout().lock();
    let mut watch = Watch::default();
    loop {
        let line = match lines.recv_timeout(watch.silence().unwrap_or(Duration::MAX)) {
            Ok(line) => line?,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                watch.end(&mut child);
                continue;
            }
        };
        let line = String::from_utf8_lossy(&line);
        writeln!(terminal, "{line}")?;
        watch.read(&line);
        read(&line);
    }
    Ok(child.wait()?.success())
}

/// The lines as they come, read by a thread that nobody has to wait for.
fn lines(output: ChildStdout) -> Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n') {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// How many tests did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds the counts of a line like `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    fn read(&mut self, line: &str) {
        let Some((_verdict, counts)) = line
            .trim_end()
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            let (number, what) = count.split_once(' ').unwrap_or((count, ""));
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// Nothing failed, and something passed.
    pub(crate) fn is_success(self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// Prints the counts as the last line.
    pub(crate) fn report(self) -> ExitCode {
        if self.ignored > 0 {
            eprintln!("warning: {} tests are ignored", self.ignored);
        }
        if self.passed == 0 && self.failed == 0 {
            eprintln!("error: no test ran");
        }
        let line = self.line();
        let mut terminal = std::io::stdout().lock();
        let printed = writeln!(terminal, "{line}").and_then(|()| terminal.flush());
        if self.is_success() && printed.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn line(self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, passed: u64, failed: u64, ignored: u64) {
        let mut counts = Counts::default();
        for line in output.lines() {
            counts.read(line);
        }
        assert_eq!(
            counts,
            Counts {
                passed,
                failed,
                ignored
            }
        );
    }

    #[test]
    fn the_results_of_several_programs_are_added() {
        check(
            "running 2 tests\n..\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
             test result: FAILED. 7 passed; 1 failed; 3 ignored; 0 measured; 2 filtered out; finished in 1.20s\r\n",
            9,
            1,
            3,
        );
    }

    #[test]
    fn other_lines_count_nothing() {
        check(
            "5 passed; 2 failed\n  test result: ok. 1 passed\ntest result of a test: ok. 4 passed",
            0,
            0,
            0,
        );
        check("test result: ", 0, 0, 0);
        check("test result: ok. many passed; x", 0, 0, 0);
    }

    #[test]
    fn the_last_line_is_the_two_counts_alone() {
        let counts = Counts {
            passed: 12,
            failed: 0,
            ignored: 1,
        };
        assert_eq!(counts.line(), "12 passed, 0 failed");
    }

    #[test]
    fn a_run_without_tests_is_no_success() {
        assert!(!Counts::default().is_success());
        assert!(
            !Counts {
                passed: 3,
                failed: 1,
                ignored: 0
            }
            .is_success()
        );
        assert!(
            Counts {
                passed: 3,
                failed: 0,
                ignored: 0
            }
            .is_success()
        );
    }
}
