//! Statements that may change a setting while they run: then what depends on settings may not be the same twice.

use crate::catalog::USERS;
use crate::tree::Node;

/// Volatile functions of the server that change no setting, and run nothing that could: `random`, those of sequences, of
/// the clock and of UUIDs, and `pg_sleep`.
const QUIET: [u32; 10] = [274, 1574, 1575, 1576, 1598, 1765, 2559, 2626, 2649, 3432];

/// Whether a statement, of which this is any node, calls a function that may change a setting, or run what does.
///
/// `is_volatile` is asked for functions, and for operators.
pub(crate) fn may_change(
    node: Node<'_>,
    is_volatile: impl Fn(u32) -> bool,
    is_volatile_operator: impl Fn(u32) -> bool,
) -> bool {
    let mut outermost = node;
    while let Some(query) = outermost.enclosing_query() {
        outermost = query;
    }
    outermost.within().any(|node| match node.label() {
        "FUNCEXPR" => node
            .oid("funcid")
            .is_none_or(|function| is_volatile(function) && !QUIET.contains(&function)),
        "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" | "SCALARARRAYOPEXPR" => {
            node.oid("opno").is_none_or(&is_volatile_operator)
        }
        "AGGREF" => node
            .oid("aggfnoid")
            .is_none_or(|function| function >= USERS),
        "WINDOWFUNC" => node
            .oid("winfnoid")
            .is_none_or(|function| function >= USERS),
        _ => false,
    })
}
