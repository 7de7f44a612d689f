//! The rows of SELECT: what it reads, grouped, combined, and cut off.

use super::constants::{self, Constant};
use super::joins::Block;
use super::pins::Known;
use super::{Bounds, DEPTH, Ground, Rows, grouping};
use crate::analysis::Rule;
use crate::analyzed::{Entry, Query};
use crate::tree::Node;

// How the server numbers the operations on sets.
const UNION: u8 = 1;
const INTERSECT: u8 = 2;
const EXCEPT: u8 = 3;

impl<'a> Rows<'a> {
    pub(super) fn select(&mut self, query: Query<'a>) -> Bounds {
        let mut rows = match query.0.node("setOperations") {
            Some(operation) => self.combined(query, operation),
            None if query.0.is_null("setOperations") => self.plain(query),
            None => return Bounds::ANY,
        };
        rows = limited(self.ground, query, skipped(self.ground, query, rows));
        // Rows that are locked may have gone meanwhile, or be skipped.
        if !query.0.is_null("rowMarks") && self.ground.applies(Rule::LockedRows) {
            rows = rows.or_fewer();
        }
        rows
    }

    fn plain(&mut self, query: Query<'a>) -> Bounds {
        let block = Block::of(query, self.ground, Vec::new());
        let counted = self.count(query, &block, [].into());
        let known = Known::new(query, self.ground, &block, counted.same);
        let mut rows = Bounds {
            lo: self.least(query).min(counted.hi),
            hi: counted.hi,
        };
        if grouping::is_grouped(query) {
            rows = grouping::groups(self.ground, query, rows);
            if query.0.is_null("groupingSets")
                && self.is_one_group(query, "groupClause", &known, &[])
            {
                rows = rows.at_most(1);
            }
        }
        if !query.0.is_null("distinctClause") {
            if self.ground.applies(Rule::EqualRows) {
                rows = rows.merged();
            }
            if self.is_one_group(query, "distinctClause", &known, &[]) {
                rows = rows.at_most(1);
            }
        }
        if query.0.flag("hasTargetSRFs") == Some(false) || !self.ground.applies(Rule::SetsMultiply)
        {
            rows
        } else {
            // A function that returns a set multiplies each row, be it by zero.
            Bounds::ANY
        }
    }

    /// UNION, INTERSECT and EXCEPT.
    fn combined(&mut self, query: Query<'a>, operation: Node<'a>) -> Bounds {
        if operation.label() == "RANGETBLREF" {
            let branch = operation
                .number("rtindex")
                .and_then(|index| query.entry(index));
            return match branch {
                Some(Entry::Subquery(branch)) => self.bounds(branch),
                _ => Bounds::ANY,
            };
        }
        let (Some(left), Some(right)) = (operation.node("larg"), operation.node("rarg")) else {
            return Bounds::ANY;
        };
        if operation.label() != "SETOPERATIONSTMT" || self.depth >= DEPTH {
            return Bounds::ANY;
        }
        self.depth += 1;
        let left = self.combined(query, left);
        let right = self.combined(query, right);
        self.depth -= 1;
        let keeps_all = operation.flag("all") == Some(true);
        match operation.number("op") {
            Some(UNION) if keeps_all => left.and(right),
            Some(UNION) if !self.ground.applies(Rule::EqualRows) => left.and(right),
            Some(UNION) => left.and(right).merged(),
            Some(INTERSECT | EXCEPT) if !self.ground.applies(Rule::CommonRows) => left,
            Some(INTERSECT) => left.or_fewer().at_most(right.hi),
            Some(EXCEPT) => left.or_fewer(),
            _ => Bounds::ANY,
        }
    }
}

/// What OFFSET leaves.
fn skipped(ground: Ground<'_>, query: Query<'_>, rows: Bounds) -> Bounds {
    if query.0.is_null("limitOffset") || !ground.applies(Rule::Offset) {
        return rows;
    }
    match query.0.node("limitOffset").and_then(constants::integer) {
        Some(Constant::Null) => rows,
        Some(Constant::Integer(count)) => {
            u64::try_from(count).map_or(rows.or_fewer(), |count| rows.behind(count))
        }
        None => rows.or_fewer(),
    }
}

/// What LIMIT leaves.
fn limited(ground: Ground<'_>, query: Query<'_>, rows: Bounds) -> Bounds {
    const EXACTLY: u8 = 0;
    if query.0.is_null("limitCount") {
        return rows;
    }
    match query.0.node("limitCount").and_then(constants::integer) {
        Some(Constant::Null) => rows,
        Some(Constant::Integer(count)) => {
            let Ok(count) = u64::try_from(count) else {
                return rows.or_fewer();
            };
            let cut = rows.at_most(count);
            // WITH TIES returns more.
            let is_exact =
                query.0.number("limitOption") == Some(EXACTLY) || !ground.applies(Rule::Ties);
            let hi = if is_exact && ground.applies(Rule::Limit) {
                cut.hi
            } else {
                rows.hi
            };
            Bounds { lo: cut.lo, hi }
        }
        None => rows.or_fewer(),
    }
}
