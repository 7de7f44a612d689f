//! `cargo xtask soundness --suite`: runs PostgreSQL's own regression suite, and holds what is claimed of each statement
//! against what it returns.

mod mutation;
mod psql;
mod runner;
mod script;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};

use crate::session;
use runner::Runner;

/// What `--suite` was asked to do.
#[derive(Debug)]
pub(crate) struct Options {
    /// The folder `src/test/regress` of PostgreSQL's source.
    pub(crate) suite: PathBuf,
    pub(crate) major: u32,
    /// Whether each query runs again over data that holds NULLs and doubled rows.
    pub(crate) mutate: bool,
    /// Only these files, behind the ones that set the suite up.
    pub(crate) only: Vec<String>,
    /// Where broken claims are written, one file each.
    pub(crate) violations: Option<PathBuf>,
}

/// Files that are not run, and why. Their statements are counted as skipped.
const SKIPPED_FILES: &[(&str, &str)] = &[(
    "infinite_recurse",
    "exhausts the stack of the server on purpose",
)];

/// What `pg_regress` sets for its database.
const SETTINGS: &[&str] = &[
    "lc_messages TO 'C'",
    "lc_monetary TO 'C'",
    "lc_numeric TO 'C'",
    "lc_time TO 'C'",
    "bytea_output TO 'hex'",
    "timezone_abbreviations TO 'Default'",
    "timezone TO 'America/Los_Angeles'",
    "datestyle TO 'Postgres, MDY'",
    "intervalstyle TO 'postgres_verbose'",
    "statement_timeout TO '100s'",
    "lock_timeout TO '10s'",
];

/// Runs the suite on a server of its own.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let files = scheduled(&options.suite)?;
    let settings = [
        ("fsync", "off"),
        ("max_prepared_transactions", "2"),
        ("max_wal_size", "4GB"),
    ];
    let server = session::server(options.major, &settings)?;
    let mut superuser = session::connect(&server.url())?;
    session::run(
        &mut superuser,
        "CREATE DATABASE regression TEMPLATE template0",
    )?;
    for setting in SETTINGS {
        session::run(
            &mut superuser,
            &format!("ALTER DATABASE regression SET {setting}"),
        )?;
    }
    let scratch = scratch_folder()?;
    let mut runner = Runner::new(options, server.address(), &scratch)?;
    for file in &files {
        if !options.only.is_empty() && file != "test_setup" && !options.only.contains(file) {
            continue;
        }
        let text = read(&options.suite, file)?;
        match SKIPPED_FILES.iter().find(|(name, _)| name == file) {
            Some((_, reason)) => runner.skip_file(&text, reason),
            None => runner.run(file, &text)?,
        }
    }
    let counts = runner.finish();
    // Nothing is lost if the system keeps it until its next start.
    let _ = fs::remove_dir_all(&scratch);
    for violation in &counts.violations {
        eprintln!("\n{violation}");
    }
    if let Some(folder) = &options.violations {
        counts.write_violations(folder, options.major)?;
    }
    eprintln!(
        "\nPostgreSQL {}, {}\n{counts}",
        options.major,
        options.suite.display()
    );
    Ok(if counts.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The files in the order of the schedule: those of a group are independent of each other.
fn scheduled(suite: &Path) -> anyhow::Result<Vec<String>> {
    let schedule = suite.join("parallel_schedule");
    let text = fs::read_to_string(&schedule).with_context(|| {
        format!(
            "{} is needed: a folder of src/test/regress",
            schedule.display()
        )
    })?;
    let lines = text.lines().filter_map(|line| line.strip_prefix("test:"));
    let files: Vec<String> = lines
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect();
    ensure!(!files.is_empty(), "{} names no tests", schedule.display());
    Ok(files)
}

/// Some scripts hold bytes of other encodings on purpose.
fn read(suite: &Path, file: &str) -> anyhow::Result<String> {
    let path = suite.join("sql").join(format!("{file}.sql"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A folder that the server, which may be another user's, reads and writes.
fn scratch_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("hathi-suite-{}", std::process::id()));
    for folder in [folder.clone(), folder.join("results")] {
        fs::create_dir_all(&folder)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
    }
    Ok(folder)
}
