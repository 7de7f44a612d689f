//! Parameters of which NULL can be meant: the statement asks for it, or puts something in its place.

use std::collections::HashSet;

use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

use super::{number, uncast};

/// The parameters, from 0, that stand where NULL is as good as any value: asked IS NULL, replaced by COALESCE, compared by
/// IS DISTINCT FROM, handed to a function that is called for NULL too.
pub(super) fn meant(tree: &Tree<'_>, catalog: &Catalog) -> HashSet<usize> {
    let mut found = HashSet::new();
    for node in tree.nodes() {
        match node.label() {
            "NULLTEST" | "BOOLEANTEST" => found.extend(node.node("arg").and_then(parameter)),
            "COALESCEEXPR" | "DISTINCTEXPR" => arguments(node, &mut found),
            "FUNCEXPR" if is_called_for_null(node, catalog) => arguments(node, &mut found),
            _ => {}
        }
    }
    found
}

fn arguments(node: Node<'_>, found: &mut HashSet<usize>) {
    found.extend(node.list("args").nodes().filter_map(parameter));
}

fn parameter(expression: Node<'_>) -> Option<usize> {
    number(uncast(expression))
}

/// Whether the call is written as one, of a function that is not strict. Of an unknown function nothing is known.
fn is_called_for_null(call: Node<'_>, catalog: &Catalog) -> bool {
    const WRITTEN: u8 = 0;
    call.number::<u8>("funcformat") == Some(WRITTEN)
        && call
            .oid("funcid")
            .and_then(|oid| catalog.function(oid))
            .is_some_and(|function| !function.strict)
}
