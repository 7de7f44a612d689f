//! The rows of what can stand in FROM, each by itself.

use crate::analysis::Rule;
use crate::analyzed::{Entry, Query};
use crate::tree::Node;

use super::bounds::UNLIMITED;
use super::constants::{self, Constant};
use super::{Bounds, Rows};

// How the server numbers the operation.
const UNION: u8 = 1;

impl<'a> Rows<'a> {
    /// The rows of an entry of FROM, for any row of what it depends on.
    pub(super) fn entry(&mut self, query: Query<'a>, entry: usize) -> Bounds {
        match query.entry(entry) {
            Some(Entry::Relation { relation, .. }) => self.relation(relation),
            Some(Entry::Subquery(inner)) => self.bounds(inner),
            Some(Entry::Values(node)) => {
                let rows = u64::try_from(node.list("values_lists").len());
                rows.map_or(Bounds::ANY, Bounds::exactly)
            }
            Some(Entry::Cte(node)) => match query.cte(node) {
                Some(inner) => self.bounds(inner),
                None if self.ground.applies(Rule::FirstBranch) => self.recursive(query, node),
                None => Bounds::ANY,
            },
            Some(Entry::Function) if self.ground.applies(Rule::FunctionRows) => {
                let at = entry.checked_sub(1);
                let node = at.and_then(|at| query.0.list("rtable").node(at));
                node.map_or(Bounds::ANY, functions)
            }
            _ => Bounds::ANY,
        }
    }

    /// A recursive CTE has at least the rows of its first branch, or one of them if equal ones are made one.
    fn recursive(&mut self, query: Query<'a>, entry: Node<'a>) -> Bounds {
        let found = repeated(query, entry).and_then(|inner| {
            let union = inner.0.node("setOperations")?;
            let first = union.node("larg")?.number("rtindex")?;
            let is_whole = ["limitCount", "limitOffset", "rowMarks"]
                .iter()
                .all(|field| inner.0.is_null(field));
            let is_union = union.label() == "SETOPERATIONSTMT" && union.number("op") == Some(UNION);
            let Entry::Subquery(first) = inner.entry(first).filter(|_| is_whole && is_union)?
            else {
                return None;
            };
            Some((first, union.flag("all")?))
        });
        let Some((first, keeps_all)) = found else {
            return Bounds::ANY;
        };
        let first = self.bounds(first).lo;
        Bounds {
            lo: if keeps_all { first } else { first.min(1) },
            hi: UNLIMITED,
        }
    }

    /// A sequence has a row; of anything else nothing is known.
    fn relation(&self, relation: u32) -> Bounds {
        let storage = self.ground.keys.storage(relation);
        if storage.is_some_and(|storage| storage.kind == 'S') {
            Bounds::exactly(1)
        } else {
            Bounds::ANY
        }
    }
}

/// The query of a recursive CTE, seen from outside of it.
fn repeated<'a>(query: Query<'a>, entry: Node<'a>) -> Option<Query<'a>> {
    if entry.flag("self_reference") != Some(false) {
        return None;
    }
    let name = entry.text("ctename")?;
    let owner = query.outward(entry.number("ctelevelsup")?)?;
    let mut named = owner.0.list("cteList").nodes();
    let cte = named.find(|cte| cte.text("ctename").as_ref() == Some(&name))?;
    let is_recursive = cte.flag("cterecursive") == Some(true);
    cte.node("ctequery").filter(|_| is_recursive).map(Query)
}

/// Functions side by side have as many rows as the longest of them.
fn functions(entry: Node<'_>) -> Bounds {
    let functions = entry.list("functions");
    let mut rows = Bounds::exactly(0);
    for function in functions.nodes() {
        let Some(call) = function.node("funcexpr") else {
            return Bounds::ANY;
        };
        let of_one = function_rows(call);
        rows.lo = rows.lo.max(of_one.lo);
        rows.hi = rows.hi.max(of_one.hi);
    }
    if functions.len() == 0 {
        return Bounds::ANY;
    }
    rows
}

/// A function that returns no set has one row, be it of NULLs.
fn function_rows(call: Node<'_>) -> Bounds {
    let returns_sets = call.within().any(|node| {
        ["funcretset", "opretset"]
            .iter()
            .any(|field| node.has(field) && node.flag(field) != Some(false))
    });
    if !returns_sets {
        return Bounds::exactly(1);
    }
    series(call).map_or(Bounds::ANY, Bounds::exactly)
}

/// `generate_series` of constant integers.
fn series(call: Node<'_>) -> Option<u64> {
    // Of int4 and int8, with a step and without one.
    const SERIES: [u32; 4] = [1066, 1067, 1068, 1069];
    if call.label() != "FUNCEXPR" || !SERIES.contains(&call.oid("funcid")?) {
        return None;
    }
    let mut numbers = Vec::new();
    for argument in call.list("args").nodes() {
        match constants::integer(argument)? {
            Constant::Null => return Some(0),
            Constant::Integer(number) => numbers.push(i128::from(number)),
        }
    }
    let (from, to, step) = match *numbers.as_slice() {
        [from, to] => (from, to, 1),
        [from, to, step] => (from, to, step),
        _ => return None,
    };
    let steps = to.checked_sub(from)?.checked_div(step)?;
    let is_empty = (step > 0 && from > to) || (step < 0 && from < to);
    if is_empty {
        return Some(0);
    }
    u64::try_from(steps + 1).ok()
}
