//! Why a command could not do its work, in words.

use std::env;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use hathi_query_cache::{Diagnostic, Mistakes, SourcePlace, StoreError};
use hathi_sql_text::place;

use crate::scan;

/// What ends a command: the report as it is printed.
#[derive(Debug)]
pub(crate) struct Failure(String);

const PSQL: [&str; 3] = [
    "install it on Debian or Ubuntu: apt-get install postgresql-client",
    "or on Fedora: dnf install postgresql",
    "or on macOS: brew install libpq",
];

impl Failure {
    fn new(message: impl Into<String>, help: &[&str]) -> Self {
        let diagnostic = Diagnostic {
            message: message.into(),
            help: help.iter().map(|help| (*help).to_owned()).collect(),
            ..Diagnostic::default()
        };
        Self(diagnostic.report("", None))
    }

    /// A mistake in a file, at its place.
    pub(crate) fn in_file(mistakes: &Mistakes, file: &Path, text: &str) -> Self {
        let report = |mistake: &Diagnostic| {
            let offset = mistake.place.as_ref().map_or(0, |place| place.start);
            let place = place(text, offset);
            let at = SourcePlace {
                file: shown(file),
                line: place.line,
                column: place.column,
            };
            mistake.report(text, Some(&at))
        };
        let reports: Vec<String> = mistakes.0.iter().map(report).collect();
        Self(reports.join("\n"))
    }

    /// The standard output cannot be written.
    pub(crate) fn unprintable(error: &io::Error) -> Self {
        Self::new(format!("the output cannot be written: {error}"), &[])
    }

    /// The current folder is gone.
    pub(crate) fn no_folder(error: &io::Error) -> Self {
        Self::new(format!("the current folder cannot be told: {error}"), &[])
    }

    /// A file that was named cannot be read.
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("\"{}\" cannot be read: {error}", shown(path)), &[])
    }

    /// A file cannot be written.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("\"{}\" cannot be written: {error}", path.display()),
            &[],
        )
    }

    /// The standard input cannot be read.
    pub(crate) fn unreadable_input(error: &io::Error) -> Self {
        Self::new(format!("the standard input cannot be read: {error}"), &[])
    }

    /// There is no SQL to describe, and a person sits where it could come from.
    pub(crate) fn no_sql() -> Self {
        Self::new(
            "expected SQL as an argument, in a file or on the standard input",
            &[
                "write: cargo hathi describe \"SELECT 1\"",
                "or: cargo hathi describe --file query.sql",
            ],
        )
    }

    /// Cargo cannot be started.
    pub(crate) fn no_cargo(error: &io::Error) -> Self {
        Self::new(
            format!("cargo cannot be started: {error}"),
            &["run this as `cargo hathi`, or put cargo on the PATH"],
        )
    }

    /// Cargo does not know the workspace; these are its words.
    pub(crate) fn no_workspace(words: &str) -> Self {
        let words = words.trim_end();
        let words = words.strip_prefix("error: ").unwrap_or(words);
        Self::new(words, &["run this in the folder of a crate or a workspace"])
    }

    /// No member of the workspace can have a statement.
    pub(crate) fn no_hathi() -> Self {
        Self::new(
            "no crate of this workspace depends on hathi",
            &["add it: cargo add hathi"],
        )
    }

    /// The database cannot be reached, or breaks off.
    pub(crate) fn database(name: &str, error: &hathi_describe::Error) -> Self {
        Self::new(
            format!("{name} cannot be asked: {error}"),
            &[
                "see that the server runs, and that the URL, the user and the password are right",
                "or ask a private PostgreSQL, which is started for this command alone: --postgres 18",
            ],
        )
    }

    /// Something that names a database names none.
    pub(crate) fn database_url(origin: &str, reason: &str) -> Self {
        Self(Diagnostic::database_url(origin, reason).report("", None))
    }

    /// `db` was asked about a server that does not run.
    pub(crate) fn no_server() -> Self {
        Self::new(
            "no private server runs for this project",
            &["start it: cargo hathi db start"],
        )
    }

    /// There is no psql; the URL is good for other programs too.
    pub(crate) fn no_psql(url: &str) -> Self {
        let other = format!("or use another program with this URL: {url}");
        let help: Vec<&str> = PSQL.into_iter().chain([&*other]).collect();
        Self::new("psql is not on the PATH", &help)
    }

    /// psql cannot be started.
    pub(crate) fn broken_psql(program: &Path, error: &io::Error) -> Self {
        Self::new(
            format!("\"{}\" cannot be started: {error}", program.display()),
            &[],
        )
    }

    /// The private server's past is not the beginning of the folder of migrations.
    pub(crate) fn other_history(what: &str) -> Self {
        Self::new(
            what,
            &[
                "begin anew with the scripts as they are: cargo hathi db stop && cargo hathi db start",
                "or put the script back as it was, and write the change as a new one",
            ],
        )
    }

    /// The files of the migrations are named wrongly.
    pub(crate) fn no_order(folder: &Path, reason: &impl fmt::Display) -> Self {
        Self(Diagnostic::migrations(folder, reason).report("", None))
    }

    /// A script that the server refuses, or that cannot be run.
    pub(crate) fn script(diagnostic: Diagnostic, file: &Path, text: &str) -> Self {
        Self::in_file(&diagnostic.into(), file, text)
    }

    /// The private server does not answer as it should.
    pub(crate) fn session(doing: &str, error: &hathi::Error) -> Self {
        Self::new(format!("{doing}: {error}"), &[])
    }

    /// The part of the system that waits for sockets cannot be set up.
    pub(crate) fn no_runtime(error: &io::Error) -> Self {
        Self::new(
            format!("the system gives no means to wait for a socket: {error}"),
            &[],
        )
    }
}

/// A file as people call it who are in the current folder.
fn shown(file: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    scan::shown(&here, file)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error.diagnostic().report("", None))
    }
}

impl From<hathi_local::Error> for Failure {
    fn from(error: hathi_local::Error) -> Self {
        // What a setup of ours reported is the whole story.
        let source = error.source();
        if let Some(failure) = source.and_then(|source| source.downcast_ref::<Self>()) {
            return Self(failure.0.clone());
        }
        let mut words = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            words.push_str(&format!("\n  cause: {cause}"));
            source = cause.source();
        }
        if error.is_mismatch() {
            words.push_str("\n   help: cargo hathi db stop");
        }
        // Its lines stand below the word that the library leaves to us.
        Self(format!("error: {}", words.replace('\n', "\n    ")))
    }
}
