//! What holds a column at one value: equalities with values that are the same for all rows that count.

use std::collections::BTreeSet;

use crate::analysis::Rule;
use crate::analyzed::{Entry, Query, Reference, expression_type};
use crate::catalog::{USERS, Volatility};
use crate::tree::Node;

use super::Ground;
use super::joins::{Block, owner};

/// A column of an entry of FROM.
pub(crate) type ColumnOf = (usize, i16);

/// That a column of an entry equals a value, whatever that is, which is the same for all rows that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) entry: usize,
    pub(super) attribute: i16,
    pub(super) equality: Equality,
}

/// In what sense two values are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Equality {
    /// By a strict and immutable operator, seen from the side that takes this type.
    Operator {
        operator: u32,
        ty: u32,
        collation: u32,
    },
    /// Both are NULL.
    Null,
}

/// A condition that is an equality of a column with something.
#[derive(Debug, Clone, Copy)]
struct Comparison<'a> {
    column: ColumnOf,
    equality: Equality,
    /// What it is equal to; nothing for what is known from outside, or NULL.
    value: Option<Node<'a>>,
}

/// The values that are known at a place of FROM.
#[derive(Debug)]
pub(super) struct Known<'a, 'c> {
    query: Query<'a>,
    ground: Ground<'c>,
    comparisons: Vec<Comparison<'a>>,
    /// The entries whose row is given.
    pub(super) given: BTreeSet<usize>,
}

/// Expressions nested deeper than this are not looked through.
const DEPTH: usize = 50;
/// How often an equality is followed to the next one.
const STEPS: usize = 3;

/// Types of which two values are identical if they are equal: booleans, integers, `bytea`, text under a deterministic
/// collation, `name`, `oid`, dates and times without a zone of their own, `uuid`.
const IDENTICAL: [u32; 15] = [
    16, 17, 19, 20, 21, 23, 25, 26, 1043, 1082, 1083, 1114, 1184, 2950, 18,
];

impl<'a, 'c> Known<'a, 'c> {
    pub(super) fn new(
        query: Query<'a>,
        ground: Ground<'c>,
        block: &Block<'a>,
        given: BTreeSet<usize>,
    ) -> Self {
        let written = block
            .conditions
            .iter()
            .flat_map(|condition| comparisons(query, ground, *condition));
        let asked = block.pins.iter().map(|pin| Comparison {
            column: (pin.entry, pin.attribute),
            equality: pin.equality,
            value: None,
        });
        Self {
            query,
            ground,
            comparisons: written.chain(asked).collect(),
            given,
        }
    }

    /// The equalities that hold columns of an entry at values that do not depend on the entry.
    pub(super) fn pins(&self, entry: usize) -> Vec<Pin> {
        let of_entry = self
            .comparisons
            .iter()
            .filter(|comparison| comparison.column.0 == entry);
        of_entry
            .filter(|comparison| {
                comparison
                    .value
                    .is_none_or(|value| self.is_fixed(value, entry, STEPS))
            })
            .map(|comparison| Pin {
                entry,
                attribute: comparison.column.1,
                equality: comparison.equality,
            })
            .collect()
    }

    /// Whether an expression has the same value in all rows that count.
    pub(super) fn is_constant(&self, expression: Node<'a>) -> bool {
        self.is_fixed(expression, 0, STEPS)
    }

    /// Whether all values of a column are equal in the eyes of an operator.
    pub(super) fn is_equal(&self, expression: Node<'a>, equality: u32) -> bool {
        let Some(column) = column(self.query, expression) else {
            return false;
        };
        self.comparisons.iter().any(|comparison| {
            comparison.column == column
                && same_sense(self.ground, comparison.equality, equality)
                && comparison
                    .value
                    .is_none_or(|value| self.is_fixed(value, column.0, STEPS))
        })
    }

    fn is_fixed(&self, expression: Node<'a>, but: usize, steps: usize) -> bool {
        self.fixed(expression, but, steps, DEPTH)
    }

    fn fixed(&self, node: Node<'a>, but: usize, steps: usize, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match node.label() {
            "VAR" => self.reference(node, but, steps, depth),
            "SUBLINK" => self.is_evaluated_once(node),
            "CONST" | "CASETESTEXPR" => true,
            "PARAM" => node.number::<u8>("paramkind") == Some(0),
            _ => {
                is_steady(node, self.ground)
                    && node
                        .children()
                        .all(|child| self.fixed(child, but, steps, depth))
            }
        }
    }

    fn reference(&self, node: Node<'a>, but: usize, steps: usize, depth: usize) -> bool {
        let Some(reference) = Reference::read(node) else {
            return false;
        };
        if reference.levels_up > 0 {
            // A row outside of the query is the same for all rows of the query.
            return true;
        }
        match alias(self.query, reference) {
            Some(Alias::Expression(expression)) => self.fixed(expression, but, steps, depth),
            Some(Alias::Entry) if reference.entry != but => {
                self.given.contains(&reference.entry)
                    || self.is_held(node, (reference.entry, reference.attribute), but, steps)
            }
            _ => false,
        }
    }

    /// Whether a condition makes all values of a column identical.
    fn is_held(&self, node: Node<'a>, column: ColumnOf, but: usize, steps: usize) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        let is_simple = node
            .oid("vartype")
            .is_some_and(|ty| IDENTICAL.contains(&ty));
        (is_simple || !self.ground.applies(Rule::IdenticalValues))
            && self.ground.applies(Rule::HeldColumn)
            && self.comparisons.iter().any(|comparison| {
                let Equality::Operator {
                    operator,
                    ty,
                    collation,
                } = comparison.equality
                else {
                    return false;
                };
                // It may be compared as another type than its own: texts that differ are equal as `char(n)`.
                comparison.column == column
                    && operator < USERS
                    && (IDENTICAL.contains(&ty) || !self.ground.applies(Rule::IdenticalValues))
                    && self.ground.keys.is_deterministic(collation)
                    && comparison
                        .value
                        .is_none_or(|value| self.fixed(value, but, steps, DEPTH))
            })
    }

    /// A subquery that speaks of no row outside of it is evaluated once, whatever it does. One that speaks of a row of an
    /// outer query is not: where the planner pulls this query up into that one, it is evaluated for each joined row.
    fn is_evaluated_once(&self, sublink: Node<'a>) -> bool {
        const SCALAR: u8 = 4;
        const ARRAY: u8 = 6;
        let stands_within = |owner: Query<'a>| {
            let mut nodes = sublink.within();
            nodes.any(|node| node.label() == "QUERY" && node.index() == owner.0.index())
        };
        self.ground.applies(Rule::SubqueryOnce)
            && matches!(sublink.number("subLinkType"), Some(SCALAR | ARRAY))
            && sublink.is_null("testexpr")
            && sublink.within().all(|node| match node.label() {
                "" => false,
                "VAR" => {
                    let owner = Reference::read(node).and_then(owner);
                    owner.is_some_and(stands_within)
                }
                _ => true,
            })
    }
}

/// Whether two operators have the same idea of equality, for values that the first one has found equal.
fn same_sense(ground: Ground<'_>, found: Equality, wanted: u32) -> bool {
    let Equality::Operator {
        operator,
        collation,
        ..
    } = found
    else {
        return true;
    };
    let (Some(found), Some(wanted)) =
        (ground.keys.operator(operator), ground.keys.operator(wanted))
    else {
        return false;
    };
    let is_exact = ground.keys.is_deterministic(collation) || !ground.applies(Rule::IndexCollation);
    let is_family = found
        .families
        .iter()
        .any(|family| wanted.families.contains(family));
    is_exact && (is_family || !ground.applies(Rule::GroupEquality))
}

/// Whether all values of which a pin says that they are equal are so in the eyes of another operator.
pub(super) fn agrees(ground: Ground<'_>, pin: Equality, operator: u32) -> bool {
    same_sense(ground, pin, operator)
}

/// What a condition says of columns: an equality can be read from both sides.
fn comparisons<'a>(
    query: Query<'a>,
    ground: Ground<'_>,
    condition: Node<'a>,
) -> Vec<Comparison<'a>> {
    match condition.label() {
        "OPEXPR" => operator_comparisons(query, ground, condition),
        "NULLTEST" => null_comparison(query, condition).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn operator_comparisons<'a>(
    query: Query<'a>,
    ground: Ground<'_>,
    condition: Node<'a>,
) -> Vec<Comparison<'a>> {
    let args = condition.list("args");
    let (Some(left), Some(right), Some(oid), Some(collation)) = (
        args.node(0),
        args.node(1),
        condition.oid("opno"),
        condition.number("inputcollid"),
    ) else {
        return Vec::new();
    };
    let Some(operator) = ground.keys.operator(oid).filter(|operator| {
        args.len() == 2
            && (operator.is_strict || !ground.applies(Rule::StrictEquality))
            && (operator.volatility == Volatility::Immutable
                || !ground.applies(Rule::ImmutableEquality))
            && !operator.families.is_empty()
    }) else {
        return Vec::new();
    };
    let sides = [(left, operator.left, right), (right, operator.right, left)];
    sides
        .into_iter()
        .filter_map(|(side, ty, value)| {
            Some(Comparison {
                column: column(query, side)?,
                equality: Equality::Operator {
                    operator: oid,
                    ty,
                    collation,
                },
                value: Some(value),
            })
        })
        .collect()
}

fn null_comparison<'a>(query: Query<'a>, condition: Node<'a>) -> Option<Comparison<'a>> {
    const IS_NULL: u8 = 0;
    let is_null = condition.number("nulltesttype") == Some(IS_NULL)
        && condition.flag("argisrow") == Some(false);
    let column = column(query, condition.node("arg").filter(|_| is_null)?)?;
    Some(Comparison {
        column,
        equality: Equality::Null,
        value: None,
    })
}

/// The column that an expression is, looked for behind the names of joins. A cast that changes no bit does not count.
pub(crate) fn column(query: Query<'_>, expression: Node<'_>) -> Option<ColumnOf> {
    let mut node = expression;
    for _ in 0..DEPTH {
        match node.label() {
            "RELABELTYPE" => node = node.node("arg")?,
            "VAR" => {
                let reference = Reference::read(node)?;
                if reference.levels_up > 0 {
                    return None;
                }
                match alias(query, reference)? {
                    Alias::Entry => return Some((reference.entry, reference.attribute)),
                    Alias::Expression(expression) => node = expression,
                }
            }
            _ => return None,
        }
    }
    None
}

/// What a reference stands for.
enum Alias<'a> {
    /// Itself: a column of an entry.
    Entry,
    /// An expression that has a name in a join, or as a key of GROUP BY.
    Expression(Node<'a>),
}

fn alias<'a>(query: Query<'a>, reference: Reference<'a>) -> Option<Alias<'a>> {
    let expressions = match query.entry(reference.entry)? {
        Entry::Join(node) => node.list("joinaliasvars"),
        Entry::Group(node) => node.list("groupexprs"),
        _ => return Some(Alias::Entry),
    };
    let at = usize::try_from(reference.attribute).ok()?.checked_sub(1)?;
    expressions.node(at).map(Alias::Expression)
}

/// Whether a node by itself has the same result for the same operands, within one statement.
///
/// The list holds what is known to; anything else may not.
pub(super) fn is_steady(node: Node<'_>, ground: Ground<'_>) -> bool {
    let operator = |field| {
        node.oid(field)
            .and_then(|oid| ground.keys.operator(oid))
            .is_some_and(|operator| match operator.volatility {
                Volatility::Immutable => true,
                Volatility::Stable => ground.is_settled(),
                Volatility::Volatile => false,
            })
    };
    match node.label() {
        "FUNCEXPR" => {
            ground.is_settled()
                && node.flag("funcretset") == Some(false)
                && node
                    .oid("funcid")
                    .is_some_and(|function| !ground.keys.is_volatile(function))
        }
        "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" => {
            node.flag("opretset") == Some(false) && operator("opno")
        }
        "SCALARARRAYOPEXPR" => operator("opno"),
        // The functions that read and write values are those of the types.
        "COERCEVIAIO" => {
            let types = [
                node.oid("resulttype"),
                node.node("arg").and_then(expression_type),
            ];
            ground.is_settled() && types.iter().all(|ty| ty.is_some_and(|ty| ty < USERS))
        }
        "RELABELTYPE" | "COLLATEEXPR" | "ARRAYEXPR" | "ARRAYCOERCEEXPR" | "CASEEXPR"
        | "CASEWHEN" | "COALESCEEXPR" | "MINMAXEXPR" | "BOOLEXPR" | "NULLTEST" | "BOOLEANTEST"
        | "CONST" | "CASETESTEXPR" => true,
        "SQLVALUEFUNCTION" => ground.is_settled(),
        _ => false,
    }
}
