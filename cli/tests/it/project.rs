//! A project in a folder, the program run in it, and a database for it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use hathi::Session;
use hathi_local::{OwnedServer, Server};

/// Every supported version.
pub(crate) const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// A folder that holds a project, removed when dropped.
pub(crate) struct Project {
    folder: PathBuf,
}

/// What the program printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

const MANIFEST: &str = "[package]\nname = \"app\"\nedition = \"2024\"\n\n[dependencies]\nhathi = \"0.1\"\n\n[workspace]\n";

impl Project {
    /// An empty folder that everyone can enter.
    pub(crate) fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hathi-cli-{}-{count}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// A crate `app` that depends on `hathi`, with these statements in `src/main.rs`, the first one in line 3.
    pub(crate) fn with(statements: &[&str]) -> Self {
        let project = Self::empty();
        project.write("Cargo.toml", MANIFEST);
        project.statements(statements);
        project
    }

    /// Puts these statements into `src/main.rs` instead of those that are there.
    pub(crate) fn statements(&self, statements: &[&str]) {
        let lines: Vec<String> = statements
            .iter()
            .map(|sql| format!("    query!({sql:?});"))
            .collect();
        self.write(
            "src/main.rs",
            &format!(
                "use hathi::query;\nfn main() {{\n{}\n}}\n",
                lines.join("\n")
            ),
        );
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The names in a folder, in their order; none if it is not there.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(path)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program in this folder, knowing of no database.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-hathi"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        for name in ["DATABASE_URL", "HATHI_DIR", "HATHI_OFFLINE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.finish(&mut self.program(arguments))
    }

    /// Runs the program with a database.
    pub(crate) fn run_with(&self, database: &str, arguments: &[&str]) -> Run {
        self.finish(self.program(arguments).env("DATABASE_URL", database))
    }

    /// Runs the program with a database and an input.
    pub(crate) fn run_with_input(&self, database: &str, arguments: &[&str], input: &str) -> Run {
        let mut command = self.program(arguments);
        command.env("DATABASE_URL", database).stdin(Stdio::piped());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        self.read_run(child.wait_with_output().unwrap())
    }

    pub(crate) fn finish(&self, command: &mut Command) -> Run {
        self.read_run(command.output().unwrap())
    }

    fn read_run(&self, output: std::process::Output) -> Run {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap()
                .replace(&self.folder.display().to_string(), "[folder]")
        };
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Run {
    /// All that was printed but progress, with what differs between machines left out.
    pub(crate) fn text(&self) -> String {
        let stderr = self.stderr.lines().filter(|line| !is_progress(line));
        let stdout = self.stdout.lines();
        let lines = stdout.chain(stderr).map(without_surroundings);
        format!(
            "{}\nexit code {}",
            lines.collect::<Vec<_>>().join("\n"),
            self.code
        )
    }

    /// Fails the test unless the program ended in this way.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }
}

fn is_progress(line: &str) -> bool {
    const STEPS: [&str; 9] = [
        "reading the sources",
        "asking ",
        "starting PostgreSQL",
        "applying ",
        "creating a template",
        "waiting for ",
        "fetching ",
        "unpacking ",
        "copying the programs",
    ];
    STEPS.iter().any(|step| line.starts_with(step))
}

/// Leaves out names of databases, URLs of private servers and minor versions.
fn without_surroundings(line: &str) -> String {
    let line = replaced(line, "the database \"", " (DATABASE_URL)", "[database]");
    let line = replaced(&line, "postgres://postgres@", "/postgres", "[url]");
    ["14", "15", "16", "17", "18"]
        .iter()
        .fold(line, |line, major| {
            let (before, after) = (
                format!("PostgreSQL {major}."),
                format!("PostgreSQL {major}"),
            );
            line.split_once(&before)
                .map_or(line.clone(), |(start, rest)| {
                    format!(
                        "{start}{after}{}",
                        rest.trim_start_matches(|c: char| c.is_ascii_digit())
                    )
                })
        })
}

/// The line with other words from one text to the end of another, if it holds both.
fn replaced(line: &str, from: &str, to: &str, words: &str) -> String {
    let found = line
        .split_once(from)
        .and_then(|(start, rest)| Some((start, rest.split_once(to)?.1)));
    found.map_or_else(
        || line.to_owned(),
        |(start, end)| format!("{start}{words}{end}"),
    )
}

/// The URL of a database of its own with this schema, on the newest version.
pub(crate) fn database(schema: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let server = server(18);
    execute(&server, &format!("CREATE DATABASE {name}"));
    let url = format!("{}/{name}", server.strip_suffix("/postgres").unwrap());
    execute(&url, schema);
    url
}

/// Runs a script.
pub(crate) fn execute(url: &str, script: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut session = Session::connect(&url.parse().unwrap()).await.unwrap();
        session.simple(script).await.unwrap();
        session.close().await.unwrap();
    });
}

/// The URL of the server of a version, which stops with this process.
pub(crate) fn server(major: u32) -> String {
    static SERVERS: Mutex<BTreeMap<u32, OwnedServer>> = Mutex::new(BTreeMap::new());
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let server = servers
        .entry(major)
        .or_insert_with(|| Server::owned().major(major).start().unwrap());
    server.url()
}
