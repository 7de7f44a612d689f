//! The column that each parameter meets: the one it is assigned to, or else the one it is compared with.

use crate::analyzed::{Entry, Query, Reference};
use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

use super::{Column, assigned, number, sources, uncast};

/// How many subqueries a reference is followed through.
const DEPTH: usize = 50;

/// For each of `count` parameters, the column with its relation and schema.
pub(crate) fn meets<'a>(
    tree: &'a Tree<'a>,
    catalog: &Catalog,
    count: usize,
) -> Vec<Option<String>> {
    let mut found: Vec<Option<Column>> = assigned(tree, count)
        .into_iter()
        .map(|columns| columns.first().copied())
        .collect();
    for node in tree.nodes() {
        for (parameter, column) in compared(node) {
            if let Some(slot) = found.get_mut(parameter) {
                slot.get_or_insert(column);
            }
        }
    }
    let known = |(relation, attribute): Column| {
        catalog.column_name(relation, attribute)?;
        Some(catalog.column(relation, attribute))
    };
    found
        .into_iter()
        .map(|column| column.and_then(known))
        .collect()
}

/// The parameters and columns on the two sides of a comparison.
fn compared(node: Node<'_>) -> Vec<(usize, Column)> {
    if !matches!(
        node.label(),
        "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" | "SCALARARRAYOPEXPR"
    ) {
        return Vec::new();
    }
    let sides: Vec<Node<'_>> = node.list("args").nodes().map(uncast).collect();
    let [left, right] = sides.as_slice() else {
        return Vec::new();
    };
    let Some(query) = node.enclosing_query().map(Query) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (parameter, other) in [(left, right), (right, left)] {
        if let (Some(parameter), Some(column)) = (number(*parameter), origin(query, *other)) {
            found.push((parameter, column));
        }
    }
    found
}

/// The stored column that an expression shows unchanged.
fn origin<'a>(query: Query<'a>, expression: Node<'a>) -> Option<Column> {
    let (mut query, mut expression) = (query, expression);
    for _ in 0..DEPTH {
        let reference = Reference::read(uncast(expression))?;
        let home = query.outward(reference.levels_up)?;
        if let Some(Entry::Relation { relation, .. }) = home.entry(reference.entry) {
            return (reference.attribute > 0).then_some((relation, reference.attribute));
        }
        let next = sources(query, reference);
        let [(inner, shown)] = next.as_slice() else {
            return None;
        };
        (query, expression) = (*inner, *shown);
    }
    None
}
