//! The cache beside what the database says: what is added, changed and removed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use hathi_query_cache::{Description, Entry, Lint, Schema, SourcePlace, Store, StoreError};

use super::schema;
use crate::difference::differences;
use crate::failure::Failure;
use crate::scan::Statement;

/// A statement that the server accepts, and its places.
pub(super) struct Answered {
    /// One for each call with this text; not empty.
    pub(super) places: Vec<Statement>,
    /// What the server says.
    pub(super) description: Description,
}

/// The differences between a cache and the answers.
pub(super) struct Comparison<'a> {
    answers: &'a [Answered],
    // By the file of the cache.
    changes: BTreeMap<PathBuf, Change>,
    unchanged: usize,
    schema: Option<Schema>,
    schema_changes: Vec<String>,
    asked_before: Option<Schema>,
    broken: Option<String>,
}

/// A file that is not what it should be, or has no statement.
enum Change {
    Added { answer: usize },
    Changed { answer: usize, lines: Vec<String> },
    Removed { sql: String },
}

/// How long a statement may be in a report.
const WIDTH: usize = 100;

impl<'a> Comparison<'a> {
    /// Compares; nothing is written.
    pub(super) fn new(
        store: &Store,
        answers: &'a [Answered],
        schema: Option<Schema>,
    ) -> Result<Self, Failure> {
        let (changes, unchanged) = changes(store, answers)?;
        // A file that cannot be read is written anew.
        let (asked_before, broken) = match store.schema() {
            Ok(before) => (before, None),
            Err(error) => (None, Some(error.to_string())),
        };
        let schema_changes = match (&broken, &schema) {
            (Some(broken), _) => vec![broken.clone()],
            (None, Some(schema)) => schema::differences(asked_before.as_ref(), schema),
            (None, None) => Vec::new(),
        };
        Ok(Self {
            answers,
            changes,
            unchanged,
            schema,
            schema_changes,
            asked_before,
            broken,
        })
    }

    /// Whether the cache is what it should be.
    pub(super) fn is_equal(&self) -> bool {
        self.changes.is_empty() && self.schema_changes.is_empty()
    }

    /// Brings the cache up to date. If something could not be asked, nothing is forgotten.
    pub(super) fn write(&self, store: &Store, complete: bool) -> Result<(), StoreError> {
        let mut keep = BTreeSet::new();
        for answered in self.answers {
            for place in &answered.places {
                keep.insert(store.put(&place.template, &answered.description)?);
            }
        }
        if !complete {
            return Ok(());
        }
        store.prune(&keep)?;
        if let Some(schema) = &self.schema {
            store.put_schema(schema)?;
        }
        // The committed answers are as new.
        store.live().clear()
    }

    /// What statements may do otherwise than meant, each at its place, but for what is allowed.
    pub(super) fn lints(&self, allowed: &[String]) -> String {
        let mut lines = Vec::new();
        for answered in self.answers {
            for statement in &answered.places {
                let place = statement.place();
                for Lint { name, message } in &answered.description.lints {
                    if !allowed.contains(name) && !statement.allowed.contains(name) {
                        lines.push((place.clone(), name, message));
                    }
                }
            }
        }
        lines.sort_by(|(one, ..), (other, ..)| {
            let key = |place: &SourcePlace| (place.line, place.column);
            one.file
                .cmp(&other.file)
                .then_with(|| key(one).cmp(&key(other)))
        });
        let lines = lines.iter().map(|(place, name, message)| {
            let (file, line, column) = (&place.file, place.line, place.column);
            format!("warning: {file}:{line}:{column}: hathi({name}): {message}\n")
        });
        lines.collect()
    }

    /// The differences, a paragraph for each.
    pub(super) fn report(&self, complete: bool) -> String {
        let mut report = String::new();
        for change in self.changes.values() {
            report.push_str(&match change {
                Change::Added { answer } => self.paragraph("added", *answer, &[]),
                Change::Changed { answer, lines } => self.paragraph("changed", *answer, lines),
                Change::Removed { sql } if complete => paragraph("removed", sql, &[]),
                Change::Removed { .. } => continue,
            });
        }
        if complete && !self.schema_changes.is_empty() {
            let is_new = self.asked_before.is_none() && self.broken.is_none();
            let word = if is_new { "added" } else { "changed" };
            report.push_str(&paragraph(word, "schema.json", &self.schema_changes));
        }
        if let (Some(before), Some(schema)) = (&self.asked_before, &self.schema)
            && !schema::is_same_major(before, schema)
        {
            let (was, is) = (&before.server_version, &schema.server_version);
            report.push_str(&format!(
                "note: the cache was written with PostgreSQL {was}, this is {is}\n"
            ));
        }
        report
    }

    /// How many statements are what.
    pub(super) fn summary(&self, complete: bool) -> String {
        let (mut added, mut changed, mut removed) = (0, 0, 0);
        for change in self.changes.values() {
            match change {
                Change::Added { .. } => added += 1,
                Change::Changed { .. } => changed += 1,
                Change::Removed { .. } => removed += usize::from(complete),
            }
        }
        let all = added + changed + self.unchanged;
        let unchanged = self.unchanged;
        let noun = if all == 1 { "statement" } else { "statements" };
        format!(
            "{all} {noun}: {added} added, {changed} changed, {removed} removed, {unchanged} unchanged"
        )
    }

    fn paragraph(&self, word: &str, answer: usize, lines: &[String]) -> String {
        let places = self
            .answers
            .get(answer)
            .map(|answered| &*answered.places)
            .unwrap_or_default();
        let places_shown = places.iter().map(|place| {
            let place = place.place();
            format!("{}:{}:{}", place.file, place.line, place.column)
        });
        let lines: Vec<String> = places_shown.chain(lines.iter().cloned()).collect();
        let sql = places
            .first()
            .map(|place| place.template.text())
            .unwrap_or_default();
        paragraph(word, sql, &lines)
    }
}

fn changes(
    store: &Store,
    answers: &[Answered],
) -> Result<(BTreeMap<PathBuf, Change>, usize), Failure> {
    let mut changes = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (answer, answered) in answers.iter().enumerate() {
        let template = &answered.places[0].template;
        let path = store.path_of(template);
        // Texts of one statement differ in layout, or in the names of parameters.
        if !seen.insert(path.clone()) {
            continue;
        }
        let expected = answered.description.clone().with_names_of(template);
        let change = match store.get(template) {
            Ok(None) => Some(Change::Added { answer }),
            Ok(Some(kept)) if kept == expected => None,
            Ok(Some(kept)) => Some(Change::Changed {
                answer,
                lines: differences(&kept, &expected),
            }),
            Err(error) => Some(Change::Changed {
                answer,
                lines: vec![error.to_string()],
            }),
        };
        changes.extend(change.map(|change| (path, change)));
    }
    let unchanged = seen.len() - changes.len();
    for (path, entry) in store.entries()? {
        if !seen.contains(&path) {
            let sql = removed(&path, entry);
            changes.insert(path, Change::Removed { sql });
        }
    }
    Ok((changes, unchanged))
}

fn removed(path: &std::path::Path, entry: Result<Entry, StoreError>) -> String {
    entry.map_or_else(|_| path.display().to_string(), |entry| entry.sql)
}

/// `word` and a text on one line, further lines below.
fn paragraph(word: &str, text: &str, lines: &[String]) -> String {
    let mut paragraph = format!("{word:<9}{}\n", shortened(text));
    for line in lines {
        paragraph.push_str(&format!("{:9}{line}\n", ""));
    }
    paragraph
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= WIDTH {
        return line;
    }
    let start: String = line.chars().take(WIDTH - 1).collect();
    format!("{start}…")
}
