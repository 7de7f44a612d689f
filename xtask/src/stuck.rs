//! Ends test programs that say nothing any more, and says first what they were doing.
//!
//! Every test has limits of its own. What blocks a whole thread escapes them: then the run would end with whoever
//! has started it, and nobody would know which test it was.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// For how long a run may say nothing, once its first test has begun: the cases of ui-tests are compiled meanwhile.
pub(crate) const SILENCE: Duration = Duration::from_secs(15 * 60);

/// How long a debugger may take to say where the threads are.
const DEBUGGER_LIMIT: Duration = Duration::from_secs(120);

/// The tests that have been running for long, from what is said of them.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    has_begun: bool,
    long: BTreeSet<String>,
}

impl Watch {
    /// Reads a line of a test program.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test ") else {
            self.has_begun |= line.starts_with("running ");
            return;
        };
        if let Some((name, _)) = rest.split_once(" has been running for over ") {
            self.long.insert(name.to_owned());
        } else if let Some((name, _)) = rest.split_once(" ... ") {
            self.long.remove(name);
        }
    }

    /// For how long there may be no line now; while programs are compiled, for as long as that takes.
    pub(crate) fn silence(&self) -> Option<Duration> {
        self.has_begun.then_some(SILENCE)
    }

    /// Kills what cargo has started. Cargo goes on with the next test program.
    pub(crate) fn end(&mut self, cargo: &mut Child) {
        eprintln!(
            "error: no test has ended for {} minutes; unfinished:",
            SILENCE.as_secs() / 60
        );
        for name in std::mem::take(&mut self.long) {
            eprintln!("    {name}");
        }
        let programs = below(cargo.id());
        if programs.is_empty() {
            // No test program is known here. Without cargo the run ends.
            drop(cargo.kill());
        }
        for program in programs {
            eprint!("{}", threads(program));
            debug(program);
            drop(run(Command::new("kill").args([
                "-s",
                "KILL",
                &program.to_string(),
            ])));
        }
    }
}

/// The processes that a process has started itself. None where the system does not tell.
fn below(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| parent_of(&PathBuf::from(format!("/proc/{process}"))) == Some(parent))
        .collect()
}

fn parent_of(process: &Path) -> Option<u32> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok()
}

/// A line for each thread: its name, which is the beginning of its test's, and what it waits for in the kernel.
fn threads(process: u32) -> String {
    let folder = PathBuf::from(format!("/proc/{process}/task"));
    let mut lines = format!("process {process}:\n");
    for thread in fs::read_dir(folder).into_iter().flatten().flatten() {
        let word = |file| fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let (name, waits, call) = (word("comm"), word("wchan"), word("syscall"));
        let _ = writeln!(lines, "    {}: {waits} {}", name.trim(), call.trim());
    }
    lines
}

/// Where the threads are, if there is a debugger.
fn debug(process: u32) {
    let mut debugger = Command::new("gdb");
    debugger.args(["--batch", "-ex", "thread apply all backtrace 40", "-p"]);
    if let Err(error) = run(debugger.arg(process.to_string())) {
        eprintln!("gdb would tell more: {error}");
    }
}

fn run(command: &mut Command) -> std::io::Result<()> {
    let mut child = command.stdin(Stdio::null()).spawn()?;
    let deadline = Instant::now() + DEBUGGER_LIMIT;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_unfinished_until_its_outcome_is_told() {
        let mut watch = Watch::default();
        watch.read("   Compiling hathi v0.1.0");
        assert_eq!(watch.silence(), None, "what is compiled may take its time");
        watch.read("running 3 tests");
        watch.read("test a::b has been running for over 60 seconds");
        watch.read("test a::c has been running for over 60 seconds");
        watch.read("test a::b ... ok");
        assert_eq!(watch.silence(), Some(SILENCE));
        assert_eq!(watch.long, BTreeSet::from(["a::c".to_owned()]));
        watch.read("test a::c ... FAILED");
        assert!(watch.long.is_empty());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_that_says_nothing_is_ended_and_who_started_it_goes_on() {
        let script = "sleep 600; echo it goes on";
        let mut shell = Command::new("/bin/sh");
        let mut shell = shell
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while below(shell.id()).is_empty() {
            assert!(Instant::now() < deadline, "the shell starts a program");
        }
        Watch::default().end(&mut shell);
        let output = shell.wait_with_output().unwrap();
        assert_eq!(output.stdout, b"it goes on\n");
    }
}
