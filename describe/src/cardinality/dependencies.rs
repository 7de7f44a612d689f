//! What the rows of an entry of FROM depend on: entries beside it, and chance.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::analysis::Rule;
use crate::analyzed::{Entry, Query, Reference};
use crate::tree::Node;

use super::joins::owner;
use super::pins::is_steady;
use super::{Ground, Rows};

/// What the rows of an entry depend on.
#[derive(Debug)]
pub(super) struct Dependencies {
    /// The entries of the same FROM that it speaks of laterally; nothing if that is not known.
    pub(super) entries: Option<BTreeSet<usize>>,
    /// It returns the same rows however often it is asked.
    pub(super) is_steady: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn dependencies(&mut self, query: Query<'a>, entry: usize) -> Rc<Dependencies> {
        let Some(node) = entry
            .checked_sub(1)
            .and_then(|at| query.0.list("rtable").node(at))
        else {
            return Rc::new(Dependencies {
                entries: None,
                is_steady: false,
            });
        };
        if let Some(known) = self.dependencies.get(&node.index()) {
            return Rc::clone(known);
        }
        let entries = referenced(query, node, 0).map(|mut entries| {
            // The conditions of row security stand in the entry that they filter.
            entries.remove(&entry);
            entries
        });
        let is_steady = match query.entry(entry) {
            // A table is read as it was at one moment; so is a CTE, which is computed once if it is not steady.
            Some(Entry::Relation { .. } | Entry::Cte(_)) => true,
            _ if !self.ground.applies(Rule::ChangingRows) => true,
            _ => is_wholly_steady(node, self.ground),
        };
        let found = Rc::new(Dependencies { entries, is_steady });
        self.dependencies.insert(node.index(), Rc::clone(&found));
        found
    }
}

/// The entries of a query that a part of it speaks of.
fn referenced(query: Query<'_>, part: Node<'_>, depth: usize) -> Option<BTreeSet<usize>> {
    let mut entries = BTreeSet::new();
    for node in part.within().filter(|node| node.label() == "VAR") {
        let reference = Reference::read(node)?;
        if owner(reference)?.0.index() != query.0.index() {
            continue;
        }
        match query.entry(reference.entry)? {
            Entry::Join(join) if depth < 16 => {
                entries.extend(referenced(query, join, depth + 1)?);
            }
            Entry::Join(_) | Entry::Group(_) => return None,
            _ => {
                entries.insert(reference.entry);
            }
        }
    }
    Some(entries)
}

/// Whether all that stands in a node has the same result each time within one statement.
pub(super) fn is_wholly_steady(part: Node<'_>, ground: Ground<'_>) -> bool {
    part.within().all(|node| match node.label() {
        "QUERY" | "RANGETBLENTRY" | "ALIAS" | "RTEPERMISSIONINFO" | "FROMEXPR" | "JOINEXPR"
        | "RANGETBLREF" | "TARGETENTRY" | "VAR" | "PARAM" | "SORTGROUPCLAUSE" | "GROUPINGSET"
        | "WINDOWCLAUSE" | "AGGREF" | "WINDOWFUNC" | "SUBLINK" | "COMMONTABLEEXPR"
        | "SETOPERATIONSTMT" | "RANGETBLFUNCTION" | "ROWEXPR" | "FIELDSELECT" | "GROUPINGFUNC" => {
            true
        }
        "FUNCEXPR" => {
            let function = node.oid("funcid");
            ground.is_settled()
                && function.is_some_and(|function| !ground.keys.is_volatile(function))
        }
        _ => is_steady(node, ground),
    })
}
