//! `cargo xtask dumps`: records how servers of every major print the statements of `describe/tests/golden`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};

use crate::builtins::MAJORS;
use crate::session;

/// The files of one major by their names.
type Files = BTreeMap<String, String>;

/// `cargo xtask dumps [--check]`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let check = match arguments {
        [] => false,
        [check] if check == "--check" => true,
        _ => bail!("`dumps` knows nothing but `--check`"),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../describe/tests/golden");
    let schema = read(&folder.join("schema.sql"))?;
    let statements = read(&folder.join("statements.sql"))?;
    let mut differs = false;
    for major in MAJORS {
        let recorded = of_major(major, &schema, &statements)?;
        let folder = folder.join(major.to_string());
        if check {
            differs |= written(&folder)? != recorded;
        } else {
            write(&folder, &recorded)?;
            eprintln!("wrote {} files of PostgreSQL {major}", recorded.len());
        }
    }
    if differs {
        eprintln!("describe/tests/golden holds not what `cargo xtask dumps` writes: run it");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks a server that nobody else has used, so that it gives the same OIDs each time.
fn of_major(major: u32, schema: &str, statements: &str) -> anyhow::Result<Files> {
    let server = session::server(major, &[("fsync", "off"), ("autovacuum", "off")])?;
    let mut database = session::connect(&server.url())?;
    session::run(&mut database, schema)?;
    let named = named(statements, major)?;
    let texts: Vec<&str> = named.iter().map(|(_, sql)| *sql).collect();
    let record = database.record(&texts)?;
    let mut files = Files::from([("catalog.tsv".to_owned(), record.catalog)]);
    let mut refused = Vec::new();
    for ((name, _), dump) in named.iter().zip(record.dumps) {
        match dump {
            Ok(dump) => {
                files.insert(format!("{name}.dump"), dump);
            }
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    ensure!(
        refused.is_empty(),
        "PostgreSQL {major} refuses\n{}",
        refused.join("\n")
    );
    Ok(files)
}

/// The statements that a major accepts, with their names: each stands behind `-- name major`.
fn named(statements: &str, major: u32) -> anyhow::Result<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    for paragraph in statements.split("\n\n").skip(1) {
        let (head, sql) = paragraph
            .split_once('\n')
            .context("a statement is missing")?;
        let (name, from) = head
            .strip_prefix("-- ")
            .and_then(|head| head.split_once(' '))
            .with_context(|| format!("expected a name and a major, found `{head}`"))?;
        if from.parse::<u32>()? <= major {
            found.push((name, sql.trim_end()));
        }
    }
    Ok(found)
}

fn write(folder: &Path, files: &Files) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for path in paths(folder)? {
        fs::remove_file(path)?;
    }
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(())
}

fn written(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for path in paths(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.insert(name.into_owned(), read(&path)?);
    }
    Ok(files)
}

fn paths(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
