//! The rows of a query whose columns are held at values from outside.

use crate::analysis::Rule;
use crate::analyzed::{Command, Entry, Query, expression_type};
use crate::tree::Node;

use super::bounds::UNLIMITED;
use super::joins::Block;
use super::pins::{Equality, Known, Pin, agrees, column};
use super::{DEPTH, Rows, grouping};

impl<'a> Rows<'a> {
    /// How many rows of a query there are at most that have the values which pins ask for.
    ///
    /// What cuts rows off is left out of account: it can only leave fewer.
    pub(super) fn pinned(&mut self, query: Query<'a>, pins: &[Pin]) -> u64 {
        let is_plain = query.command() == Some(Command::Select)
            && query.0.flag("hasTargetSRFs") == Some(false);
        let is_plain = is_plain && self.ground.applies(Rule::HeldFromOutside);
        if !is_plain || self.depth >= DEPTH || !self.spend() {
            return UNLIMITED;
        }
        self.depth += 1;
        let rows = match query.0.node("setOperations") {
            Some(operation) => {
                let types: Vec<u32> = operation.list("colTypes").numbers().collect();
                self.branches(query, operation, pins, &types)
            }
            None if query.0.is_null("setOperations") => self.selected(query, pins),
            None => UNLIMITED,
        };
        self.depth -= 1;
        rows
    }

    fn selected(&mut self, query: Query<'a>, pins: &[Pin]) -> u64 {
        let outputs: Vec<(Node<'a>, Equality)> = pins
            .iter()
            .filter_map(|pin| Some((output(query, pin.attribute)?, pin.equality)))
            .collect();
        let is_grouped = grouping::is_grouped(query);
        let inner = outputs.iter().filter_map(|(entry, equality)| {
            let (entry, attribute) = column(query, entry.node("expr")?)?;
            Some(Pin {
                entry,
                attribute,
                equality: *equality,
            })
        });
        // Above a grouping, pins ask for groups and not for rows.
        let inner = if is_grouped {
            Vec::new()
        } else {
            inner.collect()
        };
        let block = Block::of(query, self.ground, inner);
        let counted = self.count(query, &block, [].into());
        let known = Known::new(query, self.ground, &block, counted.same);
        let is_one = |list| self.is_one_group(query, list, &known, &outputs);
        let has_one_group = is_grouped && query.0.is_null("groupingSets") && is_one("groupClause");
        if has_one_group || is_one("distinctClause") {
            counted.hi.min(1)
        } else if is_grouped {
            UNLIMITED
        } else {
            counted.hi
        }
    }

    /// Whether the keys in a list have one value each, so that they make one group of all rows.
    pub(super) fn is_one_group(
        &self,
        query: Query<'a>,
        list: &str,
        known: &Known<'a, '_>,
        pinned: &[(Node<'a>, Equality)],
    ) -> bool {
        let keys = query.0.list(list);
        // A grouping set may leave out a value that is the same in all rows.
        let keeps_values =
            query.0.is_null("groupingSets") || !self.ground.applies(Rule::KeyLeftOut);
        self.ground.applies(Rule::HeldGroup)
            && keys.len() > 0
            && keys.nodes().all(|key| {
                let (Some(entry), Some(operator)) = (key_entry(query, key), key.oid("eqop")) else {
                    return false;
                };
                let is_asked_for = pinned.iter().any(|(output, equality)| {
                    output.index() == entry.index() && agrees(self.ground, *equality, operator)
                });
                let is_the_same = |expression| {
                    known.is_constant(expression) || known.is_equal(expression, operator)
                };
                is_asked_for || keeps_values && entry.node("expr").is_some_and(is_the_same)
            })
    }

    /// The branches of UNION, INTERSECT and EXCEPT, each held at the same values.
    fn branches(
        &mut self,
        query: Query<'a>,
        operation: Node<'a>,
        pins: &[Pin],
        types: &[u32],
    ) -> u64 {
        const UNION: u8 = 1;
        const INTERSECT: u8 = 2;
        const EXCEPT: u8 = 3;
        if operation.label() == "RANGETBLREF" {
            return self.branch(query, operation, pins, types);
        }
        let (Some(left), Some(right)) = (operation.node("larg"), operation.node("rarg")) else {
            return UNLIMITED;
        };
        let is_cast = !operation
            .list("colTypes")
            .numbers::<u32>()
            .eq(types.iter().copied());
        if operation.label() != "SETOPERATIONSTMT" || is_cast || self.depth >= DEPTH {
            return UNLIMITED;
        }
        self.depth += 1;
        let left = self.branches(query, left, pins, types);
        let right = self.branches(query, right, pins, types);
        self.depth -= 1;
        match operation.number("op") {
            Some(UNION) => left.saturating_add(right),
            Some(INTERSECT) => left.min(right),
            Some(EXCEPT) => left,
            _ => UNLIMITED,
        }
    }

    /// A branch, unless the planner casts the columns that are held: then different values may become one.
    fn branch(
        &mut self,
        query: Query<'a>,
        reference: Node<'a>,
        pins: &[Pin],
        types: &[u32],
    ) -> u64 {
        let entry = reference
            .number("rtindex")
            .and_then(|index| query.entry(index));
        let Some(Entry::Subquery(branch)) = entry else {
            return UNLIMITED;
        };
        let keeps_its_type = |pin: &&Pin| {
            let at = usize::try_from(pin.attribute)
                .ok()
                .and_then(|number| number.checked_sub(1));
            let found = output(branch, pin.attribute)
                .and_then(|entry| expression_type(entry.node("expr")?));
            (found.is_some() && found == at.and_then(|at| types.get(at)).copied())
                || !self.ground.applies(Rule::CastOfBranch)
        };
        let pins: Vec<Pin> = pins.iter().filter(keeps_its_type).copied().collect();
        let any = self.bounds(branch).hi;
        any.min(self.pinned(branch, &pins))
    }
}

/// The entry of a query's target list that its column with this number is.
fn output(query: Query<'_>, number: i16) -> Option<Node<'_>> {
    query
        .output()
        .find(|entry| entry.number("resno") == Some(number))
}

/// The entry of the target list that is a key of GROUP BY or DISTINCT.
fn key_entry<'a>(query: Query<'a>, key: Node<'a>) -> Option<Node<'a>> {
    let reference: u32 = key.number("tleSortGroupRef")?;
    let mut entries = query.0.list("targetList").nodes();
    entries.find(|entry| entry.number("ressortgroupref") == Some(reference))
}
