//! What a CHECK constraint says about NULL.
//!
//! A row was checked when it was written, with the functions of that time: only what the condition says without any of
//! them is believed. A condition that is NULL passes, so that what counts is that it is not false.

use std::collections::BTreeSet;

use crate::tree::{Node, Tree};

/// Nested deeper, a condition says nothing.
const DEPTH: usize = 100;

/// The columns that are not NULL where a condition is not false. `columns` pairs the numbers that the condition uses
/// with those that are asked for, `2:1,3:4`.
pub(super) fn proven(condition: &str, columns: &str) -> Vec<i16> {
    let Ok(tree) = Tree::read(condition) else {
        return Vec::new();
    };
    let proven: BTreeSet<i16> = match tree.statements().as_slice() {
        [condition] => not_false(*condition, DEPTH),
        _ => BTreeSet::new(),
    };
    let pairs = columns.split(',').filter_map(|pair| {
        let (from, to) = pair.split_once(':')?;
        Some((from.parse::<i16>().ok()?, to.parse::<i16>().ok()?))
    });
    pairs
        .filter(|(from, _)| proven.contains(from))
        .map(|(_, to)| to)
        .collect()
}

fn not_false(node: Node<'_>, depth: usize) -> BTreeSet<i16> {
    let Some(depth) = depth.checked_sub(1) else {
        return BTreeSet::new();
    };
    const IS_NOT_NULL: u8 = 1;
    match node.label() {
        "NULLTEST" if node.number("nulltesttype") == Some(IS_NOT_NULL) => {
            node.node("arg").and_then(column).into_iter().collect()
        }
        "BOOLEXPR" => {
            let parts = node.list("args");
            let mut parts = parts.nodes().map(|part| not_false(part, depth));
            match node.text("boolop").as_deref() {
                Some("and") => parts.flatten().collect(),
                Some("or") => {
                    let first = parts.next().unwrap_or_default();
                    parts.fold(first, |common, part| &common & &part)
                }
                _ => BTreeSet::new(),
            }
        }
        _ => BTreeSet::new(),
    }
}

/// The column that an expression is, but for its type's name.
fn column(expression: Node<'_>) -> Option<i16> {
    let mut node = expression;
    for _ in 0..DEPTH {
        match node.label() {
            "VAR" => return node.number("varattno"),
            "RELABELTYPE" => node = node.node("arg")?,
            _ => return None,
        }
    }
    None
}
