//! The command line of hathi: prepare, check, describe, db.

mod arguments;

mod describe;
mod prepare;

mod db;

mod grants;
mod known;
mod report;

mod difference;
mod scan;
mod workspace;

mod database;
mod migrations;
mod project;

mod failure;
mod output;

use std::env;
use std::process::ExitCode;

use arguments::{Arguments, Command, Database, Db, Describe};
use database::Wanted;
use describe::{Form, Source};
use failure::Failure;
use output::say;
use prepare::Mode;

/// How a command ends that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Clean,
    /// There is something to look at: a mistake, a difference.
    Findings,
}

impl Outcome {
    /// Both together.
    fn and(self, other: Self) -> Self {
        if self == Self::Clean { other } else { self }
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::read(env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match run(arguments.command) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            say(failure);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Prepare(database) => prepare::run(&database.into(), Mode::Write),
        Command::Check(database) => prepare::run(&database.into(), Mode::Compare),
        Command::Describe(describe) => run_describe(describe),
        Command::Grants { role } => grants::run(&role),
        Command::Report { output } => report::run(&output),
        Command::Db(Db::Start { postgres, tcp }) => db::start(db::Start {
            major: postgres,
            tcp,
        }),
        Command::Db(Db::Stop) => db::stop(),
        Command::Db(Db::Status) => db::status(),
        Command::Db(Db::Url) => db::url(),
        Command::Db(Db::Psql { arguments }) => db::psql(&arguments),
    }
}

fn run_describe(arguments: Describe) -> Result<Outcome, Failure> {
    let source = match (arguments.sql, arguments.file) {
        (Some(sql), _) => Source::Argument(sql),
        (None, Some(file)) => Source::File(file),
        (None, None) => Source::Input,
    };
    let wanted = arguments.database.into();
    if arguments.batch {
        return describe::many(&source, &wanted);
    }
    let form = if arguments.json {
        Form::Json
    } else {
        Form::Text
    };
    describe::one(&source, form, &wanted)
}

impl From<Database> for Wanted {
    fn from(database: Database) -> Self {
        Self {
            url: database.database_url,
            major: database.postgres,
        }
    }
}
