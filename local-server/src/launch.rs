//! From an installation to a server that accepts connections, in the care of its watchdog.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::error::{Error, Kind};
use crate::installation::Installation;
use crate::instance::Instance;
use crate::machine::Machine;
use crate::options::Options;
use crate::progress::Progress;
use crate::watchdog::Watchdog;

/// How often a start is tried that lost its port to another program.
const TRIES: u32 = 5;

const PACE: Duration = Duration::from_millis(3);

/// Starts a server whose folder is made below the parent, and waits until it accepts connections.
pub(crate) fn launch(
    parent: &Path,
    installation: &Installation,
    machine: &Machine,
    options: &Options,
) -> Result<(Instance, Watchdog), Error> {
    machine.reporter.report(&Progress::Starting {
        version: installation.version().clone(),
    });
    let mut tries = 0;
    loop {
        tries += 1;
        let cluster = Cluster::create(parent, installation, machine, options)?;
        let (instance, log) = cluster.release();
        let server = command(&instance, installation);
        let started = Watchdog::start(&instance, &server, log, &machine.account);
        let watchdog = started.inspect_err(|_| drop(instance.stop()))?;
        match wait_until_ready(&instance, options.start_limit) {
            Ok(()) => return Ok((instance, watchdog)),
            // The watchdog is dropped here, and removes what was made.
            Err(Outcome::PortTaken) if tries < TRIES => {}
            Err(outcome) => return Err(outcome.error(&instance, options.start_limit)),
        }
    }
}

fn command(instance: &Instance, installation: &Installation) -> Command {
    let mut server = Command::new(installation.bin().join("postgres"));
    server.arg("-D").arg(instance.home.data());
    server
}

/// Why a server does not accept connections.
enum Outcome {
    Ended,
    PortTaken,
    Late,
    Unknown(Error),
}

impl Outcome {
    fn error(self, instance: &Instance, limit: Duration) -> Error {
        let (version, output) = (instance.version.clone(), instance.home.log_tail());
        match self {
            Self::Ended | Self::PortTaken => Kind::Start { version, output }.into(),
            Self::Late => Kind::Limit {
                activity: "starting PostgreSQL",
                limit,
                output,
            }
            .into(),
            Self::Unknown(error) => error,
        }
    }
}

fn wait_until_ready(instance: &Instance, limit: Duration) -> Result<(), Outcome> {
    let deadline = Instant::now() + limit;
    loop {
        if instance.home.is_ready() {
            return Ok(());
        }
        if !instance.home.is_alive().map_err(Outcome::Unknown)? {
            // The server's words, which are always English: its locale is C.
            let taken = instance.home.log_tail().contains("Address already in use");
            return Err(if taken {
                Outcome::PortTaken
            } else {
                Outcome::Ended
            });
        }
        if Instant::now() >= deadline {
            return Err(Outcome::Late);
        }
        thread::sleep(PACE);
    }
}
