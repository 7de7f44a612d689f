//! Keys of GROUP BY that some grouping set leaves out, and what else may turn out to be one of them.
//!
//! The planner matches what stands above a grouping with the keys by equality, after it has put the columns of joins
//! and subqueries in place and has computed what is constant. So an expression that was written differently can be taken
//! for a key that is left out.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::analysis::facts::group_key;
use crate::analysis::key::{Variable, alias};
use crate::analysis::rule::Rule;
use crate::analysis::scope::children;
use crate::analyzed::{Entry, Query, Reference};
use crate::tree::Node;

/// What the grouping sets of a query may leave out.
#[derive(Debug, Default)]
pub(crate) struct Grouping {
    /// Keys that are plain columns.
    pub(crate) left_out: BTreeSet<Variable>,
    /// Keys of GROUP BY that may be left out, as 18 numbers them; the entry is that of the groups.
    pub(crate) numbers: BTreeSet<Variable>,
    /// The columns of keys that are no plain columns.
    folded: BTreeSet<Variable>,
    /// Whether such a key has no column of its own query at all.
    pub(crate) has_constant_key: bool,
    /// Whether a key that may be left out or not is an expression, and is taken for one wherever it stands.
    pub(crate) has_expressions: bool,
    /// Whether columns of subqueries may be put in place of a key.
    only_tables: bool,
    /// Whether a group may have no row: there is no key, or a grouping set without any.
    pub(crate) may_be_empty: bool,
    /// What is not understood may leave anything out.
    is_unknown: bool,
}

/// A key of GROUP BY.
struct GroupKey<'a> {
    reference: u32,
    expression: Node<'a>,
    // On 18, its number.
    number: Option<Variable>,
}

impl<'a> Analysis<'a> {
    /// What the grouping of a query leaves out.
    pub(crate) fn grouping(&self, query: Query<'a>) -> Grouping {
        let mut grouping = Grouping {
            may_be_empty: query.0.is_null("groupClause"),
            ..Grouping::default()
        };
        if query.0.is_null("groupingSets") || !self.rules.apply(Rule::GroupingSet) {
            return grouping;
        }
        let sets = query.0.list("groupingSets");
        grouping.may_be_empty |= sets.nodes().all(|set| has_empty_set(set, 0));
        let Some(keys) = keys(query) else {
            grouping.is_unknown = true;
            return grouping;
        };
        let always: BTreeSet<u32> = sets.nodes().flat_map(|set| common(set, 0)).collect();
        let same = |left: &GroupKey<'a>, right: &GroupKey<'a>| {
            left.expression.index() == right.expression.index()
                || matches!((self.keys.of(left.expression), self.keys.of(right.expression)),
                    (Some(left), Some(right)) if left == right)
        };
        // The same expression listed twice is one key.
        let left_out = |key: &&GroupKey<'a>| {
            let mut alike = keys.iter().filter(|other| same(key, other));
            alike.any(|other| !always.contains(&other.reference))
        };
        let mut is_any_left_out = false;
        grouping.has_expressions = keys
            .iter()
            .any(|key| key.number.is_none() && plain(query, key.expression).is_none());
        for key in keys.iter().filter(left_out) {
            is_any_left_out = true;
            grouping.numbers.extend(key.number);
            let columns = columns(query, key.expression);
            match plain(query, key.expression) {
                Some(column) => drop(grouping.left_out.insert(column)),
                None if columns.is_empty() => grouping.has_constant_key = true,
                None => grouping.folded.extend(columns),
            }
        }
        let has_entry = keys.iter().any(|key| key.number.is_some());
        grouping.only_tables = is_any_left_out && !has_entry && self.rules.apply(Rule::PulledUpKey);
        if !self.rules.apply(Rule::FoldedKey) {
            grouping.folded.clear();
            grouping.has_constant_key = false;
        }
        grouping
    }

    /// Whether an expression above the grouping of a query may be taken for a key that is left out, or holds one that no
    /// NULL of a column shows.
    pub(crate) fn may_be_key(&self, query: Query<'a>, grouping: &Grouping, node: Node<'a>) -> bool {
        if grouping.is_unknown {
            return true;
        }
        let is_leaf = matches!(node.label(), "AGGREF" | "GROUPINGFUNC" | "VAR");
        if grouping.has_constant_key && !is_leaf {
            return true;
        }
        if grouping.folded.is_empty() && !grouping.only_tables {
            return false;
        }
        let columns = columns(query, node);
        // A key may have no column any more once it is computed.
        let is_computed = !is_leaf && node.label() != "CONST" && columns.is_empty();
        (is_computed && !grouping.folded.is_empty())
            || columns
                .iter()
                .any(|column| is_doubtful(query, grouping, *column))
    }

    /// The same of a column that an inner query refers to.
    pub(crate) fn may_be_key_column(
        &self,
        query: Query<'a>,
        grouping: &Grouping,
        variable: Variable,
    ) -> bool {
        match query.entry(variable.0) {
            _ if grouping.is_unknown => true,
            Some(Entry::Join(join)) if variable.1 > 0 => {
                alias(join, variable.1).is_none_or(|alias| self.may_be_key(query, grouping, alias))
            }
            Some(Entry::Group(keys)) => {
                group_key(keys, variable.1).is_none_or(|key| self.may_be_key(query, grouping, key))
            }
            _ => is_doubtful(query, grouping, variable),
        }
    }
}

fn is_doubtful(query: Query<'_>, grouping: &Grouping, column: Variable) -> bool {
    let is_table = matches!(query.entry(column.0), Some(Entry::Relation { .. }));
    grouping.folded.contains(&column) || (grouping.only_tables && !is_table)
}

/// The keys of GROUP BY; `None` if one is not understood.
fn keys(query: Query<'_>) -> Option<Vec<GroupKey<'_>>> {
    let mut keys = Vec::new();
    for clause in query.0.list("groupClause").nodes() {
        let reference: u32 = clause.number("tleSortGroupRef")?;
        let mut entries = query.0.list("targetList").nodes();
        let entry = entries.find(|entry| entry.number("ressortgroupref") == Some(reference))?;
        let mut expression = entry.node("expr")?;
        let mut number = None;
        if let Some(column) = Reference::read(expression).filter(|column| column.levels_up == 0)
            && let Some(Entry::Group(list)) = query.entry(column.entry)
        {
            number = Some((column.entry, column.attribute));
            expression = group_key(list, column.attribute)?;
        }
        keys.push(GroupKey {
            reference,
            expression,
            number,
        });
    }
    Some(keys)
}

/// The column of a table or subquery that an expression is, joins looked through.
fn plain(query: Query<'_>, expression: Node<'_>) -> Option<Variable> {
    let mut node = expression;
    // Joins are not nested deeper than statements.
    for _ in 0..1000 {
        let column = Reference::read(node).filter(|column| column.levels_up == 0)?;
        match query.entry(column.entry)? {
            Entry::Join(join) if column.attribute > 0 => {
                node = alias(join, column.attribute)?;
            }
            _ => return Some((column.entry, column.attribute)),
        }
    }
    None
}

/// The columns of the own query that an expression uses, aggregates aside, joins looked through.
fn columns(query: Query<'_>, expression: Node<'_>) -> BTreeSet<Variable> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(expression, 0)];
    while let Some((node, levels)) = waiting.pop() {
        if !seen.insert(node.index()) {
            continue;
        }
        if let Some(column) = Reference::read(node) {
            if column.levels_up != levels {
                continue;
            }
            match query.entry(column.entry) {
                Some(Entry::Join(join)) if column.attribute > 0 => {
                    waiting.extend(alias(join, column.attribute).map(|alias| (alias, 0)));
                }
                Some(Entry::Group(keys)) => {
                    waiting.extend(group_key(keys, column.attribute).map(|key| (key, 0)));
                }
                _ => drop(found.insert((column.entry, column.attribute))),
            }
            continue;
        }
        if node.label() == "AGGREF" && node.number("agglevelsup") == Some(levels) {
            continue;
        }
        let levels = levels + usize::from(node.label() == "QUERY");
        waiting.extend(children(node).into_iter().map(|child| (child, levels)));
    }
    found
}

/// The numbers of the keys that are in every set of an item of GROUP BY.
///
/// The sets are the product of what GROUP BY lists: a key of every set of one item is in all.
fn common(set: Node<'_>, depth: usize) -> Vec<u32> {
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

const SIMPLE: u8 = 1;
const SETS: u8 = 4;

/// Whether one of the sets of an item of GROUP BY has no key.
fn has_empty_set(set: Node<'_>, depth: usize) -> bool {
    match set.number::<u8>("kind") {
        Some(SIMPLE) => set.list("content").len() == 0,
        Some(SETS) if depth < 16 => {
            let mut sets = set.list("content").nodes();
            sets.any(|inner| has_empty_set(inner, depth + 1))
        }
        _ => true,
    }
}
