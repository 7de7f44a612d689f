//! `db`: the private server of a project, which stays until it is stopped.

mod psql;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use hathi_local::{Server, Shared, SharedServer};

use crate::Outcome;
use crate::failure::Failure;
use crate::migrations::{self, Applied, Migration};
use crate::output::{end_progress, print_line, progress};
use crate::project::{Project, current_folder, is_offline};

/// How a server is started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// The major that is demanded.
    pub(crate) major: Option<u32>,
    /// Whether it listens on a port, too.
    pub(crate) tcp: bool,
}

/// Starts the server, or finds it running, and applies the migrations that it lacks.
pub(crate) fn start(start: Start) -> Result<Outcome, Failure> {
    let project = project()?;
    let scripts = migrations::read(&project.migrations())?;
    ignore(&project.live())?;
    let mut applied = Applied::default();
    let server = builder(&project, start).start_with(|new| {
        applied = migrate(new, &scripts)?;
        Ok::<_, Failure>(())
    })?;
    if !server.is_new() {
        applied = migrate(&server, &scripts)?;
    }
    project.store.put_address(Some(&server.url()))?;
    // What the macros were told before may not hold any more.
    project.store.live().clear()?;
    end_progress();
    let word = if server.is_new() {
        "has started"
    } else {
        "runs already"
    };
    print_line(format_args!(
        "PostgreSQL {} {word}: {}",
        server.version(),
        server.address()
    ))?;
    for name in &applied.new {
        print_line(format_args!("applied {name}"))?;
    }
    if applied.new.is_empty() {
        print_line(format_args!(
            "{}, nothing to apply",
            migrations_applied(applied.before)
        ))?;
    }
    Ok(Outcome::Clean)
}

/// Stops the server and removes its data.
pub(crate) fn stop() -> Result<Outcome, Failure> {
    let project = project()?;
    let stopped = Server::shared(project.live()).stop()?;
    project.store.put_address(None)?;
    project.store.live().clear()?;
    print_line(if stopped {
        "stopped, and its data removed"
    } else {
        "no server was running"
    })?;
    Ok(Outcome::Clean)
}

/// Says whether the server runs, and whether it has all migrations.
pub(crate) fn status() -> Result<Outcome, Failure> {
    let project = project()?;
    let Some(server) = Server::shared(project.live()).find()? else {
        print_line("no server is running")?;
        return Ok(Outcome::Findings);
    };
    print_line(format_args!(
        "PostgreSQL {} runs: {}",
        server.version(),
        server.address()
    ))?;
    let scripts = migrations::read(&project.migrations())?;
    let (applied, pending) = migrations::pending(&server.url(), &scripts)?;
    print_line(migrations_applied(applied))?;
    for name in &pending {
        print_line(format_args!("not applied: {name}"))?;
    }
    Ok(if pending.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// Prints the server's URL and nothing else.
pub(crate) fn url() -> Result<Outcome, Failure> {
    let (_, server) = running()?;
    print_line(server.url())?;
    Ok(Outcome::Clean)
}

/// Opens the server in the machine's psql.
pub(crate) fn psql(arguments: &[OsString]) -> Result<Outcome, Failure> {
    let (project, server) = running()?;
    let start = Start {
        major: Some(server.version().major()),
        tcp: false,
    };
    let beside = builder(&project, start).offline().locate();
    let beside = beside
        .ok()
        .map(|installation| installation.bin().join("psql"));
    psql::run(beside, server.address(), arguments)
}

/// Git sees nothing of the server, even if it does not start.
fn ignore(folder: &Path) -> Result<(), Failure> {
    let file = folder.join(".gitignore");
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&file, "*\n"));
    written.map_err(|error| Failure::unwritable(&file, &error))
}

fn project() -> Result<Project, Failure> {
    Project::around(&current_folder()?)
}

fn running() -> Result<(Project, SharedServer), Failure> {
    let project = project()?;
    let server = Server::shared(project.live()).find()?;
    let server = server.ok_or_else(Failure::no_server)?;
    Ok((project, server))
}

fn builder(project: &Project, start: Start) -> Server<Shared> {
    let mut server = Server::shared(project.live()).progress(|step| progress(step));
    if let Some(major) = start.major {
        server = server.major(major);
    }
    if start.tcp {
        server = server.tcp();
    }
    if is_offline() {
        server = server.offline();
    }
    server
}

fn migrate(server: &SharedServer, scripts: &[Migration]) -> Result<Applied, Failure> {
    migrations::apply(&server.url(), scripts)
}

fn migrations_applied(count: usize) -> String {
    if count == 1 {
        "1 migration applied".to_owned()
    } else {
        format!("{count} migrations applied")
    }
}
