//! `describe`: what the server says of statements, for people and for programs.

mod batch;
mod table;

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use hathi_query_cache::{Description, Mistakes, SourcePlace, Template};
use hathi_sql_text::place;

use crate::Outcome;
use crate::database::{Asked, Wanted};
use crate::failure::Failure;
use crate::output::{end_progress, print, print_line, say};
use crate::project::{Project, current_folder};

/// Where the SQL of a command stands.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// In an argument.
    Argument(String),
    /// In a file.
    File(PathBuf),
    /// On the standard input.
    Input,
}

/// What a description is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Tables.
    Text,
    /// One line of JSON.
    Json,
}

/// Describes one statement.
pub(crate) fn one(source: &Source, form: Form, wanted: &Wanted) -> Result<Outcome, Failure> {
    let text = source.read()?;
    let described = match Template::written(&text) {
        Ok(template) => ask(&[template], wanted)?
            .pop()
            .unwrap_or_else(|| Err(Mistakes::default())),
        Err(mistakes) => Err(mistakes),
    };
    match (described, form) {
        (Ok(description), Form::Json) => {
            print_line(json(&description))?;
            Ok(Outcome::Clean)
        }
        (Ok(description), Form::Text) => {
            print(&table::render(&description))?;
            Ok(Outcome::Clean)
        }
        (Err(mistakes), Form::Json) => {
            print_line(batch::error(&mistakes, &text))?;
            Ok(Outcome::Findings)
        }
        (Err(mistakes), Form::Text) => {
            source.report(&mistakes, &text);
            Ok(Outcome::Findings)
        }
    }
}

/// Describes many statements, a line of JSON each.
pub(crate) fn many(source: &Source, wanted: &Wanted) -> Result<Outcome, Failure> {
    let lines = batch::read(&source.read()?);
    let answers = ask(&batch::templates(&lines), wanted)?;
    let (output, outcome) = batch::render(lines, answers);
    print(&output)?;
    Ok(outcome)
}

/// What the database says of statements; without any it is not even looked for.
fn ask(
    templates: &[Template],
    wanted: &Wanted,
) -> Result<Vec<Result<Description, Mistakes>>, Failure> {
    if templates.is_empty() {
        return Ok(Vec::new());
    }
    let mut asked = Asked::open(&Project::around(&current_folder()?)?, wanted)?;
    let answers = asked.database.describe(templates);
    end_progress();
    answers.map_err(|error| asked.failure(&error))
}

fn json(description: &Description) -> String {
    // A description is made of texts and flags: nothing in it cannot be JSON.
    serde_json::to_string(description).unwrap_or_default()
}

impl Source {
    fn read(&self) -> Result<String, Failure> {
        match self {
            Self::Argument(sql) => Ok(sql.clone()),
            Self::File(path) => read_file(path),
            Self::Input if io::stdin().is_terminal() => Err(Failure::no_sql()),
            Self::Input => {
                let mut text = String::new();
                let read = io::stdin().lock().read_to_string(&mut text);
                read.map_err(|error| Failure::unreadable_input(&error))?;
                Ok(text.replace("\r\n", "\n"))
            }
        }
    }

    fn report(&self, mistakes: &Mistakes, text: &str) {
        for mistake in &mistakes.0 {
            let offset = mistake.place.as_ref().map_or(0, |place| place.start);
            let place = place(text, offset);
            let file = match self {
                Self::File(path) => Some(path.display().to_string()),
                Self::Argument(_) | Self::Input => None,
            };
            let at = file.map(|file| SourcePlace {
                file,
                line: place.line,
                column: place.column,
            });
            say(mistake.report(text, at.as_ref()));
        }
    }
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    Ok(text.replace("\r\n", "\n"))
}
