//! How many rows FROM and WHERE let through at most.
//!
//! Rows of a join are combinations of rows. One entry after the other is given a row: where the rows before it leave only
//! one that it can have, it multiplies nothing. The order is free as long as nothing is given before what it depends on.

use std::collections::BTreeSet;

use crate::analysis::Rule;
use crate::analyzed::{Entry, Query};

use super::Rows;
use super::bounds::UNLIMITED;
use super::dependencies::is_wholly_steady;
use super::joins::{Block, Item};
use super::pins::{Known, Pin};
use super::uniqueness;

/// How many rows there are, and which entries have the same row in all of them.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) hi: u64,
    pub(super) same: BTreeSet<usize>,
}

impl<'a> Rows<'a> {
    /// Counts the rows of a block for one row of each entry that is given.
    pub(super) fn count(
        &mut self,
        query: Query<'a>,
        block: &Block<'a>,
        given: BTreeSet<usize>,
    ) -> Counted {
        let mut known = Known::new(query, self.ground, block, given);
        let mut waiting: Vec<&Item<'a>> = block.items.iter().collect();
        let mut same = None;
        let mut hi: u64 = 1;
        while !waiting.is_empty() {
            let (at, rows) = self.fewest(query, &waiting, &known);
            if rows > 1 && same.is_none() {
                same = Some(known.given.clone());
            }
            hi = hi.saturating_mul(rows);
            if rows == UNLIMITED {
                hi = UNLIMITED;
                break;
            }
            let item = waiting.swap_remove(at);
            let steady = self.steady_entries(query, item);
            known.given.extend(steady);
        }
        Counted {
            hi,
            same: same.unwrap_or(known.given),
        }
    }

    /// The item that multiplies the rows the least, and by how much.
    fn fewest(
        &mut self,
        query: Query<'a>,
        waiting: &[&Item<'a>],
        known: &Known<'a, 'a>,
    ) -> (usize, u64) {
        // What may return something else each time comes last: nobody knows how often it is asked.
        let is_last = waiting.iter().all(|item| !self.is_steady(query, item));
        let mut fewest = (0, UNLIMITED);
        for (at, item) in waiting.iter().enumerate() {
            if !is_last && !self.is_steady(query, item) {
                continue;
            }
            let rows = self.item(query, item, known);
            if rows < fewest.1 {
                fewest = (at, rows);
            }
            if rows <= 1 {
                break;
            }
        }
        fewest
    }

    /// The rows of an item for one row of each entry that is given.
    fn item(&mut self, query: Query<'a>, item: &Item<'a>, known: &Known<'a, 'a>) -> u64 {
        if !self.spend() || !self.is_ready(query, item, &known.given) {
            return UNLIMITED;
        }
        match item {
            Item::Entry(entry) => self.entry_for(query, *entry, known),
            Item::Optional { block, .. } => {
                let matching = self.count(query, block, known.given.clone());
                matching.hi.max(1)
            }
            Item::Full(left, right) => {
                let left = self.count(query, left, known.given.clone()).hi;
                let right = self.count(query, right, known.given.clone()).hi;
                // All match, or none.
                let all = left.saturating_mul(right);
                if self.ground.applies(Rule::FullJoin) {
                    all.max(left.saturating_add(right))
                } else {
                    all
                }
            }
            Item::Unknown => UNLIMITED,
        }
    }

    /// Whether all that an item depends on is given.
    fn is_ready(&mut self, query: Query<'a>, item: &Item<'a>, given: &BTreeSet<usize>) -> bool {
        let inside = entries(item);
        let kept: &[usize] = match item {
            Item::Optional { kept, .. } if self.ground.applies(Rule::RowLeftOut) => kept,
            _ => &[],
        };
        kept.iter().all(|entry| given.contains(entry))
            && inside.iter().all(|entry| {
                let outside = self.dependencies(query, *entry);
                outside.entries.as_ref().is_some_and(|entries| {
                    entries
                        .iter()
                        .all(|entry| given.contains(entry) || inside.contains(entry))
                })
            })
    }

    /// Whether an item has the same rows however often it is asked.
    fn is_steady(&mut self, query: Query<'a>, item: &Item<'a>) -> bool {
        self.steady_entries(query, item).len() == entries(item).len()
    }

    /// The entries of an item that can hold others at a value.
    fn steady_entries(&mut self, query: Query<'a>, item: &Item<'a>) -> Vec<usize> {
        match item {
            Item::Entry(entry) => {
                let is_steady = self.dependencies(query, *entry).is_steady;
                is_steady.then_some(*entry).into_iter().collect()
            }
            Item::Optional { block, .. } => {
                let ground = self.ground;
                let mut conditions = block.conditions.iter();
                let is_certain = !ground.applies(Rule::ChangingRows)
                    || conditions.all(|condition| is_wholly_steady(*condition, ground));
                let inner: Vec<usize> = block
                    .items
                    .iter()
                    .flat_map(|item| self.steady_entries(query, item))
                    .collect();
                if is_certain && inner.len() == block.entries().len() {
                    inner
                } else {
                    Vec::new()
                }
            }
            // Which rows of it match may be chance as well.
            Item::Full(..) | Item::Unknown => Vec::new(),
        }
    }

    /// The rows of an entry for one row of each entry that is given.
    fn entry_for(&mut self, query: Query<'a>, entry: usize, known: &Known<'a, 'a>) -> u64 {
        let any = self.entry(query, entry).hi;
        if any <= 1 {
            return any;
        }
        let pins = known.pins(entry);
        if pins.is_empty() {
            return any;
        }
        let pinned = match query.entry(entry) {
            Some(Entry::Relation { node, relation }) => {
                let inherits = node.flag("inh") != Some(false);
                self.only_row(relation, inherits, &pins)
            }
            Some(Entry::Subquery(inner)) => self.pinned(inner, &pins),
            Some(Entry::Cte(node)) => query
                .cte(node)
                .map_or(UNLIMITED, |inner| self.pinned(inner, &pins)),
            _ => UNLIMITED,
        };
        any.min(pinned)
    }

    fn only_row(&self, relation: u32, inherits: bool, pins: &[Pin]) -> u64 {
        if uniqueness::is_one(self.ground, relation, inherits, pins) {
            1
        } else {
            UNLIMITED
        }
    }
}

/// The entries of FROM that an item holds.
fn entries(item: &Item<'_>) -> Vec<usize> {
    match item {
        Item::Entry(entry) => vec![*entry],
        Item::Optional { block, .. } => block.entries(),
        Item::Full(left, right) => [left.entries(), right.entries()].concat(),
        Item::Unknown => Vec::new(),
    }
}
