//! How many rows a statement returns: exactly one, at most one, at least one, or any number.
//!
//! Nothing is taken for granted: what is not understood may be missing, and may be there any number of times.

use std::collections::HashMap;

use crate::analyzed::{Command, Query};
use crate::catalog::Catalog;

mod bounds;
mod constants;
mod from;
mod grouping;
mod select;
mod writes;

pub(crate) use bounds::Bounds;

/// Queries nested deeper than this prove nothing.
const DEPTH: usize = 200;

/// The analysis of one tree. What is found out is kept, so that no query is looked at twice.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    catalog: &'a Catalog,
    known: HashMap<usize, Bounds>,
    depth: usize,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            known: HashMap::new(),
            depth: 0,
        }
    }

    /// How many rows a query returns each time it is evaluated.
    pub(crate) fn bounds(&mut self, query: Query<'a>) -> Bounds {
        let index = query.0.index();
        if let Some(known) = self.known.get(&index) {
            return *known;
        }
        if self.depth >= DEPTH {
            return Bounds::ANY;
        }
        // A query that is reached again from inside of itself proves nothing.
        self.known.insert(index, Bounds::ANY);
        self.depth += 1;
        let bounds = match query.command() {
            Some(Command::Select) => self.select(query),
            Some(Command::Insert) => self.insert(query),
            Some(Command::Update | Command::Delete | Command::Merge | Command::Utility) | None => {
                Bounds::ANY
            }
        };
        self.depth -= 1;
        self.known.insert(index, bounds);
        bounds
    }
}
