//! What a statement that is right may still do otherwise than meant: each finding has a name, and can be switched off.
//!
//! Where nothing is known, nothing is said. What stands in views and in policies of row security is not the statement's.

mod arguments;
mod comparisons;
mod joins;
mod order;
mod predicates;
mod shapes;

use std::cell::RefCell;
use std::ops::Range;

use hathi_query_cache::{Lint, Template};

use crate::analysis::{Analysis, Column, Rules};
use crate::analyzed::{Entry, Joins, Query, Reference, queries};
use crate::cardinality::{Rows, conjuncts, owner};
use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

/// What the lints of a statement are found by.
#[derive(Debug)]
pub(crate) struct Linted<'a, 'p> {
    pub(crate) tree: &'a Tree<'a>,
    pub(crate) statement: Query<'a>,
    pub(crate) template: &'p Template,
    pub(crate) catalog: &'a Catalog,
    pub(crate) rules: Rules,
    pub(crate) analysis: &'p Analysis<'a>,
    /// What is proven of the columns, in their order.
    pub(crate) columns: &'p [Column],
    /// The names of the columns with their marks.
    pub(crate) names: &'p [&'p str],
    /// For each parameter, `$1` first, whether it may be NULL.
    pub(crate) nullable: &'p [bool],
}

/// The work on one statement.
struct Work<'a, 'p> {
    of: &'p Linted<'a, 'p>,
    /// The queries that are written in the statement.
    queries: Vec<Query<'a>>,
    /// The nodes that nobody has written there.
    hidden: Vec<Range<usize>>,
    rows: RefCell<Rows<'a>>,
    found: Vec<Lint>,
}

impl Linted<'_, '_> {
    /// All findings, each said once.
    pub(crate) fn lints(&self) -> Vec<Lint> {
        let hidden = hidden(self.tree);
        let is_written =
            |query: &Query<'_>| !hidden.iter().any(|range| range.contains(&query.0.index()));
        let mut work = Work {
            of: self,
            queries: queries(self.tree).filter(is_written).collect(),
            hidden,
            rows: RefCell::new(Rows::new(self.catalog, self.rules)),
            found: Vec::new(),
        };
        work.shapes();
        work.comparisons();
        work.arguments();
        work.predicates();
        work.joins();
        work.order();
        work.found
    }
}

impl<'a> Work<'a, '_> {
    fn say(&mut self, name: &str, message: String) {
        let lint = Lint {
            name: name.to_owned(),
            message,
        };
        if !self.found.contains(&lint) {
            self.found.push(lint);
        }
    }

    /// How the statement calls the relation of an entry.
    fn relation(&self, query: Query<'a>, entry: usize) -> &'a str {
        match query.entry(entry) {
            Some(Entry::Relation { relation, .. }) => self.of.catalog.name(relation),
            _ => "a subquery",
        }
    }
}

/// The nodes of views, and of the policies and checks that the server adds to a statement.
fn hidden(tree: &Tree<'_>) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for node in tree.nodes() {
        match node.label() {
            "RANGETBLENTRY" => {
                let view = node
                    .node("subquery")
                    .filter(|subquery| node.oid("relid").is_some() || is_rule_of_view(*subquery));
                hidden.extend(view.and_then(below));
                hidden.extend(node.list("securityQuals").nodes().filter_map(below));
            }
            "WITHCHECKOPTION" => hidden.extend(below(node)),
            _ => {}
        }
    }
    hidden
}

/// A node and all below it.
fn below(node: Node<'_>) -> Option<Range<usize>> {
    let last = node.within().last()?;
    Some(node.index()..last.index() + 1)
}

/// Before 16 a view's range table has two entries of the view itself, for rules that nobody writes.
fn is_rule_of_view(subquery: Node<'_>) -> bool {
    let first = subquery.list("rtable").node(0);
    first.is_some_and(|entry| entry.text("relkind").as_deref() == Some("v"))
}

/// The conditions of WHERE and of all ONs, one by one.
fn conditions(query: Query<'_>) -> Vec<Node<'_>> {
    let joins = Joins::of(query);
    let conditions = joins.conditions().iter();
    conditions
        .flat_map(|condition| conjuncts(Some(condition.node)))
        .collect()
}

/// The references in an expression to rows of a query's FROM.
fn references<'a>(query: Query<'a>, expression: Node<'a>) -> impl Iterator<Item = Node<'a>> {
    expression.within().filter(move |node| {
        let reference = Reference::read(*node).and_then(owner);
        reference.is_some_and(|owner| owner.0.index() == query.0.index())
    })
}

/// Whether stored rows are read in a query or below: functions and VALUES are written out, in an order of their own.
fn reads_tables(query: Node<'_>) -> bool {
    let mut entries = query
        .within()
        .filter(|node| node.label() == "RANGETBLENTRY");
    entries.any(|entry| entry.number("rtekind") == Some(0_u8))
}

/// The operands of a comparison that is NULL where one of them is.
fn strict_operands<'a>(catalog: &Catalog, node: Node<'a>) -> Option<[Node<'a>; 2]> {
    const BOOL: u32 = 16;
    let operator = catalog.keys().operator(node.oid("opno")?)?;
    let is_comparison =
        node.label() == "OPEXPR" && node.oid("opresulttype") == Some(BOOL) && operator.is_strict;
    let args = node.list("args");
    (is_comparison && args.len() == 2)
        .then(|| Some([args.node(0)?, args.node(1)?]))
        .flatten()
}
