//! The small shell process that is the server's parent, and stops it when its owner lets go.

use std::fs::File;
use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::{Error, Kind};
use crate::instance::Instance;
use crate::platform::{self, Signal};

/// The watchdog's program, which stands in the server's folder.
pub(crate) const SCRIPT: &str = include_str!("watchdog.sh");

/// The script gives the server ten seconds to end.
const END_LIMIT: Duration = Duration::from_secs(15);
const PACE: Duration = Duration::from_millis(2);

/// Runs for as long as the server is owned.
#[derive(Debug)]
pub(crate) struct Watchdog {
    child: Child,
    /// Held open while the server shall live; closed by the system if we die. `None` once the watchdog was let go.
    pipe: Option<ChildStdin>,
    instance: Instance,
}

impl Watchdog {
    /// Starts the watchdog, which starts the server. The log is locked; the lock goes over to the server.
    pub(crate) fn start(
        instance: &Instance,
        server: &Command,
        log: File,
        account: &Account,
    ) -> Result<Self, Error> {
        let spawned = spawn(instance, server, log, account);
        let mut child = spawned.map_err(|source| {
            let kind = Kind::Program {
                program: "/bin/sh".into(),
                status: None,
                output: String::new(),
            };
            Error::with_source(kind, source)
        })?;
        let pipe = child.stdin.take();
        Ok(Self {
            child,
            pipe,
            instance: instance.clone(),
        })
    }

    /// Leaves the server running for good.
    pub(crate) fn detach(mut self) -> Result<(), Error> {
        let Some(mut pipe) = self.pipe.take() else {
            return Ok(());
        };
        let told = pipe.write_all(b"detach\n");
        drop(pipe);
        told.and_then(|()| self.wait())
            .map_err(Error::io("detach the server in", self.instance.home.path()))
    }

    /// Stops the server and removes its folders.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(pipe) = self.pipe.take() else {
            return Ok(());
        };
        drop(pipe);
        self.wait().map_err(Error::io(
            "wait for the end of the server in",
            self.instance.home.path(),
        ))?;
        // Where someone killed the watchdog, its work is ours; and what it was not allowed to remove.
        self.instance.stop()
    }

    /// Waits for the watchdog's end, and makes it end at the limit.
    fn wait(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + END_LIMIT;
        while self.child.try_wait()?.is_none() {
            if Instant::now() >= deadline {
                // The group is the watchdog's and the server's.
                platform::signal_group(self.child.id(), Signal::Kill)?;
                self.child.wait()?;
                break;
            }
            thread::sleep(PACE);
        }
        Ok(())
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Nobody is there to be told.
        let _ = self.end();
    }
}

fn spawn(instance: &Instance, server: &Command, log: File, account: &Account) -> io::Result<Child> {
    let mut shell = account.command("/bin/sh");
    shell
        .arg(instance.home.watchdog())
        .arg(instance.home.path())
        .arg(&instance.address.socket_folder);
    shell.arg(server.get_program()).args(server.get_args());
    shell
        .stdin(Stdio::piped())
        .stdout(log.try_clone()?)
        .stderr(log);
    platform::lead_group(&mut shell);
    shell.spawn()
}
