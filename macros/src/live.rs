//! Asking the database that a project names while its code is compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hathi_describe::{Database, Dsn, Error, Limits, shared};
use hathi_query_cache::{
    Description, Diagnostic, FORMAT, Mistakes, NoAnswer, Schema, Store, StoreError, Template,
};

use crate::project::{Address, Project};

/// An answer that holds for the database, and the file it is kept in.
#[derive(Debug)]
pub(crate) struct Live {
    /// What is known of the statement.
    pub(crate) description: Description,
    /// Where it is kept; `None` if the folder cannot be written.
    pub(crate) file: Option<PathBuf>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The database refuses the statement.
    Refused(Mistakes),
    /// The database could not be asked, in words.
    Silent(Diagnostic),
}

/// What the database of a project said of its schema: asked once, and after a failure not again at once.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint(Mutex<Option<Heard>>);

#[derive(Clone, Debug)]
enum Heard {
    Schema(Known),
    Failure { words: Diagnostic, until: Instant },
}

#[derive(Clone, Debug)]
struct Known {
    fingerprint: String,
    server_version: String,
}

/// The answer for a statement that holds for the database: a kept one if it speaks of the same schema, else a fresh one.
pub(crate) fn answer(
    project: &Project,
    address: &Address,
    template: &Template,
) -> Result<Live, Unanswered> {
    let scratch = address.private || project.settings.scratch;
    let functions = project.settings.functions.clone();
    let database = Named::new(address, scratch, functions)?;
    let known = project
        .fingerprint
        .of(&database)
        .map_err(Unanswered::Silent)?;
    let live = project.store.live();
    let kept_live = live.schema().unwrap_or_default();
    for (store, kept) in [(&project.store, &project.schema), (&live, &kept_live)] {
        let holds = kept
            .as_ref()
            .is_some_and(|kept| kept.fingerprint == known.fingerprint);
        // A kept answer that cannot be read is none: the database has a better one.
        if let (true, Ok(Some(description))) = (holds, store.get(template)) {
            let file = Some(store.path_of(template));
            return Ok(Live { description, file });
        }
    }
    let description = database.describe(template)?;
    let file = keep(&live, known, template, &description).ok();
    Ok(Live { description, file })
}

/// A database with the name that messages call it by.
struct Named {
    dsn: Dsn,
    name: String,
    // Whether utilities may be tried on it.
    scratch: bool,
    // What is declared never to return NULL.
    functions: Vec<String>,
}

impl Named {
    fn new(address: &Address, scratch: bool, functions: Vec<String>) -> Result<Self, Unanswered> {
        let dsn: Dsn = address.url.parse().map_err(|error| {
            let mistake = Diagnostic::database_url(&address.origin, &format!("{error}"));
            Unanswered::Refused(mistake.into())
        })?;
        let host = dsn
            .hosts
            .first()
            .map(|host| format!(" at {host}"))
            .unwrap_or_default();
        let name = match &dsn.database {
            Some(database) => format!("the database \"{database}\"{host} ({})", address.origin),
            None => format!("the database{host} ({})", address.origin),
        };
        Ok(Self {
            dsn,
            name,
            scratch,
            functions,
        })
    }

    fn describe(&self, template: &Template) -> Result<Description, Unanswered> {
        let answers = self.ask(|database| {
            database.set_scratch(self.scratch);
            database.set_declared(&self.functions);
            database.describe(std::slice::from_ref(template))
        });
        let answer = answers.map_err(|error| Unanswered::Silent(self.silent(&error)))?;
        match answer.into_iter().next() {
            Some(described) => described.map_err(Unanswered::Refused),
            None => Err(Unanswered::Silent(Diagnostic::database_failed(
                &self.name,
                "it gave no answer",
            ))),
        }
    }

    fn ask<T>(&self, work: impl FnMut(&mut Database) -> Result<T, Error>) -> Result<T, Error> {
        shared(&self.dsn, Limits::default(), work)
    }

    fn silent(&self, error: &Error) -> Diagnostic {
        Diagnostic::no_answer(NoAnswer::Unreachable {
            database: &self.name,
            reason: &error.to_string(),
        })
    }
}

impl Fingerprint {
    /// The database's schema, or why it does not answer.
    fn of(&self, database: &Named) -> Result<Known, Diagnostic> {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*heard {
            Some(Heard::Schema(known)) => return Ok(known.clone()),
            Some(Heard::Failure { words, until }) if Instant::now() < *until => {
                return Err(words.clone());
            }
            _ => {}
        }
        let start = Instant::now();
        let asked = database.ask(|database| {
            Ok(Known {
                fingerprint: database.fingerprint()?,
                server_version: database.server_version().to_owned(),
            })
        });
        let result = asked.map_err(|error| database.silent(&error));
        *heard = Some(match result.clone() {
            Ok(known) => Heard::Schema(known),
            // An editor asks again some day; a build loses no more than a tenth of its time to a silent host.
            Err(words) => Heard::Failure {
                words,
                until: Instant::now() + Duration::from_secs(5).max(start.elapsed() * 10),
            },
        });
        result
    }
}

// Keeps an answer among those of the same schema: the first one of another schema makes the others go.
// A lock guards against compilers at work on other crates.
fn keep(
    live: &Store,
    known: Known,
    template: &Template,
    description: &Description,
) -> Result<PathBuf, Unkept> {
    fs::create_dir_all(live.folder())?;
    let lock = File::create(live.folder().join(".lock"))?;
    lock.lock()?;
    let kept = live.schema().unwrap_or_default();
    if kept.is_none_or(|kept| kept.fingerprint != known.fingerprint) {
        live.prune(&BTreeSet::new())?;
        live.put_schema(&Schema {
            format: FORMAT,
            server_version: known.server_version,
            fingerprint: known.fingerprint,
            migrations_digest: None,
            types: BTreeMap::new(),
        })?;
    }
    Ok(live.put(template, description)?)
}

// The folder cannot be written, for whatever reason: the answer is used and not kept.
struct Unkept;

impl From<io::Error> for Unkept {
    fn from(_: io::Error) -> Self {
        Self
    }
}

impl From<StoreError> for Unkept {
    fn from(_: StoreError) -> Self {
        Self
    }
}
