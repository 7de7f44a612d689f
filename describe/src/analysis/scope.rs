//! What is known of the rows of one query, wherever it stands: its conditions, its outer joins, its groups.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::analysis::Analysis;
use crate::analysis::facts::Truth;
use crate::analysis::grouping::Grouping;
use crate::analysis::key::Facts;
use crate::analysis::rule::Rule;
use crate::analyzed::{Command, Entry, JoinKind, Joins, Nulling, Query, Side};
use crate::tree::Node;

/// A query, and what its conditions say.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) query: Query<'a>,
    pub(crate) joins: Joins<'a>,
    /// What is not NULL in the rows that WHERE lets through.
    pub(crate) facts: Facts,
    /// The sides of outer joins that are known to be there.
    pub(crate) cancelled: BTreeSet<Nulling>,
    /// What is not NULL in the groups that HAVING lets through.
    pub(crate) of_groups: Facts,
    /// Whether rows are put into groups.
    pub(crate) is_grouped: bool,
    pub(crate) grouping: Grouping,
    /// How many functions of the target list return sets.
    pub(crate) sets: usize,
}

impl<'a> Analysis<'a> {
    /// What is known of the rows of a query.
    pub(crate) fn scope(&self, query: Query<'a>) -> Rc<Scope<'a>> {
        let index = query.0.index();
        if let Some(known) = self.scopes.borrow().get(&index) {
            return Rc::clone(known);
        }
        let scope = Rc::new(self.looked_through(query));
        self.scopes.borrow_mut().insert(index, Rc::clone(&scope));
        scope
    }

    fn looked_through(&self, query: Query<'a>) -> Scope<'a> {
        let is_grouped = query.0.flag("hasAggs") != Some(false)
            || ["groupClause", "groupingSets", "havingQual"]
                .into_iter()
                .any(|field| !query.0.is_null(field));
        let mut scope = Scope {
            query,
            joins: Joins::of(query),
            facts: Facts::new(),
            cancelled: BTreeSet::new(),
            of_groups: Facts::new(),
            is_grouped,
            grouping: Grouping::default(),
            sets: sets(query),
        };
        // The conditions of MERGE only tell which rows match.
        if query.command() != Some(Command::Merge) {
            self.follow_conditions(&mut scope);
        }
        if is_grouped {
            scope.grouping = self.grouping(query);
        }
        if let Some(having) = query
            .0
            .node("havingQual")
            .filter(|_| self.rules.apply(Rule::Having))
        {
            scope.of_groups = self.facts(query, having, Truth::True);
            if query.0.is_null("groupingSets") {
                // What is the same in all rows of a group is not NULL in any of them.
                let of_rows = scope.of_groups.iter().copied();
                let of_rows = of_rows.filter(|key| self.keys.as_variable(*key).is_some());
                scope.facts.extend(of_rows.collect::<Vec<_>>());
                self.follow_conditions(&mut scope);
            }
        }
        scope
    }

    /// Takes up conditions whose sides are there, and cancels sides that facts speak of, until nothing is new.
    fn follow_conditions(&self, scope: &mut Scope<'a>) {
        let mut waiting = scope.joins.conditions().to_vec();
        scope.cancelled.extend(self.always_matched(scope));
        loop {
            let known = scope.facts.len();
            let sides = scope.cancelled.len();
            let before = waiting.len();
            waiting.retain(|condition| {
                let is_true = condition
                    .needs
                    .iter()
                    .all(|side| scope.cancelled.contains(side));
                if is_true {
                    scope
                        .facts
                        .extend(self.facts(scope.query, condition.node, Truth::True));
                }
                !is_true
            });
            if self.rules.apply(Rule::CancelledJoin) {
                let there = self.sides_of(scope, &scope.facts);
                scope.cancelled.extend(there);
            }
            let now = (scope.facts.len(), scope.cancelled.len(), waiting.len());
            if now == (known, sides, before) || !self.spend() {
                return;
            }
        }
    }

    /// The sides of outer joins that are there, because a column of them is not NULL.
    pub(crate) fn sides_of(&self, scope: &Scope<'a>, facts: &Facts) -> Vec<Nulling> {
        let entries: BTreeSet<usize> = facts
            .iter()
            .filter_map(|key| self.keys.as_variable(*key))
            .map(|(entry, _)| entry)
            .collect();
        let chains = entries
            .into_iter()
            .filter_map(|entry| scope.joins.nulling(entry));
        chains.flatten().map(|(side, _)| side).collect()
    }

    /// The sides of joins ON true that have a row in any case.
    fn always_matched(&self, scope: &Scope<'a>) -> Vec<Nulling> {
        let mut found = Vec::new();
        if !self.rules.apply(Rule::AlwaysMatched) {
            return found;
        }
        for join in scope.joins.outer() {
            let is_true = join
                .node("quals")
                .and_then(crate::analysis::constant::truth)
                == Some(true);
            let (Some(kind), Some(number)) = (JoinKind::read(*join), join.number("rtindex")) else {
                continue;
            };
            let nullable: &[(Side, &str)] = match kind {
                JoinKind::Left => &[(Side::Right, "rarg")],
                JoinKind::Right => &[(Side::Left, "larg")],
                JoinKind::Full => &[(Side::Left, "larg"), (Side::Right, "rarg")],
                JoinKind::Inner => &[],
            };
            for (side, field) in nullable {
                let item = join.node(field).filter(|_| is_true);
                if item.is_some_and(|item| self.has_a_row(scope.query, item)) {
                    let side = *side;
                    found.push(Nulling { join: number, side });
                }
            }
        }
        found
    }

    /// Whether an item of FROM has one row or more, whatever the rows around it.
    fn has_a_row(&self, query: Query<'a>, item: Node<'a>) -> bool {
        let entry = item
            .number("rtindex")
            .filter(|_| item.label() == "RANGETBLREF");
        match entry.and_then(|entry| query.entry(entry)) {
            Some(Entry::Subquery(subquery)) => self.rows(subquery).lo > 0,
            Some(Entry::Cte(node)) => query
                .cte(node)
                .is_some_and(|subquery| self.rows(subquery).lo > 0),
            _ => false,
        }
    }
}

/// The functions of a target list that return sets.
fn sets(query: Query<'_>) -> usize {
    if query.0.flag("hasTargetSRFs") == Some(false) {
        return 0;
    }
    let mut waiting: Vec<Node<'_>> = query.0.list("targetList").nodes().collect();
    // On 18 the keys of GROUP BY do not stand there any more.
    for entry in query.0.list("rtable").nodes() {
        waiting.extend(entry.list("groupexprs").nodes());
    }
    let mut count = 0;
    while let Some(node) = waiting.pop() {
        if node.label() == "QUERY" {
            continue;
        }
        let returns_set = ["funcretset", "opretset"]
            .into_iter()
            .any(|field| node.flag(field) == Some(true));
        count += usize::from(returns_set);
        waiting.extend(children(node));
    }
    count
}

/// The nodes that stand directly inside of a node.
pub(crate) fn children<'a>(node: Node<'a>) -> Vec<Node<'a>> {
    use crate::tree::Content;
    let mut found = Vec::new();
    let mut lists = Vec::new();
    for (_, content) in node.fields() {
        match content {
            Content::Node(node) => found.push(node),
            Content::List(list) => lists.push(list),
            _ => {}
        }
    }
    while let Some(list) = lists.pop() {
        for content in list.contents() {
            match content {
                Content::Node(node) => found.push(node),
                Content::List(list) => lists.push(list),
                _ => {}
            }
        }
    }
    found
}
