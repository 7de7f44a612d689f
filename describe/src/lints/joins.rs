//! Joins that make more rows than meant: sums over multiplied rows, and tables that nothing connects.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyzed::{Command, Entry, JoinKind, Query};
use crate::cardinality::{column, entries_below};
use crate::tree::Node;

use super::{Work, conditions, reads_tables, references};

impl<'a> Work<'a, '_> {
    pub(super) fn joins(&mut self) {
        for query in self.queries.clone() {
            self.multiplied_aggregates(query);
            self.disconnected_join(query);
        }
    }

    fn multiplied_aggregates(&mut self, query: Query<'a>) {
        let tree = query.0.node("jointree");
        let entries = tree.map(entries_below).unwrap_or_default();
        let is_plain = entries.len() > 1
            && query.command() == Some(Command::Select)
            && query.0.is_null("groupingSets")
            && entries
                .iter()
                .all(|entry| self.is_understood(query, *entry));
        let aggregates = query.0.within().filter(|node| {
            let around = node.enclosing_query();
            node.label() == "AGGREF" && around.is_some_and(|it| it.index() == query.0.index())
        });
        let aggregates: Vec<Node<'a>> = aggregates.filter(|_| is_plain).collect();
        for aggregate in aggregates {
            let Some((name, entry)) = self.summed(query, aggregate) else {
                continue;
            };
            let others = self.rows.borrow_mut().multiplied_by(query, entry);
            if let Some(other) = others {
                let (relation, other) = (self.relation(query, entry), self.relation(query, other));
                self.say(
                    "multiplied_aggregate",
                    format!(
                        "{name} counts a row of {relation} once for each row of {other} that it is joined with; aggregate before the join, or ask with EXISTS"
                    ),
                );
            }
        }
    }

    /// The name of an aggregate that counts every row, and the only table that it speaks of.
    fn summed(&self, query: Query<'a>, aggregate: Node<'a>) -> Option<(&'static str, usize)> {
        let function = self.of.catalog.function(aggregate.oid("aggfnoid")?)?;
        let is_plain = function.built_in
            && aggregate.is_null("aggdistinct")
            && aggregate.flag("aggstar") == Some(false)
            && aggregate.number("agglevelsup") == Some(0);
        let name = ["sum", "avg", "count"].into_iter().find(|name| {
            let rest = function.signature.strip_prefix(name);
            is_plain && rest.is_some_and(|rest| rest.starts_with('('))
        })?;
        let mut entries = BTreeSet::new();
        for argument in aggregate.list("args").nodes() {
            for reference in references(query, argument) {
                entries.insert(column(query, reference)?.0);
            }
        }
        let mut entries = entries.into_iter();
        let entry = entries.next().filter(|_| entries.next().is_none())?;
        let is_table = matches!(query.entry(entry), Some(Entry::Relation { .. }));
        is_table.then_some((name, entry))
    }

    /// Whether what is known of the rows of an entry is all that there is to know.
    pub(super) fn is_understood(&self, query: Query<'a>, entry: usize) -> bool {
        match query.entry(entry) {
            Some(Entry::Relation { relation, .. }) => {
                let catalog = self.of.catalog;
                catalog.is_table(relation) && !catalog.keys().has_special_indexes(relation)
            }
            _ => self.rows.borrow_mut().is_single(query, entry),
        }
    }

    fn disconnected_join(&mut self, query: Query<'a>) {
        let is_one_of = |command| query.command() == Some(command);
        let is_understood = [Command::Select, Command::Update, Command::Delete]
            .into_iter()
            .any(is_one_of);
        let Some(tree) = query.0.node("jointree").filter(|_| is_understood) else {
            return;
        };
        let entries = entries_below(tree);
        if entries.len() < 2 {
            return;
        }
        let mut groups = Groups::default();
        connect_joins(query, tree, &mut groups);
        for condition in conditions(query) {
            connect_condition(query, condition, &mut groups);
        }
        let tables: Vec<usize> = entries
            .into_iter()
            .filter(|entry| self.is_many(query, *entry))
            .collect();
        let Some((first, others)) = tables.split_first() else {
            return;
        };
        let root = groups.root(Place::Entry(*first));
        let other = others
            .iter()
            .find(|entry| groups.root(Place::Entry(**entry)) != root);
        if let Some(other) = other {
            let (first, other) = (self.relation(query, *first), self.relation(query, *other));
            self.say(
                "disconnected_join",
                format!(
                    "no condition connects {first} with {other}, so that every row of one is combined with every row of the other; add the condition, or write CROSS JOIN if that is meant"
                ),
            );
        }
    }

    /// Whether an entry is a table, or a query over tables, of which more than one row may be joined.
    fn is_many(&self, query: Query<'a>, entry: usize) -> bool {
        let is_stored = match query.entry(entry) {
            Some(Entry::Relation { .. }) => true,
            Some(Entry::Cte(node)) => query.cte(node).is_some_and(|inner| reads_tables(inner.0)),
            Some(Entry::Subquery(inner)) => {
                let node = entry.checked_sub(1);
                let node = node.and_then(|at| query.0.list("rtable").node(at));
                let is_lateral = node.is_none_or(|node| node.flag("lateral") != Some(false));
                !is_lateral && reads_tables(inner.0)
            }
            _ => false,
        };
        is_stored && !self.rows.borrow_mut().is_single(query, entry)
    }
}

/// Something that conditions connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Entry(usize),
    Parameter(usize),
}

/// What is connected with what: each place leads to one of its group.
#[derive(Debug, Default)]
struct Groups(BTreeMap<Place, Place>);

impl Groups {
    fn root(&self, place: Place) -> Place {
        let mut root = place;
        while let Some(next) = self.0.get(&root) {
            root = *next;
        }
        root
    }

    fn connect(&mut self, places: impl IntoIterator<Item = Place>) {
        let mut places = places.into_iter();
        let Some(first) = places.next() else {
            return;
        };
        for place in places {
            let (one, other) = (self.root(first), self.root(place));
            if one != other {
                self.0.insert(other, one);
            }
        }
    }
}

/// Every join but one ON TRUE says what it connects; CROSS JOIN says that nothing is meant to.
fn connect_joins<'a>(query: Query<'a>, tree: Node<'a>, groups: &mut Groups) {
    let joins = tree.within().filter(|node| {
        let around = node.enclosing_query();
        node.label() == "JOINEXPR" && around.is_some_and(|it| it.index() == query.0.index())
    });
    for join in joins {
        let is_inner = JoinKind::read(join) == Some(JoinKind::Inner);
        let is_true = join
            .node("quals")
            .is_some_and(|condition| condition.label() == "CONST");
        if !(is_inner && is_true) {
            groups.connect(entries_below(join).into_iter().map(Place::Entry));
        }
    }
}

fn connect_condition<'a>(query: Query<'a>, condition: Node<'a>, groups: &mut Groups) {
    let mut places = Vec::new();
    let mut waiting = vec![condition];
    // Columns of joins stand for others, which are few.
    let mut left = 1_000_usize;
    while let (Some(part), Some(rest)) = (waiting.pop(), left.checked_sub(1)) {
        left = rest;
        for node in references(query, part) {
            let entry: Option<usize> = node.number("varno");
            match entry.and_then(|entry| Some((entry, query.entry(entry)?))) {
                Some((_, Entry::Join(join))) => {
                    let at: Option<usize> = node.number("varattno");
                    let at = at.and_then(|number| number.checked_sub(1));
                    waiting.extend(at.and_then(|at| join.list("joinaliasvars").node(at)));
                }
                Some((entry, _)) => places.push(Place::Entry(entry)),
                None => {}
            }
        }
    }
    // Tables that are held at the same value are connected by it.
    let parameters = condition
        .within()
        .filter(|node| node.label() == "PARAM" && node.number::<u8>("paramkind") == Some(0));
    places.extend(
        parameters
            .filter_map(|node| node.number("paramid"))
            .map(Place::Parameter),
    );
    groups.connect(places);
}
