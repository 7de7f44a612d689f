//! How many rows FROM and WHERE let through at least.

use crate::analysis::Rule;
use crate::analyzed::{JoinKind, Query};
use crate::tree::Node;

use super::constants::is_true;
use super::{DEPTH, Rows};

impl<'a> Rows<'a> {
    /// The rows that are there whatever the tables hold.
    pub(super) fn least(&mut self, query: Query<'a>) -> u64 {
        query
            .0
            .node("jointree")
            .map_or(0, |tree| self.least_of(query, tree))
    }

    fn least_of(&mut self, query: Query<'a>, node: Node<'a>) -> u64 {
        if self.depth >= DEPTH {
            return 0;
        }
        self.depth += 1;
        let rows = match node.label() {
            "RANGETBLREF" => node
                .number("rtindex")
                .map_or(0, |entry| self.entry(query, entry).lo),
            "FROMEXPR" if self.keeps_all(node) => {
                let items = node.list("fromlist");
                items.nodes().fold(1_u64, |product, item| {
                    product.saturating_mul(self.least_of(query, item))
                })
            }
            "JOINEXPR" => self.least_of_join(query, node),
            _ => 0,
        };
        self.depth -= 1;
        rows
    }

    fn least_of_join(&mut self, query: Query<'a>, node: Node<'a>) -> u64 {
        let [left, right] = ["larg", "rarg"]
            .map(|side| node.node(side).map_or(0, |side| self.least_of(query, side)));
        let all = if self.keeps_all(node) {
            left.saturating_mul(right)
        } else {
            0
        };
        // Each row of the side that is kept comes once at least.
        match JoinKind::read(node) {
            Some(JoinKind::Inner) => all,
            Some(_) if !self.ground.applies(Rule::KeptSide) => all,
            Some(JoinKind::Left) => left.max(all),
            Some(JoinKind::Right) => right.max(all),
            Some(JoinKind::Full) => left.max(right).max(all),
            None => 0,
        }
    }

    /// Whether a condition lets all rows through.
    fn keeps_all(&self, owner: Node<'_>) -> bool {
        owner.is_null("quals")
            || owner.node("quals").is_some_and(is_true)
            || !self.ground.applies(Rule::FilteredRows)
    }
}
