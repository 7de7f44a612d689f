//! Constants of the tree that say how many rows there are.

use crate::tree::Node;

/// An integer, or NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Null,
    Integer(i64),
}

// Types and casts that every version has under the same number.
const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT4: u32 = 23;
const INT4_TO_INT8: u32 = 481;

/// The constant that an expression is, a cast from `int4` to `int8` around it or not.
pub(super) fn integer(expression: Node<'_>) -> Option<Constant> {
    match expression.label() {
        "FUNCEXPR" if expression.oid("funcid") == Some(INT4_TO_INT8) => {
            constant(expression.list("args").node(0)?)
        }
        _ => constant(expression),
    }
}

fn constant(node: Node<'_>) -> Option<Constant> {
    if node.label() != "CONST" {
        return None;
    }
    if node.flag("constisnull")? {
        return Some(Constant::Null);
    }
    let bytes = node.bytes("constvalue")?;
    let value = match node.oid("consttype")? {
        INT4 => i32::from_le_bytes(*bytes.first_chunk()?).into(),
        INT8 => i64::from_le_bytes(*bytes.first_chunk()?),
        _ => return None,
    };
    Some(Constant::Integer(value))
}

/// Whether a condition is the constant `true`.
pub(super) fn is_true(condition: Node<'_>) -> bool {
    condition.label() == "CONST"
        && condition.oid("consttype") == Some(BOOL)
        && condition.flag("constisnull") == Some(false)
        && condition
            .bytes("constvalue")
            .is_some_and(|bytes| bytes.first() == Some(&1))
}
