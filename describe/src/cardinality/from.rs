//! The rows of FROM: what stands in it, and the joins.

use super::bounds::UNLIMITED;
use super::constants::is_true;
use super::{Bounds, DEPTH, Rows};
use crate::analyzed::{Entry, JoinKind, Query};
use crate::tree::Node;

impl<'a> Rows<'a> {
    /// The rows of FROM that WHERE lets through.
    pub(super) fn from(&mut self, query: Query<'a>) -> Bounds {
        match query.0.node("jointree") {
            Some(tree) => self.joined(query, tree),
            None => Bounds::ANY,
        }
    }

    fn joined(&mut self, query: Query<'a>, node: Node<'a>) -> Bounds {
        if self.depth >= DEPTH {
            return Bounds::ANY;
        }
        self.depth += 1;
        let rows = match node.label() {
            "RANGETBLREF" => self.entry(query, node),
            "FROMEXPR" => {
                let items = node.list("fromlist");
                let product = items.nodes().fold(Bounds::exactly(1), |product, item| {
                    product.times(self.joined(query, item))
                });
                filtered(node, product)
            }
            "JOINEXPR" => self.join(query, node),
            _ => Bounds::ANY,
        };
        self.depth -= 1;
        rows
    }

    fn join(&mut self, query: Query<'a>, node: Node<'a>) -> Bounds {
        let (Some(left), Some(right)) = (node.node("larg"), node.node("rarg")) else {
            return Bounds::ANY;
        };
        let left = self.joined(query, left);
        let right = self.joined(query, right);
        let product = left.times(right);
        match JoinKind::read(node) {
            Some(JoinKind::Inner) => filtered(node, product),
            // Each row of the side that is kept comes once at least.
            Some(JoinKind::Left) => Bounds {
                lo: left.lo,
                hi: left.hi.saturating_mul(right.hi.max(1)),
            },
            Some(JoinKind::Right) => Bounds {
                lo: right.lo,
                hi: right.hi.saturating_mul(left.hi.max(1)),
            },
            Some(JoinKind::Full) => Bounds {
                lo: left.lo.max(right.lo),
                hi: product.hi.max(left.hi.saturating_add(right.hi)),
            },
            None => Bounds::ANY,
        }
    }

    /// The rows of an entry of FROM.
    fn entry(&mut self, query: Query<'a>, reference: Node<'a>) -> Bounds {
        let Some(index) = reference.number("rtindex") else {
            return Bounds::ANY;
        };
        match query.entry(index) {
            Some(Entry::Subquery(inner)) => self.bounds(inner),
            Some(Entry::Values(node)) => {
                let rows = u64::try_from(node.list("values_lists").len());
                rows.map_or(Bounds::ANY, Bounds::exactly)
            }
            Some(Entry::Cte(node)) => query
                .cte(node)
                .map_or(Bounds::ANY, |inner| self.bounds(inner)),
            _ => Bounds::ANY,
        }
    }
}

/// What a condition leaves of rows.
fn filtered(owner: Node<'_>, rows: Bounds) -> Bounds {
    let keeps_all = owner.is_null("quals") || owner.node("quals").is_some_and(is_true);
    if keeps_all { rows } else { rows.or_fewer() }
}

impl Bounds {
    /// Each row with each of another.
    const fn times(self, other: Self) -> Self {
        // Nothing times anything is nothing.
        let hi = if self.hi == 0 || other.hi == 0 {
            0
        } else if self.hi == UNLIMITED || other.hi == UNLIMITED {
            UNLIMITED
        } else {
            self.hi.saturating_mul(other.hi)
        };
        Self {
            lo: self.lo.saturating_mul(other.lo),
            hi,
        }
    }
}
