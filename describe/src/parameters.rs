//! Which parameters may be NULL: those of which NULL can be meant, and none that is assigned to a column that refuses it.

mod meant;
mod meets;

use std::collections::HashSet;

use crate::analyzed::{Command, Entry, Query, Reference, queries};
use crate::catalog::Catalog;
use crate::tree::{Node, Tree};

pub(crate) use meets::meets;

/// A column of a relation.
type Column = (u32, i16);

/// For each of `count` parameters, whether it may be NULL.
pub(crate) fn nullable<'a>(tree: &'a Tree<'a>, catalog: &Catalog, count: usize) -> Vec<bool> {
    let meant = meant::meant(tree, catalog);
    let accepts = |(relation, attribute): &Column| catalog.accepts_null(*relation, *attribute);
    let columns = assigned(tree, count).into_iter().enumerate();
    columns
        .map(|(parameter, columns)| {
            let is_meant = !columns.is_empty() || meant.contains(&parameter);
            is_meant && columns.iter().all(accepts)
        })
        .collect()
}

/// For each of `count` parameters, the columns it is assigned to.
fn assigned<'a>(tree: &'a Tree<'a>, count: usize) -> Vec<Vec<Column>> {
    let mut assignments = Assignments {
        assigned: vec![Vec::new(); count],
        seen: HashSet::new(),
    };
    for query in queries(tree) {
        assignments.of(query);
    }
    assignments.assigned
}

struct Assignments {
    // By parameter, the first one first.
    assigned: Vec<Vec<Column>>,
    // Expressions that were followed already, by what they are assigned to.
    seen: HashSet<(usize, Column)>,
}

impl Assignments {
    fn of(&mut self, query: Query<'_>) {
        let Some(relation) = query.target_relation() else {
            return;
        };
        if matches!(query.command(), Some(Command::Insert | Command::Update)) {
            self.targets(query, query.0, "targetList", relation);
        }
        if let Some(conflict) = query.0.node("onConflict") {
            self.targets(query, conflict, "onConflictSet", relation);
        }
        for action in query.0.list("mergeActionList").nodes() {
            self.targets(query, action, "targetList", relation);
        }
    }

    fn targets<'a>(&mut self, query: Query<'a>, owner: Node<'a>, list: &str, relation: u32) {
        for target in owner
            .list(list)
            .nodes()
            .filter(|target| target.flag("resjunk") == Some(false))
        {
            if let (Some(expression), Some(attribute)) =
                (target.node("expr"), target.number("resno"))
            {
                self.follow(query, expression, (relation, attribute));
            }
        }
    }

    /// Follows an expression to the parameters that it hands on unchanged, but for casts.
    fn follow<'a>(&mut self, query: Query<'a>, expression: Node<'a>, column: Column) {
        let mut waiting = vec![(query, expression)];
        while let Some((query, expression)) = waiting.pop() {
            if !self.seen.insert((expression.index(), column)) {
                continue;
            }
            let value = uncast(expression);
            match value.label() {
                "PARAM" => self.parameter(value, column),
                "VAR" => waiting.extend(
                    Reference::read(value)
                        .map(|it| sources(query, it))
                        .unwrap_or_default(),
                ),
                _ => {}
            }
        }
    }

    fn parameter(&mut self, node: Node<'_>, column: Column) {
        let index = number(node);
        if let Some(columns) = index.and_then(|index| self.assigned.get_mut(index)) {
            columns.push(column);
        }
    }
}

/// Which parameter of the statement an expression is, from 0.
fn number(node: Node<'_>) -> Option<usize> {
    // Kind 0 is a parameter of the statement; the others belong to subqueries.
    if node.label() != "PARAM" || node.number::<u8>("paramkind") != Some(0) {
        return None;
    }
    node.number::<usize>("paramid")?.checked_sub(1)
}

/// The expressions that a reference stands for, each with its query.
fn sources<'a>(query: Query<'a>, reference: Reference<'a>) -> Vec<(Query<'a>, Node<'a>)> {
    let at = usize::try_from(reference.attribute)
        .ok()
        .and_then(|number| number.checked_sub(1));
    let home = query.outward(reference.levels_up);
    let (Some(at), Some(home)) = (at, home) else {
        return Vec::new();
    };
    match home.entry(reference.entry) {
        Some(Entry::Values(values)) => {
            let rows = values.list("values_lists");
            (0..rows.len())
                .filter_map(|row| Some((home, rows.list(row)?.node(at)?)))
                .collect()
        }
        Some(Entry::Subquery(subquery)) => outputs(subquery, at),
        Some(Entry::Cte(cte)) => home
            .cte(cte)
            .map(|query| outputs(query, at))
            .unwrap_or_default(),
        Some(Entry::Join(join)) => join
            .list("joinaliasvars")
            .node(at)
            .map(|expression| (home, expression))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// The expressions of a query's column: one, or one of each branch of a set operation.
fn outputs<'a>(query: Query<'a>, at: usize) -> Vec<(Query<'a>, Node<'a>)> {
    let mut found = Vec::new();
    let mut waiting = vec![query];
    while let Some(query) = waiting.pop() {
        match query.0.node("setOperations") {
            Some(operation) => branches(query, operation, &mut waiting),
            None => {
                let expression = query.output().nth(at).and_then(|entry| entry.node("expr"));
                found.extend(expression.map(|expression| (query, expression)));
            }
        }
    }
    found
}

fn branches<'a>(query: Query<'a>, operation: Node<'a>, found: &mut Vec<Query<'a>>) {
    let mut waiting = vec![operation];
    while let Some(node) = waiting.pop() {
        waiting.extend(node.node("larg"));
        waiting.extend(node.node("rarg"));
        if let Some(Entry::Subquery(branch)) =
            node.number("rtindex").and_then(|index| query.entry(index))
        {
            found.push(branch);
        }
    }
}

/// What stands below the casts of an expression.
pub(crate) fn uncast(expression: Node<'_>) -> Node<'_> {
    const EXPLICIT_CAST: u8 = 1;
    const IMPLICIT_CAST: u8 = 2;
    let mut node = expression;
    loop {
        let below = match node.label() {
            "RELABELTYPE" | "COERCEVIAIO" | "COERCETODOMAIN" | "ARRAYCOERCEEXPR"
            | "COLLATEEXPR" => node.node("arg"),
            "FUNCEXPR" => match node.number::<u8>("funcformat") {
                Some(EXPLICIT_CAST | IMPLICIT_CAST) => node.list("args").node(0),
                _ => None,
            },
            _ => None,
        };
        match below {
            Some(below) => node = below,
            None => return node,
        }
    }
}
