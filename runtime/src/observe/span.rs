//! One span per verb, with the attributes of OpenTelemetry's conventions for clients of databases.

use std::borrow::Cow;

use hathi_sql_text::{summary, summary_parts, without_literals};
use tracing::field::Empty;
use tracing::span::Id;
use tracing::{Level, Span};

use super::place::Place;
use super::{Subject, Verb};

/// Writes the span of a verb: tracing wants each name, and the names of all attributes, as literals.
macro_rules! client_span {
    ($name:literal, $parent:expr, $about:expr, $place:expr) => {
        tracing::span!(
            target: "hathi",
            parent: $parent,
            Level::INFO,
            $name,
            "otel.name" = $about.name(),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "db.system.name" = "postgresql",
            "db.namespace" = &*$place.namespace,
            "db.operation.name" = $about.operation(),
            "db.collection.name" = $about.collection(),
            "db.query.summary" = $about.summary(),
            "db.query.text" = $about.text(),
            "db.operation.batch.size" = $about.size,
            "db.response.status_code" = Empty,
            "db.response.returned_rows" = Empty,
            "hathi.affected_rows" = Empty,
            "hathi.outcome" = Empty,
            "server.address" = $place.address.as_deref(),
            "server.port" = $place.port,
            "error.type" = Empty,
        )
    };
}

pub(super) fn of(verb: Verb, about: &About<'_>, place: &Place, parent: Option<Id>) -> Span {
    match verb {
        Verb::Connect => client_span!("hathi.connect", parent, about, place),
        Verb::Acquire => client_span!("hathi.acquire", parent, about, place),
        Verb::Prepare => client_span!("hathi.prepare", parent, about, place),
        Verb::Query => client_span!("hathi.query", parent, about, place),
        Verb::Stream => client_span!("hathi.stream", parent, about, place),
        Verb::Command => client_span!("hathi.execute", parent, about, place),
        Verb::Script => client_span!("hathi.script", parent, about, place),
        Verb::Pipeline => client_span!("hathi.pipeline", parent, about, place),
        Verb::CopyIn | Verb::CopyOut => client_span!("hathi.copy", parent, about, place),
        Verb::Transaction => client_span!("hathi.transaction", parent, about, place),
        Verb::Savepoint => client_span!("hathi.savepoint", parent, about, place),
    }
}

/// What a span is about, in words.
pub(super) struct About<'a> {
    // The name of the span: the summary, or what is done instead of a statement.
    name: Cow<'a, str>,
    // Whether the name is the summary of a statement.
    is_statement: bool,
    text: Option<Cow<'a, str>>,
    // How many statements it is.
    size: Option<usize>,
}

impl<'a> About<'a> {
    pub(super) fn new(verb: Verb, subject: Subject<'a>) -> Self {
        match subject {
            Subject::Named(name) => Self {
                name: name.into(),
                is_statement: false,
                text: None,
                size: None,
            },
            Subject::Batch(subjects) => Self {
                name: batch(subjects).into(),
                is_statement: true,
                text: None,
                size: (subjects.len() > 1).then_some(subjects.len()),
            },
            Subject::Script(sql) => Self {
                name: named(summary(sql).into()),
                is_statement: true,
                text: Some(without_literals(sql).into()),
                size: None,
            },
            Subject::Statement(sql, known) => {
                let words = known.map_or_else(|| summary(sql).into(), Cow::Borrowed);
                // Values have their parameters in queries, and stand in the text of commands that can have none.
                let text = if is_query(&words) {
                    sql.into()
                } else {
                    without_literals(sql).into()
                };
                let name = match verb {
                    Verb::Prepare => format!("PREPARE {words}").into(),
                    _ => named(words),
                };
                Self {
                    name,
                    is_statement: true,
                    text: Some(text),
                    size: None,
                }
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    pub(super) fn summary(&self) -> Option<&str> {
        self.is_statement.then_some(&*self.name)
    }

    pub(super) fn operation(&self) -> Option<&str> {
        let summary = self.summary()?;
        if summary.starts_with("PREPARE ") {
            return Some("PREPARE");
        }
        match summary.strip_prefix("BATCH ") {
            // Both are one operation, as the conventions have it.
            Some(rest) => summary.get(.."BATCH ".len() + summary_parts(rest).0.len()),
            None => Some(summary_parts(summary).0),
        }
    }

    pub(super) fn collection(&self) -> Option<&str> {
        let summary = self.summary()?;
        let prefixes = ["PREPARE ", "BATCH "];
        let rest = prefixes
            .iter()
            .find_map(|prefix| summary.strip_prefix(prefix));
        summary_parts(rest.unwrap_or(summary)).1
    }
}

/// What all of the statements do, if it is the same.
fn batch(subjects: &[Subject<'_>]) -> String {
    let words = |subject: &Subject<'_>| match *subject {
        Subject::Statement(_, Some(known)) => known.to_owned(),
        Subject::Statement(sql, None) | Subject::Script(sql) => summary(sql),
        Subject::Batch(_) | Subject::Named(_) => String::new(),
    };
    let mut subjects = subjects.iter();
    match subjects.next().map(words) {
        Some(first) if subjects.all(|subject| words(subject) == first) => format!("BATCH {first}"),
        _ => "BATCH".to_owned(),
    }
}

/// A span must have a name.
fn named(words: Cow<'_, str>) -> Cow<'_, str> {
    if words.is_empty() {
        "EMPTY".into()
    } else {
        words
    }
}

fn is_query(name: &str) -> bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"]
        .iter()
        .any(|operation| {
            name.strip_prefix(operation)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
}
