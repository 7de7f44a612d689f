//! `cargo xtask builtins`: calls every function of `pg_catalog` with edge values, on every major, and writes the table
//! of those that are never NULL.

mod call;
mod denied;
mod excluded;
mod hints;
mod probe;
mod signature;
mod table;
mod values;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::session;
use probe::{Finding, Probe};
use signature::Function;

/// The majors that the table speaks of.
pub(crate) const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// What is known of a function on one major.
#[derive(Debug)]
struct Verdict {
    function: Function,
    major: u32,
    finding: Result<Finding, &'static str>,
}

/// `cargo xtask builtins [--check] [--verdicts <file>]`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let mut check = false;
    let mut file = None;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--verdicts" => file = Some(arguments.next().context("--verdicts needs a file")?),
            other => bail!("`builtins` does not know `{other}`"),
        }
    }
    let mut verdicts = Vec::new();
    for major in MAJORS {
        verdicts.extend(of_major(major)?);
    }
    if let Some(file) = file {
        std::fs::write(file, table::review(&verdicts))
            .with_context(|| format!("cannot write {file}"))?;
    }
    let code = table::code(&verdicts)?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../describe/src/builtins/table.rs");
    if check {
        let written = std::fs::read_to_string(&path).context("cannot read the table")?;
        if written == code {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "describe/src/builtins/table.rs is not what `cargo xtask builtins` writes: run it"
        );
        return Ok(ExitCode::FAILURE);
    }
    std::fs::write(&path, code).context("cannot write the table")?;
    eprintln!("wrote describe/src/builtins/table.rs");
    Ok(ExitCode::SUCCESS)
}

/// Calls the functions of one major, on a server that is thrown away afterwards.
fn of_major(major: u32) -> anyhow::Result<Vec<Verdict>> {
    let server = session::server(major, &[("fsync", "off"), ("autovacuum", "off")])?;
    let mut database = session::connect(&server.url())?;
    let functions = signature::functions(&mut database)?;
    let mut probe = Probe::new(database)?;
    let mut verdicts = Vec::new();
    for function in functions {
        let signature = function.signature();
        let refused =
            excluded::reason(&function.name).or_else(|| denied::reason(&function.name, &signature));
        let finding = match refused {
            Some(reason) => Err(reason),
            None => Ok(probe
                .find(&function)
                .with_context(|| format!("while {signature} of {major} was called"))?),
        };
        verdicts.push(Verdict {
            function,
            major,
            finding,
        });
    }
    eprintln!("called {} functions of PostgreSQL {major}", verdicts.len());
    Ok(verdicts)
}
