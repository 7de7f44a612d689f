//! Which keys of GROUP BY the grouping sets may leave out.

use crate::analyzed::{Entry, Query, Reference};
use crate::tree::Node;

/// Whether the grouping of a query may null an expression of its output that is a plain column.
///
/// A key that is in every set stays, if all keys are plain columns of tables and no two are the same: the planner
/// matches what is above a grouping by equality, after it has put the columns of subqueries and joins in place.
pub(crate) fn may_null(query: Query<'_>, expression: Node<'_>) -> bool {
    if query.0.is_null("groupingSets") {
        return false;
    }
    let Some(keys) = keys(query) else { return true };
    let Some(column) = table_column(query, expression) else {
        return true;
    };
    let always = in_every_set(query);
    !keys
        .iter()
        .any(|(reference, key)| *key == column && always.contains(reference))
}

/// A column of a table in FROM: the entry and the attribute.
type TableColumn = (usize, i16);

/// The keys of GROUP BY with their numbers, if all are different columns of tables.
fn keys(query: Query<'_>) -> Option<Vec<(u32, TableColumn)>> {
    let mut keys: Vec<(u32, TableColumn)> = Vec::new();
    for clause in query.0.list("groupClause").nodes() {
        let reference: u32 = clause.number("tleSortGroupRef")?;
        let mut entries = query.0.list("targetList").nodes();
        let entry = entries.find(|entry| entry.number("ressortgroupref") == Some(reference))?;
        let column = table_column(query, entry.node("expr")?)?;
        if keys.iter().any(|(_, key)| *key == column) {
            return None;
        }
        keys.push((reference, column));
    }
    Some(keys)
}

fn table_column(query: Query<'_>, expression: Node<'_>) -> Option<TableColumn> {
    let mut reference = Reference::read(expression)?;
    if let Some(Entry::Group(keys)) = query
        .entry(reference.entry)
        .filter(|_| reference.levels_up == 0)
    {
        let at = usize::try_from(reference.attribute).ok()?.checked_sub(1)?;
        reference = Reference::read(keys.list("groupexprs").node(at)?)?;
    }
    let is_table = matches!(query.entry(reference.entry), Some(Entry::Relation { .. }));
    (reference.levels_up == 0 && is_table).then_some((reference.entry, reference.attribute))
}

/// The numbers of the keys that are in every grouping set.
fn in_every_set(query: Query<'_>) -> Vec<u32> {
    // The sets are the product of what GROUP BY lists: a key of every set of one item is in all.
    query
        .0
        .list("groupingSets")
        .nodes()
        .flat_map(|set| common(set, 0))
        .collect()
}

fn common(set: Node<'_>, depth: usize) -> Vec<u32> {
    const SIMPLE: u8 = 1;
    const SETS: u8 = 4;
    match set.number::<u8>("kind") {
        Some(SIMPLE) => set.list("content").numbers().collect(),
        Some(SETS) if depth < 16 => {
            let mut sets = set
                .list("content")
                .nodes()
                .map(|inner| common(inner, depth + 1));
            let first = sets.next().unwrap_or_default();
            sets.fold(first, |common, set| {
                common.into_iter().filter(|key| set.contains(key)).collect()
            })
        }
        // The empty set, ROLLUP and CUBE have a set without any key.
        _ => Vec::new(),
    }
}
