//! `prepare` and `check`: from the sources and a database to the cache, or to what it lacks.

mod comparison;
pub(crate) mod places;
mod schema;

use std::collections::BTreeMap;
use std::path::Path;

use hathi_query_cache::{FORMAT, Mistakes, Schema, Template, migrations_digest};

use crate::Outcome;
use crate::database::{Asked, Wanted};
use crate::failure::Failure;
use crate::output::{end_progress, print, print_line, progress, say};
use crate::project::{Project, current_folder};
use crate::scan::{Found, Sources, Statement};
use crate::workspace::{Member, members};
use comparison::{Answered, Comparison};
use places::Place;

/// Whether files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `prepare`
    Write,
    /// `check`
    Compare,
}

/// Runs the command on the projects in and below the current folder.
pub(crate) fn run(wanted: &Wanted, mode: Mode) -> Result<Outcome, Failure> {
    let here = current_folder()?;
    let members = members(&here)?;
    if !members.iter().any(Member::uses_hathi) {
        return Err(Failure::no_hathi());
    }
    progress("reading the sources");
    let sources = Sources::read(&members);
    end_progress();
    let mut outcome = Outcome::Clean;
    for place in places::around(&here, &members) {
        let work = Work {
            project: Project::at(place.home.clone(), &place.start)?,
            place,
            here: &here,
            wanted,
            mode,
        };
        outcome = outcome.and(work.run(&sources)?);
    }
    Ok(outcome)
}

/// What is to be done for one project.
struct Work<'w> {
    project: Project,
    place: Place,
    here: &'w Path,
    wanted: &'w Wanted,
    mode: Mode,
}

impl Work<'_> {
    fn run(&self, sources: &Sources<'_>) -> Result<Outcome, Failure> {
        let mut found = sources.statements(&self.place.members, self.here);
        let kept = self.project.store.entries()?;
        if found.statements.is_empty() && found.mistakes.is_empty() && kept.is_empty() {
            if self.place.is_only {
                say("no statement was found, and the cache is empty");
            }
            return Ok(Outcome::Clean);
        }
        if !self.place.is_only {
            print_line(format_args!("{}:", self.project.folder.display()))?;
        }
        for place in &found.unseen {
            let (file, line, column) = (&place.file, place.line, place.column);
            say(format_args!(
                "note: the SQL at {file}:{line}:{column} is what another macro hands on: reading the sources does not show it"
            ));
        }
        // Without a statement there is nothing to ask about.
        let asked = if found.statements.is_empty() {
            None
        } else {
            Some(Asked::open(&self.project, self.wanted)?)
        };
        let answers = self.ask(asked, &mut found)?;
        let comparison = Comparison::new(&self.project.store, &answers.described, answers.schema)?;
        self.finish(&comparison, &found.mistakes, &answers.source)
    }

    fn ask(&self, asked: Option<Asked>, found: &mut Found) -> Result<Answers, Failure> {
        let Some(mut asked) = asked else {
            return Ok(Answers::default());
        };
        let distinct = distinct(std::mem::take(&mut found.statements));
        let count = counted(distinct.len(), "statement");
        progress(format_args!("asking {} about {count}", asked.name()));
        let templates: Vec<Template> = distinct
            .iter()
            .map(|places| places[0].template.clone())
            .collect();
        let described = asked.database.describe(&templates);
        let described = described.map_err(|error| asked.failure(&error))?;
        let mut answers = Answers::default();
        for (places, description) in distinct.into_iter().zip(described) {
            match description {
                Ok(description) => answers.described.push(Answered {
                    places,
                    description,
                }),
                Err(mistakes) => found.mistakes.extend(report(&places, &mistakes)),
            }
        }
        let schema = self.schema(&mut asked, &answers.described)?;
        answers.source = format!("{}, PostgreSQL {}", asked.name(), schema.server_version);
        answers.schema = Some(schema);
        end_progress();
        Ok(answers)
    }

    /// What is to be known of the database as a whole.
    fn schema(&self, asked: &mut Asked, described: &[Answered]) -> Result<Schema, Failure> {
        let descriptions = described.iter().map(|answered| &answered.description);
        let types = descriptions.flat_map(|description| {
            let columns = description
                .columns
                .iter()
                .flatten()
                .map(|column| &*column.ty);
            columns.chain(
                description
                    .parameters
                    .iter()
                    .map(|parameter| &*parameter.ty),
            )
        });
        let types = asked
            .database
            .user_types(types)
            .map_err(|error| asked.failure(&error))?;
        let fingerprint = asked
            .database
            .fingerprint()
            .map_err(|error| asked.failure(&error))?;
        Ok(Schema {
            format: FORMAT,
            server_version: asked.database.server_version().to_owned(),
            fingerprint,
            migrations_digest: migrations_digest(&self.project.migrations())?,
            types,
        })
    }

    fn finish(
        &self,
        comparison: &Comparison<'_>,
        mistakes: &[String],
        source: &str,
    ) -> Result<Outcome, Failure> {
        let complete = mistakes.is_empty();
        if self.mode == Mode::Write {
            comparison.write(&self.project.store, complete)?;
        }
        print(&comparison.report(complete))?;
        print(&comparison.lints(&self.project.settings.allowed_lints))?;
        for mistake in mistakes {
            say(mistake);
        }
        let source = if source.is_empty() {
            String::new()
        } else {
            format!(" (asked {source})")
        };
        print_line(format_args!("{}{source}", comparison.summary(complete)))?;
        if !complete {
            let count = counted(mistakes.len(), "mistake");
            let kept = match self.mode {
                Mode::Write => "; nothing was removed from the cache",
                Mode::Compare => "",
            };
            say(format_args!("error: {count}{kept}"));
            return Ok(Outcome::Findings);
        }
        if self.mode == Mode::Compare && !comparison.is_equal() {
            say(
                "error: the cache is not what the sources and the database say\n       help: write it again: cargo hathi prepare",
            );
            return Ok(Outcome::Findings);
        }
        Ok(Outcome::Clean)
    }
}

/// What the database said.
#[derive(Default)]
struct Answers {
    described: Vec<Answered>,
    schema: Option<Schema>,
    source: String,
}

/// The places of each text: it is asked about once.
fn distinct(statements: Vec<Statement>) -> Vec<Vec<Statement>> {
    let mut distinct: Vec<Vec<Statement>> = Vec::new();
    let mut known = BTreeMap::new();
    for statement in statements {
        // One text can be copied in and out, which are two statements.
        let template = &statement.template;
        let texts = (template.text().to_owned(), template.sql().to_owned());
        let index = *known.entry(texts).or_insert(distinct.len());
        match distinct.get_mut(index) {
            Some(places) => places.push(statement),
            None => distinct.push(vec![statement]),
        }
    }
    distinct
}

/// The mistakes of a statement at its first place, with the other places below.
fn report(places: &[Statement], mistakes: &Mistakes) -> Vec<String> {
    let Some((first, others)) = places.split_first() else {
        return Vec::new();
    };
    let mut reports = first.report(mistakes);
    if let Some(last) = reports.last_mut() {
        for other in others {
            let place = other.place();
            last.push_str(&format!(
                "\n       also: {}:{}:{}",
                place.file, place.line, place.column
            ));
        }
    }
    reports
}

/// `1 mistake`, `2 mistakes`
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
