//! Compiles the cases of `pass/` and `fail/`, each group in a process of its own: what the macros read from the
//! environment must differ, and a process cannot change its own.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use hathi::{Config, Session};
use hathi_local::{OwnedServer, Server};

/// Names the group of cases that a process compiles.
const CASES: &str = "HATHI_UI_CASES";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    match env::var(CASES) {
        Ok(cases) => {
            compile(&cases);
            Ok(ExitCode::SUCCESS)
        }
        Err(_) => all(),
    }
}

fn compile(cases: &str) {
    let tests = trybuild::TestCases::new();
    if cases == "live" {
        return tests.compile_fail("fail/live/*.rs");
    }
    tests.pass("pass/*.rs");
    for stage in [
        "input",
        "template",
        "lookup",
        "params",
        "row",
        "statement",
        "copy",
        "lints",
    ] {
        tests.compile_fail(format!("fail/{stage}/*.rs"));
    }
}

fn all() -> Result<ExitCode, Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy_queries(here)?;
    let server = migrated(here)?;
    if env::var("TRYBUILD").is_ok_and(|value| value == "overwrite") {
        prepare(here, &server.url())?;
    }
    let cache = here.join(".hathi");
    let without_server: [(&str, &Path); 2] =
        [("HATHI_OFFLINE", "1".as_ref()), ("HATHI_DIR", &cache)];
    let offline = group("offline", &without_server)?;
    let renamed = renamed(here, &without_server)?;
    let settings = settings(here)?;
    // Answers of the live cases do not belong to the project.
    let answers = target()?.join("tests/ui-live");
    let live = group(
        "live",
        &[
            ("DATABASE_URL", server.url().as_ref()),
            ("HATHI_DIR", &answers),
        ],
    )?;
    if !(offline && renamed && settings && live) {
        return Ok(ExitCode::FAILURE);
    }
    let cases = count(&here.join("pass"))? + count(&here.join("fail"))? + 2;
    eprintln!("test result: ok. {cases} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
    Ok(ExitCode::SUCCESS)
}

/// The cases in a folder and those below it.
fn count(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut cases = 0;
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        if path.is_dir() {
            cases += count(&path)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            cases += 1;
        }
    }
    Ok(cases)
}

/// Compiles a group of cases in a process with these variables alone.
fn group(cases: &str, variables: &[(&str, &Path)]) -> Result<bool, Box<dyn Error>> {
    let mut command = Command::new(env::current_exe()?);
    command.args(env::args_os().skip(1)).env(CASES, cases);
    passes(&mut command, variables)
}

/// Checks the project in `renamed/`, which no case can be: a manifest names a crate once.
fn renamed(here: &Path, variables: &[(&str, &Path)]) -> Result<bool, Box<dyn Error>> {
    let mut cargo = project(here, "renamed", ("2021", "elephant"))?;
    passes(&mut cargo, variables)
}

/// Checks the project in `settings/`, which has a cache and a `hathi.toml` of its own: with the lints of its statements
/// it must not compile, and once the settings allow them it must.
fn settings(here: &Path) -> Result<bool, Box<dyn Error>> {
    let offline: [(&str, &Path); 1] = [("HATHI_OFFLINE", "1".as_ref())];
    let mut cargo = project(here, "settings", ("2024", "hathi"))?;
    let folder = target()?.join("tests/settings");
    copy_cache(&here.join(".hathi"), &folder.join(".hathi"))?;
    for (level, is_silent) in [("warn", false), ("allow", true)] {
        let lints = ["no_where", "unordered_limit"].map(|name| format!("{name} = \"{level}\"\n"));
        fs::write(
            folder.join("hathi.toml"),
            format!("[lints]\n{}", lints.concat()),
        )?;
        with_variables(&mut cargo, &offline);
        let output = cargo.output()?;
        let words = String::from_utf8_lossy(&output.stderr);
        let are_named =
            words.contains("hathi(no_where)") && words.contains("hathi(unordered_limit)");
        if output.status.success() != is_silent || are_named == is_silent {
            eprintln!("settings/main.rs where hathi.toml says \"{level}\":\n{words}");
            return Ok(false);
        }
    }
    Ok(true)
}

/// A check of the project in a folder, in this edition and with this name for the crate.
fn project(
    here: &Path,
    name: &str,
    (edition, krate): (&str, &str),
) -> Result<Command, Box<dyn Error>> {
    let folder = target()?.join("tests").join(name);
    fs::create_dir_all(&folder)?;
    fs::copy(here.join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let runtime = here.join("../runtime");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"{edition}\"\n\n\
         [[bin]]\nname = \"{name}\"\npath = {:?}\n\n\
         [dependencies]\n\
         {krate} = {{ package = \"hathi\", path = {runtime:?}, default-features = false, features = [\"macros\"] }}\n\n\
         [workspace]\n",
        here.join(name).join("main.rs"),
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["check", "--quiet", "--offline"])
        .current_dir(&folder);
    cargo
        .env("CARGO_TARGET_DIR", target()?.join("tests/trybuild"))
        .env("CARGO_INCREMENTAL", "0");
    Ok(cargo)
}

fn passes(command: &mut Command, variables: &[(&str, &Path)]) -> Result<bool, Box<dyn Error>> {
    with_variables(command, variables);
    Ok(command.status()?.success())
}

/// Sets what the macros read from the environment, and nothing else of it.
fn with_variables(command: &mut Command, variables: &[(&str, &Path)]) {
    for name in ["DATABASE_URL", "HATHI_DIR", "HATHI_OFFLINE"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
}

/// Writes the cache of the offline cases: they are compiled once with the server at hand, and its answers are kept.
fn prepare(here: &Path, url: &str) -> Result<(), Box<dyn Error>> {
    let scratch = target()?.join("tests/ui-prepared");
    let cache = here.join(".hathi");
    for folder in [&scratch, &cache] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    group(
        "offline",
        &[("DATABASE_URL", url.as_ref()), ("HATHI_DIR", &scratch)],
    )?;
    copy_cache(&scratch.join("live"), &cache)
}

/// Copies the answers and what they come from.
fn copy_cache(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to.join("queries"))?;
    fs::copy(from.join("schema.json"), to.join("schema.json"))?;
    for file in fs::read_dir(from.join("queries"))? {
        let file = file?;
        fs::copy(file.path(), to.join("queries").join(file.file_name()))?;
    }
    Ok(())
}

/// A private server with the schema of `migrations/`.
fn migrated(here: &Path) -> Result<OwnedServer, Box<dyn Error>> {
    let server = Server::owned().major(18).start()?;
    let script = fs::read_to_string(here.join("migrations/1__crew.up.sql"))?;
    let config: Config = server.url().parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut session = Session::connect(&config).await?;
        session.simple(&script).await?;
        session.close().await
    })?;
    Ok(server)
}

/// `query_file!` looks beside the manifest, which for the cases is one that trybuild writes.
fn copy_queries(here: &Path) -> Result<(), Box<dyn Error>> {
    let folder = target()?
        .join("tests/trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("queries");
    fs::create_dir_all(&folder)?;
    for file in fs::read_dir(here.join("queries"))? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    Ok(())
}

/// The target folder: this program is `<target>/<profile>/deps/ui-…`.
fn target() -> Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    let target = program
        .ancestors()
        .nth(3)
        .ok_or("the test is not in a target folder")?;
    Ok(target.to_owned())
}
