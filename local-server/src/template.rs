//! `initdb` takes most of a second, copying what it made a tenth: each installation gets one cluster to copy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::folder::{self, PrivateFolder, Tree};
use crate::installation::Installation;
use crate::lock;
use crate::machine::Machine;
use crate::process::Run;
use crate::progress::Progress;

/// Part of every template's name: changes when `initdb` is called in another way.
const FORMAT: u32 = 1;

const INITDB_LIMIT: Duration = Duration::from_secs(120);

/// The superuser of every server, and its database.
pub(crate) const SUPERUSER: &str = "postgres";

/// A cluster that was never started, for copying.
#[derive(Debug)]
pub(crate) struct Template {
    path: PathBuf,
}

impl Template {
    /// The template of the installation, made if it is the first time.
    pub(crate) fn of(installation: &Installation, machine: &Machine) -> Result<Self, Error> {
        let folder = machine.cached("templates")?;
        let name = format!(
            "{}-{}-{FORMAT}",
            installation.version(),
            installation.fingerprint()?
        );
        let path = folder.join(name);
        if !path.is_dir() {
            let lock = folder.join(".lock");
            let _lock = lock::take(
                &lock,
                "creating a template cluster",
                INITDB_LIMIT,
                &machine.reporter,
            )?;
            if !path.is_dir() {
                folder::sweep(&folder, ".new-");
                create(&path, installation, machine)?;
            }
        }
        Ok(Self { path })
    }

    /// Copies the cluster to a folder that does not exist yet.
    pub(crate) fn copy_to(&self, data: &Path) -> Result<(), Error> {
        Tree::Cluster.copy(&self.path, data)
    }
}

fn create(path: &Path, installation: &Installation, machine: &Machine) -> Result<(), Error> {
    machine.reporter.report(&Progress::CreatingTemplate {
        version: installation.version().clone(),
    });
    let parent = path.parent().unwrap_or(path);
    let new = PrivateFolder::create(parent, ".new-")?;
    machine.account.give(new.path())?;
    let run = Run {
        activity: "initdb",
        limit: INITDB_LIMIT,
        input: None,
    };
    let mut initdb = machine.account.command(installation.bin().join("initdb"));
    initdb.arg("--pgdata").arg(new.path());
    initdb.args([
        "--username",
        SUPERUSER,
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    // Nobody gets in before each copy has rules of its own; small segments make the copies small.
    initdb.args(["--auth=reject", "--wal-segsize=1"]);
    run.succeed(&mut initdb)?;
    // From here on it is only copied, by us: another user must not be able to change what we read.
    machine.account.take_back(new.path())?;
    new.publish(path)
}
