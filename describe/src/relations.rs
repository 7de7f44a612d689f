//! Which relations a statement reads and writes, and what sort of statement it is.

use std::collections::BTreeSet;

use hathi_query_cache::StatementKind;

use crate::analyzed::{Command, Query, queries};
use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

/// The relations of a statement, views and the tables below them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Relations {
    pub(crate) reads: Vec<String>,
    pub(crate) writes: Vec<String>,
}

/// The right to read, as the server's trees number it.
const SELECT: u64 = 1 << 1;
/// The rights to insert, update and delete.
const WRITE: u64 = 1 | 1 << 2 | 1 << 3;

impl Relations {
    /// Finds the relations of a tree by the rights that the server will ask for.
    pub(crate) fn of<'a>(tree: &'a Tree<'a>, catalog: &Catalog) -> Self {
        let mut reads = BTreeSet::new();
        let mut writes = BTreeSet::new();
        for query in queries(tree) {
            for (index, entry) in (1..).zip(query.0.list("rtable").nodes()) {
                let Some(relation) = entry
                    .oid("relid")
                    .filter(|relation| catalog.knows(*relation))
                else {
                    continue;
                };
                let rights = rights(query, entry);
                if rights & SELECT != 0 && !is_only_returned(query, index) {
                    reads.insert(catalog.name(relation).to_owned());
                }
                if rights & WRITE != 0 {
                    writes.insert(catalog.name(relation).to_owned());
                }
            }
        }
        Self {
            reads: reads.into_iter().collect(),
            writes: writes.into_iter().collect(),
        }
    }
}

/// The rights on an entry: 14 and 15 keep them in it, 16 and later in a list beside.
fn rights(query: Query<'_>, entry: Node<'_>) -> u64 {
    if let Some(rights) = entry.number("requiredPerms") {
        return rights;
    }
    let index = entry
        .number("perminfoindex")
        .and_then(|index: usize| index.checked_sub(1));
    let info = index.and_then(|index| query.0.list("rteperminfos").node(index));
    info.and_then(|info| info.number("requiredPerms"))
        .unwrap_or(0)
}

/// RETURNING asks for the right to read; an INSERT reads its relation only to solve conflicts.
fn is_only_returned(query: Query<'_>, index: usize) -> bool {
    query.command() == Some(Command::Insert)
        && query.target() == Some(index)
        && query.0.is_null("onConflict")
}

/// What sort of statement it is, seen from what the rules made of it.
pub(crate) fn kind(statements: &[Query<'_>]) -> Option<StatementKind> {
    // Of several, the one that was written stands for all.
    let written = statements
        .iter()
        .find(|query| query.0.number::<u8>("querySource") == Some(0));
    let query = written.or(statements.first())?;
    Some(match query.command()? {
        Command::Select => StatementKind::Select,
        Command::Insert => StatementKind::Insert,
        Command::Update => StatementKind::Update,
        Command::Delete => StatementKind::Delete,
        Command::Merge => StatementKind::Merge,
        Command::Utility => StatementKind::Utility,
    })
}
