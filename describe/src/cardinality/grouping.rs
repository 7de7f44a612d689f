//! The groups that GROUP BY and aggregates make of rows.

use super::bounds::UNLIMITED;
use super::{Bounds, Ground, constants};
use crate::analysis::Rule;
use crate::analyzed::Query;
use crate::tree::Node;

// How the server numbers the kinds of grouping sets.
const EMPTY: u8 = 0;
const ROLLUP: u8 = 2;
const CUBE: u8 = 3;
const SETS: u8 = 4;

/// Whether rows are made into groups; where it is not known, they are.
pub(super) fn is_grouped(query: Query<'_>) -> bool {
    query.0.flag("hasAggs") != Some(false)
        || ["groupClause", "groupingSets", "havingQual"]
            .iter()
            .any(|field| !query.0.is_null(field))
}

/// The groups of `rows`, after HAVING.
pub(super) fn groups(ground: Ground<'_>, query: Query<'_>, rows: Bounds) -> Bounds {
    let groups = if !query.0.is_null("groupingSets") {
        sets(query, rows)
    } else if !query.0.is_null("groupClause") {
        rows.merged()
    } else if query.0.has("groupClause") && ground.applies(Rule::WholeGroup) {
        Bounds::exactly(1)
    } else {
        Bounds::ANY
    };
    let keeps_all = query.0.is_null("havingQual")
        || query.0.node("havingQual").is_some_and(constants::is_true)
        || !ground.applies(Rule::FilteredGroups);
    if keeps_all { groups } else { groups.or_fewer() }
}

/// GROUPING SETS, ROLLUP and CUBE.
fn sets(query: Query<'_>, rows: Bounds) -> Bounds {
    let sets = query.0.list("groupingSets");
    let kind = |set: Node<'_>| set.number::<u8>("kind");
    if sets.len() > 0 && sets.nodes().all(|set| kind(set) == Some(EMPTY)) {
        return Bounds::exactly(1);
    }
    // The sets are the product of what GROUP BY lists. The empty one is a group of all rows, also of none.
    let has_empty = sets.len() > 0 && sets.nodes().all(|set| holds_empty(set, 0));
    Bounds {
        lo: if has_empty { 1 } else { rows.lo.min(1) },
        hi: UNLIMITED,
    }
}

fn holds_empty(set: Node<'_>, depth: usize) -> bool {
    match set.number::<u8>("kind") {
        Some(EMPTY | ROLLUP | CUBE) => true,
        Some(SETS) if depth < 16 => set
            .list("content")
            .nodes()
            .any(|inner| holds_empty(inner, depth + 1)),
        _ => false,
    }
}
