//! Questions about a part of FROM: what one row of it is joined with, and whether a list of keys tells all rows apart.
//!
//! Every join is taken for an inner one: rows for which an outer join finds nothing are no more than the others.

use std::collections::BTreeSet;

use crate::analyzed::{Joins, Query};

use super::Rows;
use super::joins::{Block, Item, conjuncts, entries_below};
use super::pins::{Equality, Pin, column};

impl<'a> Rows<'a> {
    /// An entry of which several rows may be joined with one row of `entry`, where the keys of GROUP BY have one value.
    pub(crate) fn multiplied_by(&mut self, query: Query<'a>, entry: usize) -> Option<usize> {
        let pins = self.keys(query, "groupClause");
        let given = self.looked_up_for(query, entry);
        let block = flat(query, &given, pins);
        let counted = self.count(query, &block, given.into_iter().collect());
        if counted.hi <= 1 || self.steps == 0 {
            return None;
        }
        let mut entries = block.entries().into_iter();
        entries.find(|entry| !counted.same.contains(entry))
    }

    /// An entry and those in front of it, if it is found for their rows by a key: `items JOIN products` speaks of items,
    /// and a product stands there once for each of them on purpose. Else the entry alone.
    fn looked_up_for(&mut self, query: Query<'a>, entry: usize) -> Vec<usize> {
        let entries = query.0.node("jointree").map(entries_below);
        let entries = entries.unwrap_or_default().into_iter();
        let mut given: Vec<usize> = entries.take_while(|other| *other != entry).collect();
        let mut block = flat(query, &[], Vec::new());
        block.items = vec![Item::Entry(entry)];
        let before = given.iter().copied().collect();
        if self.count(query, &block, before).hi > 1 {
            given.clear();
        }
        given.push(entry);
        given
    }

    /// Whether the conditions with constants alone leave at most one row of an entry.
    pub(crate) fn is_single(&mut self, query: Query<'a>, entry: usize) -> bool {
        let mut block = flat(query, &[], Vec::new());
        block.items = vec![Item::Entry(entry)];
        self.count(query, &block, BTreeSet::new()).hi <= 1
    }

    /// Whether FROM and WHERE leave at most one row for each combination of the values of a list of keys.
    pub(crate) fn is_told_apart(&mut self, query: Query<'a>, list: &str) -> bool {
        let pins = self.keys(query, list);
        let block = flat(query, &[], pins);
        self.count(query, &block, BTreeSet::new()).hi <= 1
    }

    fn keys(&self, query: Query<'a>, list: &str) -> Vec<Pin> {
        let entries = || query.0.list("targetList").nodes();
        let pin = |key: crate::tree::Node<'a>| {
            let number: u32 = key.number("tleSortGroupRef")?;
            let target = entries().find(|entry| entry.number("ressortgroupref") == Some(number))?;
            let expression = target.node("expr")?;
            let (entry, attribute) = column(query, expression)?;
            let operator = key.oid("eqop")?;
            Some(Pin {
                entry,
                attribute,
                equality: Equality::Operator {
                    operator,
                    ty: self.ground.keys.operator(operator)?.left,
                    collation: expression.number("varcollid").unwrap_or(0),
                },
            })
        };
        query.0.list(list).nodes().filter_map(pin).collect()
    }
}

fn flat<'a>(query: Query<'a>, but: &[usize], pins: Vec<Pin>) -> Block<'a> {
    let joins = Joins::of(query);
    let conditions = joins.conditions().iter();
    let entries = query.0.node("jointree").map(entries_below);
    let entries = entries.unwrap_or_default().into_iter();
    Block {
        items: entries
            .filter(|entry| !but.contains(entry))
            .map(Item::Entry)
            .collect(),
        conditions: conditions
            .flat_map(|condition| conjuncts(Some(condition.node)))
            .collect(),
        pins,
    }
}
