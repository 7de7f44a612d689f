//! Runs a program to its end within a limit, with nothing on its input and all it says in one text.

use std::io::{self, PipeReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind};
use crate::platform::{self, Signal};

/// How often a child that closed its output is asked whether it has ended.
const PACE: Duration = Duration::from_millis(1);

/// What a program says beyond this is read and forgotten.
const OUTPUT_LIMIT: usize = 1 << 20;

/// A program to run: what it is busy with, in words, and for how long it may be.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// A noun phrase such as `initdb`, for the error if the limit is exceeded.
    pub(crate) activity: &'static str,
    pub(crate) limit: Duration,
    /// Written to the program's standard input; it never stands in its arguments, where others could read it.
    pub(crate) input: Option<&'a str>,
}

/// How a program ended, and what it said on both outputs.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

impl Run<'_> {
    /// Runs the program and demands success.
    pub(crate) fn succeed(&self, command: &mut Command) -> Result<String, Error> {
        let finished = self.finish(command)?;
        if finished.status.success() {
            return Ok(finished.output);
        }
        let program = Path::new(command.get_program()).to_owned();
        Err(Kind::Program {
            program,
            status: Some(finished.status),
            output: finished.output,
        }
        .into())
    }

    /// Runs the program to its end, whatever that is; one that exceeds the limit is killed with its whole group.
    pub(crate) fn finish(&self, command: &mut Command) -> Result<Finished, Error> {
        let program = Path::new(command.get_program()).to_owned();
        let fault = |source| {
            Error::with_source(
                Kind::Program {
                    program,
                    status: None,
                    output: String::new(),
                },
                source,
            )
        };
        self.try_finish(command).map_err(fault)?
    }

    /// The outer error is the operating system's, the inner one ours.
    fn try_finish(&self, command: &mut Command) -> io::Result<Result<Finished, Error>> {
        let deadline = Instant::now() + self.limit;
        let (reader, writer) = io::pipe()?;
        platform::lead_group(command);
        command.stdin(if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        });
        command.stdout(writer.try_clone()?).stderr(writer);
        let spawned = spawn(command);
        // The command keeps our copies of the pipe's end until it is given others.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = spawned?;
        if let (Some(input), Some(mut stdin)) = (self.input, child.stdin.take()) {
            // A program that does not want its input says so by its status.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = collect(reader);
        let text = output.recv_timeout(self.limit).ok();
        while text.is_some() && Instant::now() < deadline {
            if let Some(status) = child.try_wait()? {
                return Ok(Ok(Finished {
                    status,
                    output: text.unwrap_or_default(),
                }));
            }
            thread::sleep(PACE);
        }
        kill(&mut child)?;
        let output = text
            .or_else(|| output.recv_timeout(Duration::from_secs(1)).ok())
            .unwrap_or_default();
        Ok(Err(Kind::Limit {
            activity: self.activity,
            limit: self.limit,
            output,
        }
        .into()))
    }
}

fn kill(child: &mut Child) -> io::Result<()> {
    // The group may be gone between its last word and this line.
    let _ = platform::signal_group(child.id(), Signal::Kill);
    child.kill()?;
    child.wait().map(|_| ())
}

/// Reads to the end in a thread, so that a program that never closes its output cannot hold us.
fn collect(reader: PipeReader) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut buf = [0; 8192];
        let mut reader = reader;
        while let Ok(count @ 1..) = reader.read(&mut buf) {
            if bytes.len() < OUTPUT_LIMIT {
                bytes.extend_from_slice(buf.get(..count).unwrap_or_default());
            }
        }
        // Nobody listens any more if the limit was exceeded.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Starts a command. A program that was written a moment ago may still be open for writing in a process that another
/// thread has just forked: the system then calls it busy, for as long as that one needs to become another program.
fn spawn(command: &mut Command) -> io::Result<Child> {
    const PAUSE: Duration = Duration::from_millis(10);
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => thread::sleep(PAUSE),
            outcome => return outcome,
        }
    }
    command.spawn()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn run(limit: Duration, input: Option<&str>) -> Run<'_> {
        Run {
            activity: "the test",
            limit,
            input,
        }
    }

    #[test]
    fn both_outputs_arrive_in_one_text() {
        let output = run(Duration::from_secs(10), None)
            .succeed(&mut shell("echo a; echo b >&2"))
            .unwrap();
        assert_eq!(output, "a\nb\n");
    }

    #[test]
    fn the_input_is_handed_over() {
        let output = run(Duration::from_secs(10), Some("secret\n"))
            .succeed(&mut shell("cat"))
            .unwrap();
        assert_eq!(output, "secret\n");
    }

    #[test]
    fn a_failure_shows_what_the_program_said() {
        let error = run(Duration::from_secs(10), None)
            .succeed(&mut shell("echo no; exit 3"))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"/bin/sh\" failed with exit status: 3\n    no"
        );
    }

    #[test]
    fn a_program_that_never_ends_is_killed_at_its_limit() {
        let error = run(Duration::from_millis(200), None)
            .succeed(&mut shell("echo on it; sleep 60"))
            .unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(
            error.to_string(),
            "the test took longer than 0.2 s\n    on it"
        );
    }

    #[test]
    fn a_program_that_closes_its_output_and_stays_is_killed_too() {
        let error = run(Duration::from_millis(200), None)
            .succeed(&mut shell("exec >&- 2>&-; sleep 60"))
            .unwrap_err();
        assert!(error.is_timeout());
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(Duration::from_secs(10), None)
            .succeed(&mut Command::new("/no/such/program"))
            .unwrap_err();
        assert_eq!(error.to_string(), "cannot run \"/no/such/program\"");
    }
}
