//! The sequences that a statement asks by functions, in its text or in the defaults of columns that it leaves out.

use std::collections::BTreeMap;

use hathi_query_cache::SequenceUse;

use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

const NEXTVAL: u32 = 1574;
const CURRVAL: u32 = 1575;
const SETVAL: u32 = 1576;
const SETVAL_CALLED: u32 = 1765;
const REGCLASS: u32 = 2205;

/// Every sequence that a constant names; one that is computed while the statement runs is not known.
///
/// The number of an identity column is no function's: it needs no right.
pub(super) fn sequences(tree: &Tree<'_>, catalog: &Catalog) -> Vec<SequenceUse> {
    let mut found: BTreeMap<u32, SequenceUse> = BTreeMap::new();
    for call in tree.nodes().filter(|node| node.label() == "FUNCEXPR") {
        let function = call.oid("funcid").unwrap_or_default();
        if !matches!(function, NEXTVAL | CURRVAL | SETVAL | SETVAL_CALLED) {
            continue;
        }
        let named = call.list("args").node(0).and_then(relation);
        let Some(sequence) = named.filter(|oid| catalog.knows(*oid)) else {
            continue;
        };
        let used = found.entry(sequence).or_default();
        match function {
            NEXTVAL => used.next = true,
            CURRVAL => used.current = true,
            _ => used.set = true,
        }
    }
    let mut sequences: Vec<SequenceUse> = found
        .into_iter()
        .map(|(oid, used)| SequenceUse {
            sequence: catalog.name(oid).to_owned(),
            ..used
        })
        .collect();
    sequences.sort_by(|a, b| a.sequence.cmp(&b.sequence));
    sequences
}

/// The relation that a constant of the type `regclass` is.
pub(crate) fn relation(node: Node<'_>) -> Option<u32> {
    if node.label() != "CONST" || node.oid("consttype") != Some(REGCLASS) {
        return None;
    }
    let bytes = node.bytes("constvalue")?;
    let word: [u8; 8] = bytes.try_into().ok()?;
    // As it lies in the server's memory, whichever end comes first there.
    let [little, big] = [u64::from_le_bytes(word), u64::from_be_bytes(word)];
    u32::try_from(little.min(big)).ok().filter(|oid| *oid != 0)
}
