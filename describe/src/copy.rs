//! COPY: the server does not analyse it, so it is asked about a query that reads the same columns.
//!
//! COPY itself is only prepared, which checks its grammar. The query finds the relation and the columns, and tells
//! their types; what COPY alone minds is concluded from the catalog.

use std::collections::BTreeSet;
use std::ops::Range;

use hathi_query_cache::{
    Cardinality, ColumnDescription, Copy, CopyTable, Dependencies, Description, Diagnostic, Lock,
    Mistakes, SequenceUse, StatementKind, Template,
};
use hathi_sql_text::{TokenKind, lex};
use hathi_wire::{PreparedColumn, ServerError};

use crate::catalog::{Catalog, CopiedTable, Needs};
use crate::description::Accepted;
use crate::refusal;

/// The query that stands for a COPY.
#[derive(Debug)]
pub(crate) struct Probe {
    sql: String,
    /// Pieces of the query, each with its place in the text as it is written.
    places: Vec<(Range<usize>, Range<usize>)>,
}

impl Probe {
    /// The query for a template; `None` if it is no COPY.
    pub(crate) fn of(template: &Template) -> Option<Self> {
        let text = template.text();
        let mut probe = Self {
            sql: String::new(),
            places: Vec::new(),
        };
        match template.copy()? {
            Copy::Query(query) => probe.push(&text[query.clone()], query.clone()),
            Copy::In(table) | Copy::Out(table) => probe.read(text, table),
        }
        Some(probe)
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// The server's words, with the place in the text as it is written.
    pub(crate) fn mistakes(&self, error: &ServerError) -> Mistakes {
        refusal::told(&self.sql, |range| self.to_source(range), error)
    }

    fn read(&mut self, text: &str, table: &CopyTable) {
        self.sql.push_str("SELECT ");
        match &table.columns {
            None => self.sql.push('*'),
            Some(columns) => {
                for (index, column) in columns.iter().enumerate() {
                    if index > 0 {
                        self.sql.push_str(", ");
                    }
                    self.push(&quoted(&text[column.clone()]), column.clone());
                }
            }
        }
        self.sql.push_str(" FROM ONLY ");
        let relation = table.relation.clone();
        self.push(&text[relation.clone()], relation);
    }

    fn push(&mut self, piece: &str, place: Range<usize>) {
        let start = self.sql.len();
        self.sql.push_str(piece);
        self.places.push((start..self.sql.len(), place));
    }

    fn to_source(&self, range: Range<usize>) -> Range<usize> {
        let found = self
            .places
            .iter()
            .find(|(piece, _)| piece.start <= range.start && range.start < piece.end.max(1));
        match found {
            // As it is written: each byte has its own place.
            Some((piece, place)) if piece.len() == place.len() => {
                let start = place.start + (range.start - piece.start);
                start..(start + range.len()).min(place.end)
            }
            Some((_, place)) => place.clone(),
            // The end of the query: that of what is copied.
            None => {
                let end = self.places.last().map_or(0, |(_, place)| place.end);
                end..end
            }
        }
    }
}

/// A name between quotes, so that no word of SQL is taken for anything else.
fn quoted(name: &str) -> String {
    let is_word = lex(name).next().map(|token| token.kind) == Some(TokenKind::Word);
    if is_word {
        format!("\"{}\"", name.to_ascii_lowercase())
    } else {
        name.to_owned()
    }
}

/// Notes what has to be asked of the relation that a COPY names.
pub(crate) fn needs(accepted: &Accepted<'_>, needs: &mut Needs) {
    if let Some(Copy::In(_) | Copy::Out(_)) = accepted.template.copy()
        && let Some(relation) = relation(accepted)
    {
        needs.copied(relation);
    }
}

/// From what is known of the query to what is known of the COPY. Rules have made `statements` of the query.
pub(crate) fn description(
    accepted: &Accepted<'_>,
    copy: &Copy,
    query: Description,
    statements: usize,
    catalog: &Catalog,
) -> Result<Description, Mistakes> {
    let (table, kind) = match copy {
        Copy::Query(_) => {
            let is_shown = accepted.tree.is_some();
            return copied_query(query, statements == 1 || !is_shown);
        }
        Copy::In(table) => (table, StatementKind::CopyIn),
        Copy::Out(table) => (table, StatementKind::CopyOut),
    };
    let target = Target::find(accepted, table, catalog)?;
    target.check_kind(kind)?;
    let columns = query.columns.unwrap_or_default();
    let columns = target.columns(columns, kind)?;
    let name = vec![catalog.name(target.relation).to_owned()];
    let is_in = kind == StatementKind::CopyIn;
    let mut dependencies = query.dependencies;
    target.copies(&mut dependencies);
    if is_in {
        target.fills(&columns, &mut dependencies);
        // The columns that were asked for are those that rows are copied into.
        for used in &mut dependencies.uses {
            used.insert = std::mem::take(&mut used.select);
            used.lock = Lock::RowExclusive;
        }
    }
    let (reads, writes) = if is_in {
        (Vec::new(), name)
    } else {
        (name, Vec::new())
    };
    Ok(Description {
        statement: kind,
        cardinality: (!is_in).then_some(Cardinality::Many),
        parameters: Vec::new(),
        columns: Some(columns),
        reads,
        writes,
        dependencies,
        lints: Vec::new(),
    })
}

fn copied_query(query: Description, is_one: bool) -> Result<Description, Mistakes> {
    if query.columns.is_none() {
        return Err(Diagnostic::copies_no_rows().into());
    }
    if !is_one {
        return Err(Diagnostic::copies_through_rules().into());
    }
    Ok(Description {
        statement: StatementKind::CopyOut,
        ..query
    })
}

/// The relation that all columns belong to.
fn relation(accepted: &Accepted<'_>) -> Option<u32> {
    let mut tables = described(accepted).iter().map(|column| column.table);
    tables.find(|table| *table != 0)
}

fn described<'a>(accepted: &Accepted<'a>) -> &'a [PreparedColumn] {
    accepted.prepared.columns.as_deref().unwrap_or_default()
}

/// The relation of a COPY, found.
struct Target<'a> {
    text: &'a str,
    table: &'a CopyTable,
    described: &'a [PreparedColumn],
    relation: u32,
    known: &'a CopiedTable,
    catalog: &'a Catalog,
}

impl<'a> Target<'a> {
    fn find(
        accepted: &Accepted<'a>,
        table: &'a CopyTable,
        catalog: &'a Catalog,
    ) -> Result<Self, Mistakes> {
        let text = accepted.template.text();
        let relation = relation(accepted);
        let found = relation.and_then(|oid| Some((oid, catalog.copied(oid)?)));
        let Some((relation, known)) = found else {
            let name = &text[table.relation.clone()];
            return Err(Diagnostic::copies_nothing(name, table.relation.clone()).into());
        };
        Ok(Self {
            text,
            table,
            described: described(accepted),
            relation,
            known,
            catalog,
        })
    }

    fn written(&self) -> &'a str {
        &self.text[self.table.relation.clone()]
    }

    fn check_kind(&self, kind: StatementKind) -> Result<(), Mistakes> {
        let place = self.table.relation.clone();
        let relkind = self.catalog.kind(self.relation);
        let what = match relkind {
            Some('v') => "a view",
            Some('m') => "a materialized view",
            Some('p') => "a partitioned table",
            Some('f') => "a foreign table",
            Some('S') => "a sequence",
            _ => "which is no table",
        };
        let is_in = kind == StatementKind::CopyIn;
        match relkind {
            Some('r') => Ok(()),
            Some('p' | 'f') if is_in => Ok(()),
            Some('v') if is_in && self.known.has_instead => Ok(()),
            _ if is_in => Err(Diagnostic::copies_into(what, self.written(), place).into()),
            _ => {
                let query = format!("SELECT {} FROM {}", self.listed(), self.written());
                Err(Diagnostic::copies_out_of(what, self.written(), &query, place).into())
            }
        }
    }

    /// The columns as a query would list them.
    fn listed(&self) -> String {
        let Some(columns) = &self.table.columns else {
            return "*".to_owned();
        };
        let names: Vec<&str> = columns
            .iter()
            .map(|place| &self.text[place.clone()])
            .collect();
        names.join(", ")
    }

    /// The columns that are copied, or everything that is wrong with them.
    fn columns(
        &self,
        described: Vec<ColumnDescription>,
        kind: StatementKind,
    ) -> Result<Vec<ColumnDescription>, Mistakes> {
        let mut mistakes = Vec::new();
        let mut listed = BTreeSet::new();
        let mut copied = Vec::new();
        for (index, (column, prepared)) in described.into_iter().zip(self.described).enumerate() {
            let place = self
                .table
                .columns
                .as_ref()
                .and_then(|places| places.get(index));
            let known = self.known.columns.get(&prepared.attribute);
            let generated = known.is_some_and(|known| known.is_generated);
            match (place, known) {
                (None, Some(_)) if generated => continue,
                (Some(place), None) => {
                    mistakes.push(Diagnostic::copies_no_column(&prepared.name, place.clone()))
                }
                (Some(place), Some(_)) if generated => {
                    mistakes.push(Diagnostic::copies_generated(&prepared.name, place.clone()))
                }
                (Some(place), Some(_)) if !listed.insert(prepared.attribute) => {
                    mistakes.push(Diagnostic::copied_twice(&prepared.name, place.clone()));
                }
                _ => {
                    listed.insert(prepared.attribute);
                    copied.push(self.column(column, prepared, kind));
                }
            }
        }
        if kind == StatementKind::CopyIn {
            mistakes.extend(self.left_out(&listed));
        }
        if mistakes.is_empty() && copied.is_empty() {
            let place = self.table.relation.clone();
            mistakes.push(Diagnostic::copies_nothing(self.written(), place));
        }
        if mistakes.is_empty() {
            Ok(copied)
        } else {
            Err(Mistakes(mistakes))
        }
    }

    /// Generated columns are not copied, though the query that stands for the COPY reads them.
    fn copies(&self, dependencies: &mut Dependencies) {
        let columns = self.known.columns.iter();
        let generated: Vec<&str> = columns
            .filter(|(_, column)| column.is_generated)
            .filter_map(|(number, _)| self.catalog.column_name(self.relation, *number))
            .collect();
        let name = self.catalog.name(self.relation);
        for used in &mut dependencies.uses {
            if used.relation == name {
                used.select
                    .retain(|column| !generated.contains(&column.as_str()));
            }
        }
    }

    /// Columns that are left out get their defaults.
    fn fills(&self, copied: &[ColumnDescription], dependencies: &mut Dependencies) {
        let left_out = self.known.columns.values().filter(|known| {
            !known.is_generated && !copied.iter().any(|column| column.name == known.name)
        });
        for column in left_out {
            dependencies
                .functions
                .extend(column.functions.iter().cloned());
            let used = column.sequences.iter().map(|sequence| SequenceUse {
                sequence: sequence.clone(),
                next: true,
                ..SequenceUse::default()
            });
            dependencies.sequences.extend(used);
        }
        dependencies.functions.sort();
        dependencies.functions.dedup();
        dependencies
            .sequences
            .sort_by(|a, b| a.sequence.cmp(&b.sequence));
        dependencies.sequences.dedup();
    }

    fn column(
        &self,
        column: ColumnDescription,
        prepared: &PreparedColumn,
        kind: StatementKind,
    ) -> ColumnDescription {
        if kind == StatementKind::CopyOut {
            return column;
        }
        let nullable = self.catalog.accepts_null(self.relation, prepared.attribute);
        let name = self.catalog.column(self.relation, prepared.attribute);
        ColumnDescription {
            name: prepared.name.clone(),
            nullable,
            because: nullable.then(|| format!("{name} can be NULL")),
            origin: Some(name),
            ..column
        }
    }

    /// Columns that would get NULL and refuse it. Whether a row that goes elsewhere, or through a trigger, is refused
    /// cannot be told.
    fn left_out(&self, listed: &BTreeSet<i16>) -> Vec<Diagnostic> {
        let is_stored = matches!(self.catalog.kind(self.relation), Some('r' | 'p'));
        if !is_stored || self.known.has_before {
            return Vec::new();
        }
        let needed = self.known.columns.iter().filter(|(number, column)| {
            !column.is_generated
                && !column.is_supplied
                && !listed.contains(number)
                && !self.catalog.accepts_null(self.relation, **number)
        });
        let place = &self.table.relation;
        needed
            .map(|(_, column)| {
                Diagnostic::copy_leaves_out(&column.name, self.written(), place.clone())
            })
            .collect()
    }
}
