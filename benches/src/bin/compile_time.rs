//! Measures what a query costs the compiler: a crate of 500 queries with cache hits against one of 500 empty functions.
//!
//! `cargo run --release -p hathi-benches --bin compile_time` prints milliseconds of CPU per query.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use hathi_query_cache::{
    Cardinality, ColumnDescription, Description, FORMAT, ParameterDescription, Schema,
    StatementKind, Store, Template,
};

type Failure = Box<dyn std::error::Error>;

const QUERIES: u32 = 500;
/// Milliseconds of CPU per query: of `cargo check`, and of a debug build beyond it.
const BUDGETS: [f64; 2] = [5.0, 14.0];
/// The smallest of several runs is the one least disturbed.
const RUNS: usize = 7;

fn main() -> Result<ExitCode, Failure> {
    let folder = std::env::temp_dir().join(format!("hathi-compile-time.{}", std::process::id()));
    let queries = project(&folder.join("queries"), "queries", true)?;
    let empty = project(&folder.join("empty"), "empty", false)?;
    let per_query = |with: f64, without: f64| (with - without) * 1_000.0 / f64::from(QUERIES);
    let check = per_query(cpu(&queries, "check")?, cpu(&empty, "check")?);
    let build = per_query(cpu(&queries, "build")?, cpu(&empty, "build")?);
    let found = [check, build - check];
    report(&format!(
        "{:<45} {:>8} {:>8}",
        "ms of CPU per query", "found", "budget"
    ));
    for ((words, found), budget) in ["cargo check", "code generation of a debug build"]
        .iter()
        .zip(found)
        .zip(BUDGETS)
    {
        report(&format!("{words:<45} {found:>8.2} {budget:>8.2}"));
    }
    fs::remove_dir_all(&folder)?;
    Ok(
        if found
            .iter()
            .zip(BUDGETS)
            .all(|(found, budget)| *found <= budget)
        {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        },
    )
}

/// Writes a crate of functions, each with one query or with nothing.
fn project(folder: &Path, name: &str, queries: bool) -> Result<PathBuf, Failure> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("runtime");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nhathi = {{ path = {runtime:?} }}\n\n[workspace]\n"
        ),
    )?;
    let store = Store::open(folder.join(".hathi"));
    let mut source = String::from("#![allow(dead_code)]\nuse hathi::{Error, Session};\n");
    for index in 0..QUERIES {
        let text = format!(
            "SELECT id, name, mail, age, score FROM t{index} WHERE id = {{id}} AND name = {{name}}"
        );
        let body = if queries {
            format!("session.fetch_all(hathi::query!({text:?})).await?;")
        } else {
            String::new()
        };
        writeln!(
            source,
            "pub async fn f{index}(session: &mut Session, id: i32, name: &str) -> Result<(), Error> {{ {body} Ok(()) }}"
        )?;
        if queries {
            store.put(&Template::parse(&text)?, &description(index))?;
        }
    }
    store.put_schema(&schema())?;
    fs::write(folder.join("src/lib.rs"), source)?;
    Ok(folder.to_owned())
}

fn description(index: u32) -> Description {
    let parameter = |name: &str, ty: &str| ParameterDescription {
        name: Some(name.into()),
        ty: ty.into(),
        nullable: false,
        meets: None,
    };
    let column = |name: &str, ty: &str, nullable| ColumnDescription {
        name: name.into(),
        ty: ty.into(),
        nullable,
        elements: None,
        origin: Some(format!("public.t{index}.{name}")),
        because: None,
    };
    Description {
        statement: StatementKind::Select,
        cardinality: Some(Cardinality::Many),
        parameters: vec![parameter("id", "int4"), parameter("name", "text")],
        columns: Some(vec![
            column("id", "int4", false),
            column("name", "text", false),
            column("mail", "text", true),
            column("age", "int4", true),
            column("score", "float8", false),
        ]),
        reads: vec![format!("public.t{index}")],
        writes: vec![],
        dependencies: Default::default(),
        lints: Vec::new(),
    }
}

fn schema() -> Schema {
    Schema {
        format: FORMAT,
        server_version: "18".into(),
        fingerprint: "0".into(),
        migrations_digest: None,
        types: std::collections::BTreeMap::new(),
    }
}

/// Seconds of CPU that compiling the crate alone takes.
fn cpu(folder: &Path, verb: &str) -> Result<f64, Failure> {
    let target = folder.with_file_name("target");
    let cargo = |script: &str| -> Result<String, Failure> {
        let run = Command::new("bash")
            .args(["-c", script])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &target)
            .env("CARGO_INCREMENTAL", "0")
            .env("HATHI_OFFLINE", "1")
            .output()?;
        let words = String::from_utf8_lossy(&run.stderr).into_owned();
        if run.status.success() {
            Ok(words)
        } else {
            Err(words.into())
        }
    };
    cargo(&format!("cargo {verb} --quiet"))?;
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let words = cargo(&format!(
            "touch src/lib.rs; TIMEFORMAT='CPU %U %S'; time cargo {verb} --quiet"
        ))?;
        let times = words
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("CPU "))
            .ok_or("bash printed no times")?;
        least = least.min(
            times
                .split(' ')
                .map(|seconds| seconds.parse::<f64>().unwrap_or(f64::NAN))
                .sum(),
        );
    }
    Ok(least)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
