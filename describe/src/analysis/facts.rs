//! What is not NULL where a condition is known to be true, or false, or not.
//!
//! A condition of SQL has three values, so that four things can be known of it. What follows from them is a set of
//! expressions that are not NULL.

use crate::analysis::key::{Facts, Key};
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, constant};
use crate::analyzed::{Query, Reference, RowVersion};
use crate::catalog::USERS;
use crate::tree::{List, Node};

/// What is known of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    NotTrue,
    NotFalse,
}

/// Conditions nested deeper than this say nothing.
const DEPTH: usize = 100;

impl Truth {
    fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// Whether a condition that is never NULL is true.
    fn holds(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }

    /// Whether it says that the condition itself is not NULL.
    fn is_known(self) -> bool {
        matches!(self, Self::True | Self::False)
    }
}

impl<'a> Analysis<'a> {
    /// What is not NULL in a row of `query` for which the condition is what `truth` says.
    pub(crate) fn facts(&self, query: Query<'a>, condition: Node<'a>, truth: Truth) -> Facts {
        self.implied(query, condition, truth, DEPTH)
    }

    fn implied(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.spend()) else {
            return Facts::new();
        };
        match node.label() {
            "BOOLEXPR" => self.connected(query, node, truth, depth),
            "NULLTEST" => self.null_test(query, node, truth, depth),
            "BOOLEANTEST" => self.truth_test(query, node, truth, depth),
            "DISTINCTEXPR" => self.distinct(query, node, truth, depth),
            "CASEEXPR" => self.branches(query, node, truth, depth),
            "CONST" => Facts::new(),
            _ if !truth.is_known() => Facts::new(),
            "SCALARARRAYOPEXPR" => self.with_array(query, node, truth, depth),
            "SUBLINK" => self.tested(query, node, truth, depth),
            "ROWCOMPAREEXPR" => self.rows_compared(query, node, depth),
            _ => self.not_null(query, node, depth),
        }
    }

    fn connected(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        let parts = node.list("args");
        let operator = node.text("boolop");
        let is_and = match operator.as_deref() {
            Some("not") => {
                let inner = parts.node(0);
                return inner.map_or_else(Facts::new, |inner| {
                    self.implied(query, inner, truth.negated(), depth)
                });
            }
            Some("and") => true,
            Some("or") => false,
            _ => return Facts::new(),
        };
        let parts = parts
            .nodes()
            .map(|part| self.implied(query, part, truth, depth));
        if is_and == truth.holds() {
            let united = parts.flatten().collect();
            return self.if_on(Rule::Conjunction, united);
        }
        if self.rules.apply(Rule::Disjunction) {
            common(parts)
        } else {
            parts.flatten().collect()
        }
    }

    fn null_test(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        const IS_NULL: u8 = 0;
        const IS_NOT_NULL: u8 = 1;
        let kind = node.number::<u8>("nulltesttype");
        let proves = match kind {
            Some(IS_NOT_NULL) => truth.holds(),
            Some(IS_NULL) => !truth.holds(),
            _ => false,
        };
        let Some(tested) = node.node("arg").filter(|_| proves) else {
            return Facts::new();
        };
        let facts = match (node.flag("argisrow"), tested.label()) {
            (Some(true), "ROWEXPR") if kind == Some(IS_NOT_NULL) => {
                // All of the fields.
                let fields = tested.list("args").nodes();
                fields
                    .flat_map(|field| self.not_null(query, field, depth))
                    .collect()
            }
            (Some(_), _) => self.not_null(query, tested, depth),
            (None, _) => Facts::new(),
        };
        self.if_on(Rule::IsNotNull, facts)
    }

    fn truth_test(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        let (Some(tested), Some(kind)) = (node.node("arg"), node.number::<u8>("booltesttype"))
        else {
            return Facts::new();
        };
        // The kinds come in pairs: what is asked, and its opposite.
        let kind = if truth.holds() { kind } else { kind ^ 1 };
        let facts = match kind {
            0 => self.implied(query, tested, Truth::True, depth),
            1 => self.implied(query, tested, Truth::NotTrue, depth),
            2 => self.implied(query, tested, Truth::False, depth),
            3 => self.implied(query, tested, Truth::NotFalse, depth),
            5 => self.not_null(query, tested, depth),
            _ => Facts::new(),
        };
        self.if_on(Rule::TruthTest, facts)
    }

    /// What is not distinct from a constant that is not NULL is not NULL.
    fn distinct(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        let sides = node.list("args");
        let (Some(left), Some(right)) = (sides.node(0), sides.node(1)) else {
            return Facts::new();
        };
        if truth.holds() {
            return Facts::new();
        }
        let facts = if constant::is_value(right) {
            self.not_null(query, left, depth)
        } else if constant::is_value(left) {
            self.not_null(query, right, depth)
        } else {
            Facts::new()
        };
        self.if_on(Rule::NotDistinct, facts)
    }

    /// One branch of a CASE was taken: its condition held, those before did not, and its result is what is known.
    fn branches(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        if !node.is_null("arg") {
            return Facts::new();
        }
        let mut before = Facts::new();
        let mut possible = Vec::new();
        for branch in node.list("args").nodes() {
            let (Some(when), Some(then)) = (branch.node("expr"), branch.node("result")) else {
                return Facts::new();
            };
            let mut facts = self.implied(query, when, Truth::True, depth);
            facts.extend(self.implied(query, then, truth, depth));
            facts.extend(&before);
            possible.push(facts);
            before.extend(self.implied(query, when, Truth::NotTrue, depth));
        }
        match node.node("defresult") {
            // What is NULL is neither true nor false.
            None if truth.is_known() => {}
            Some(default) if truth.is_known() && constant::is_null(default) => {}
            None => return Facts::new(),
            Some(default) => {
                before.extend(self.implied(query, default, truth, depth));
                possible.push(before);
            }
        }
        common(possible.into_iter())
    }

    fn with_array(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        let sides = node.list("args");
        let (Some(value), Some(array)) = (sides.node(0), sides.node(1)) else {
            return Facts::new();
        };
        let mut facts = self.not_null(query, array, depth);
        let is_any = node.flag("useOr");
        let has_compared = is_any == Some(truth == Truth::True) || constant::has_elements(array);
        let has_compared = has_compared || !self.rules.apply(Rule::EmptyArray);
        if has_compared && self.is_strict(self.operator(node)) {
            facts.extend(self.not_null(query, value, depth));
        }
        self.if_on(Rule::StrictCondition, facts)
    }

    fn tested(&self, query: Query<'a>, node: Node<'a>, truth: Truth, depth: usize) -> Facts {
        const ALL: u8 = 1;
        const ANY: u8 = 2;
        let Some(test) = node.node("testexpr") else {
            return Facts::new();
        };
        let kind = node.number::<u8>("subLinkType");
        let has_compared = matches!(
            (kind, truth),
            (Some(ANY), Truth::True) | (Some(ALL), Truth::False)
        );
        let is_test = matches!(kind, Some(ANY | ALL));
        if has_compared || (is_test && !self.rules.apply(Rule::EmptySubquery)) {
            self.implied(query, test, truth, depth)
        } else {
            Facts::new()
        }
    }

    /// Only the first pair is compared in any case, and by the support function of the family, not by the operator.
    fn rows_compared(&self, query: Query<'a>, node: Node<'a>, depth: usize) -> Facts {
        let sides = [node.list("largs").node(0), node.list("rargs").node(0)];
        if self.rules.apply(Rule::RowComparison) && !has_built_in_families(node) {
            return Facts::new();
        }
        let sides = sides.into_iter().flatten();
        sides
            .flat_map(|side| self.not_null(query, side, depth))
            .collect()
    }

    fn not_null(&self, query: Query<'a>, node: Node<'a>, depth: usize) -> Facts {
        let mut facts = Facts::new();
        self.collect(query, node, depth, &mut facts);
        facts
    }

    fn collect(&self, query: Query<'a>, node: Node<'a>, depth: usize, facts: &mut Facts) {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.spend()) else {
            return;
        };
        if let Some(reference) = Reference::read(node) {
            self.column(query, reference, facts, depth);
            return;
        }
        if self.rules.apply(Rule::SameExpression) {
            facts.extend(self.keys.of(node).filter(|_| node.label() != "CONST"));
        }
        match node.label() {
            "FUNCEXPR" | "OPEXPR" => {
                let function = match node.label() {
                    "FUNCEXPR" => node.oid("funcid"),
                    _ => self.operator(node),
                };
                let sets = ["funcretset", "opretset"];
                let is_set = sets.into_iter().any(|field| node.flag(field) == Some(true));
                if !is_set && self.rules.apply(Rule::StrictCondition) && self.is_strict(function) {
                    self.collect_all(query, node.list("args"), depth, facts);
                }
            }
            "RELABELTYPE" | "COLLATEEXPR" | "COERCEVIAIO" | "ARRAYCOERCEEXPR"
            | "COERCETODOMAIN" | "CONVERTROWTYPEEXPR" | "FIELDSELECT" | "NAMEDARGEXPR" => {
                if let Some(inner) = node.node("arg") {
                    self.collect(query, inner, depth, facts);
                }
            }
            "NULLIFEXPR" => {
                if let Some(value) = node.list("args").node(0) {
                    self.collect(query, value, depth, facts);
                }
            }
            "BOOLEXPR" if node.text("boolop").as_deref() == Some("not") => {
                self.collect_all(query, node.list("args"), depth, facts);
            }
            "SCALARARRAYOPEXPR" => {
                if let Some(array) = node.list("args").node(1) {
                    self.collect(query, array, depth, facts);
                }
            }
            "SUBSCRIPTINGREF" if node.is_null("refassgnexpr") => {
                facts.extend(node.node("refexpr").iter().flat_map(|container| {
                    let mut inner = Facts::new();
                    self.collect(query, *container, depth, &mut inner);
                    inner
                }));
            }
            _ => {}
        }
    }

    fn collect_all(&self, query: Query<'a>, list: List<'a>, depth: usize, facts: &mut Facts) {
        for item in list.nodes() {
            self.collect(query, item, depth, facts);
        }
    }

    /// A column of the own query; one of a join is what it stands for.
    fn column(&self, query: Query<'a>, reference: Reference<'a>, facts: &mut Facts, depth: usize) {
        if reference.levels_up != 0 || reference.version != RowVersion::Default {
            return;
        }
        let variable = (reference.entry, reference.attribute);
        let Some(key) = self.keys.variable(query, variable) else {
            return;
        };
        facts.insert(key);
        if let Some(crate::analyzed::Entry::Group(keys)) = query.entry(reference.entry)
            && let Some(expression) = group_key(keys, reference.attribute)
        {
            self.collect(query, expression, depth, facts);
        } else if let Some(crate::analyzed::Entry::Join(join)) = query.entry(reference.entry)
            && let Some(expression) = crate::analysis::key::alias(join, reference.attribute)
        {
            self.collect(query, expression, depth, facts);
        }
    }

    fn if_on(&self, rule: Rule, facts: Facts) -> Facts {
        if self.rules.apply(rule) {
            facts
        } else {
            Facts::new()
        }
    }
}

/// A key of GROUP BY, as 18 keeps them.
pub(crate) fn group_key(keys: Node<'_>, attribute: i16) -> Option<Node<'_>> {
    let at = usize::try_from(attribute).ok()?.checked_sub(1)?;
    keys.list("groupexprs").node(at)
}

/// Whether all pairs of a comparison of rows are compared by families that come with the server.
pub(crate) fn has_built_in_families(comparison: Node<'_>) -> bool {
    let families = comparison.list("opfamilies");
    let operators = comparison.list("opnos");
    let are_built_in = |list: List<'_>| {
        let mut oids = list.numbers::<u32>();
        list.len() > 0 && oids.all(|oid| oid < USERS)
    };
    are_built_in(families) && are_built_in(operators)
}

fn common(mut sets: impl Iterator<Item = Facts>) -> Facts {
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |common, set| {
        common
            .intersection(&set)
            .copied()
            .collect::<std::collections::BTreeSet<Key>>()
    })
}
