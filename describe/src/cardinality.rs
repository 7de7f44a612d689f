//! How many rows a statement returns: exactly one, at most one, at least one, or any number.
//!
//! Nothing is taken for granted: what is not understood may be missing, and may be there any number of times.

use std::collections::HashMap;
use std::rc::Rc;

use crate::analysis::{Rule, Rules};
use crate::analyzed::{Command, Query};
use crate::catalog::{Catalog, Keys, Volatility};
use crate::settings;

mod select;
mod writes;

mod joins;
mod least;

mod count;
mod dependencies;
mod entries;
mod pinned;

mod pins;
mod probed;
mod uniqueness;

mod grouping;

mod bounds;
mod constants;

pub(crate) use bounds::Bounds;
use dependencies::Dependencies;
pub(crate) use joins::{conjuncts, entries_below, owner};
pub(crate) use pins::column;

/// Queries nested deeper than this prove nothing.
const DEPTH: usize = 200;
/// How much is tried for one statement, so that none takes long.
const STEPS: usize = 5_000;

/// The analysis of one tree. What is found out is kept, so that no query is looked at twice.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    ground: Ground<'a>,
    known: HashMap<usize, Bounds>,
    // By the node of the entry.
    dependencies: HashMap<usize, Rc<Dependencies>>,
    depth: usize,
    steps: usize,
}

/// What conclusions stand on.
#[derive(Debug, Clone, Copy)]
struct Ground<'c> {
    keys: &'c Keys,
    rules: Rules,
    // Nothing in the statement may change a setting while it runs; not yet known at first.
    is_settled: Option<bool>,
}

impl Ground<'_> {
    /// Whether a rule is switched on.
    fn applies(self, rule: Rule) -> bool {
        self.rules.apply(rule)
    }

    /// Whether functions that are stable return the same as long as the statement runs.
    fn is_settled(self) -> bool {
        self.is_settled == Some(true) || !self.applies(Rule::ChangedSetting)
    }

    fn look_for_changes(&mut self, query: Query<'_>) {
        let keys = self.keys;
        self.is_settled.get_or_insert_with(|| {
            let is_volatile = |operator| {
                let found = keys.operator(operator);
                found.is_none_or(|found| found.volatility == Volatility::Volatile)
            };
            !settings::may_change(query.0, |function| keys.is_volatile(function), is_volatile)
        });
    }
}

impl<'a> Rows<'a> {
    pub(crate) fn new(catalog: &'a Catalog, rules: Rules) -> Self {
        Self {
            ground: Ground {
                keys: catalog.keys(),
                rules,
                is_settled: None,
            },
            known: HashMap::new(),
            dependencies: HashMap::new(),
            depth: 0,
            steps: STEPS,
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
        self.ground.look_for_changes(query);
        // A query that is reached again from inside of itself proves nothing.
        self.known.insert(index, Bounds::ANY);
        self.depth += 1;
        let bounds = match query.command() {
            Some(Command::Select) => self.select(query),
            Some(Command::Insert) => self.insert(query),
            Some(Command::Update | Command::Delete) => self.update(query),
            Some(Command::Merge) => self.merge(query),
            Some(Command::Utility) | None => Bounds::ANY,
        };
        self.depth -= 1;
        self.known.insert(index, bounds);
        bounds
    }

    /// Whether there is time left to try something.
    fn spend(&mut self) -> bool {
        let left = self.steps.checked_sub(1);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }
}
