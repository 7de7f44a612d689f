//! Columns of the entries of FROM: what they show, and which outer joins may null them.

use std::rc::Rc;

use crate::analysis::context::{Context, Frame, Phase};
use crate::analysis::facts::group_key;
use crate::analysis::key::{Key, Variable, alias, is_full};
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, Column};
use crate::analyzed::{Command, Entry, JoinKind, Reference, RowVersion};
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// What is known of a column that is referred to; `None` if the expression is no reference.
    pub(super) fn referenced(&self, expression: Node<'a>, context: &Context<'a>) -> Option<Column> {
        if expression.label() != "VAR" {
            return None;
        }
        let Some(reference) = Reference::read(expression) else {
            return Some(Column::unknown());
        };
        let Some(home) = context.outward(reference.levels_up) else {
            return Some(Column::unknown());
        };
        if reference.levels_up > 0 {
            // To the queries on the way it is a value like any other, and may be a key of theirs.
            let mut between = (0..reference.levels_up).map(|level| context.outward(level));
            let is_key = between.any(|around| {
                around.is_none_or(|around| {
                    around.phase == Phase::Groups && around.frame.scope.grouping.has_constant_key
                })
            });
            if is_key {
                return Some(Column::doubted(Doubt::GroupingSet));
            }
            let scope = &home.frame.scope;
            let variable = (reference.entry, reference.attribute);
            if home.phase == Phase::Groups
                && self.may_be_key_column(scope.query, &scope.grouping, variable)
            {
                return Some(Column::doubted(Doubt::GroupingSet));
            }
        }
        Some(self.nested(Column::unknown(), || self.own(reference, &home)))
    }

    /// A column of the query that `context` stands in.
    fn own(&self, reference: Reference<'a>, context: &Context<'a>) -> Column {
        let query = context.frame.scope.query;
        let Some(entry) = query.entry(reference.entry) else {
            return Column::unknown();
        };
        if let Entry::Group(keys) = entry {
            return self.group_column(keys, reference, context);
        }
        if context.phase == Phase::Returning && query.target() == Some(reference.entry) {
            return self.returned(entry, reference, context);
        }
        if reference.version != RowVersion::Default {
            return Column::doubted(Doubt::AbsentRow);
        }
        if context.phase == Phase::Returning
            && query.command() == Some(Command::Merge)
            && self.may_lack_source(query)
        {
            return Column::doubted(Doubt::AbsentRow);
        }
        let variable = (reference.entry, reference.attribute);
        let left_out = context.phase == Phase::Groups && self.is_left_out(variable, context);
        let key = self.keys.variable(query, variable);
        let mut column = self.entry_column(entry, variable, context);
        // What a condition says of an expression that is a key, it does not say of the columns that it was made of.
        let is_mixed = left_out && context.frame.scope.grouping.has_expressions;
        if !is_mixed && key.is_some_and(|key| self.is_known(key, left_out, context)) {
            column.proof = Ok(());
        } else if left_out {
            column.proof = Err(Doubt::GroupingSet);
        } else {
            // That a join may find no row at all is the better reason of the two.
            column.proof = self.joined(reference, context).and(column.proof);
        }
        column
    }

    /// Whether conditions prove a column; those of WHERE do not where a grouping set may leave it out.
    fn is_known(&self, key: Key, left_out: bool, context: &Context<'a>) -> bool {
        let scope = &context.frame.scope;
        let has_rows = context.phase != Phase::Groups || !scope.grouping.may_be_empty;
        context.guards.contains(&key)
            || (has_rows && !left_out && scope.facts.contains(&key))
            || (context.phase == Phase::Groups && scope.of_groups.contains(&key))
    }

    fn is_left_out(&self, variable: Variable, context: &Context<'a>) -> bool {
        let scope = &context.frame.scope;
        let mut variable = variable;
        // Joins are not nested deeper than statements.
        for _ in 0..1000 {
            let Some(Entry::Join(join)) = scope.query.entry(variable.0) else {
                break;
            };
            match alias(join, variable.1).and_then(Reference::read) {
                Some(inner) if inner.levels_up == 0 => variable = (inner.entry, inner.attribute),
                _ => break,
            }
        }
        scope.grouping.left_out.contains(&variable)
    }

    /// That no outer join leaves the referenced entry without a row.
    ///
    /// The join tree says it on every version, and 16 and later say it at the reference, too: either is believed.
    fn joined(&self, reference: Reference<'a>, context: &Context<'a>) -> Proof {
        let scope = &context.frame.scope;
        if !self.rules.apply(Rule::OuterJoin) {
            return Ok(());
        }
        let Some(nulling) = scope.joins.nulling(reference.entry) else {
            // The source of MERGE is joined when it is planned.
            let is_merged = scope.query.command() == Some(Command::Merge);
            return if is_merged {
                Ok(())
            } else {
                Err(Doubt::Unknown)
            };
        };
        let guarded = if context.guards.is_empty() {
            Vec::new()
        } else {
            self.sides_of(scope, &context.guards)
        };
        let mut around = Vec::new();
        for (side, kind) in nulling {
            around.push(side.join);
            let is_there = scope.cancelled.contains(&side) || guarded.contains(&side);
            if !is_there && !context.merged.contains(&side.join) {
                return Err(Doubt::OuterJoin {
                    kind,
                    entry: scope
                        .query
                        .0
                        .list("rtable")
                        .node(reference.entry - 1)
                        .map(|entry| entry.index()),
                });
            }
        }
        if reference.nulling().all(|join| around.contains(&join)) {
            Ok(())
        } else {
            Err(Doubt::OuterJoin {
                kind: JoinKind::Left,
                entry: None,
            })
        }
    }

    fn entry_column(&self, entry: Entry<'a>, variable: Variable, context: &Context<'a>) -> Column {
        if let Entry::Join(join) = entry {
            return self.join_column(join, variable, context);
        }
        let frame = &context.frame;
        if let Some(known) = frame.entries.borrow().get(&variable) {
            return known.clone();
        }
        // A column that is reached again from inside of itself proves nothing.
        frame
            .entries
            .borrow_mut()
            .insert(variable, Column::unknown());
        let column = self.column_of(entry, variable, frame);
        frame.entries.borrow_mut().insert(variable, column.clone());
        column
    }

    /// A column that a join gives another name, or merges from both sides.
    fn join_column(
        &self,
        join: Node<'a>,
        (entry, attribute): Variable,
        context: &Context<'a>,
    ) -> Column {
        let Some(expression) = alias(join, attribute) else {
            return Column::unknown();
        };
        if expression.label() != "COALESCEEXPR" || !is_full(join) {
            return self.value(expression, context);
        }
        // Every row of a FULL JOIN has one of its sides: merged from two proven columns, the merged one is proven.
        let sides = expression.list("args");
        let (Some(left), Some(right), 2) = (sides.node(0), sides.node(1), sides.len()) else {
            return Column::unknown();
        };
        let merged = context.merged.iter().copied().chain([entry]).collect();
        let inside = Context {
            merged,
            ..context.clone()
        };
        let sides = [left, right].map(|side| self.value(side, &inside));
        let both = sides.iter().try_for_each(|side| side.proof);
        let proof = if self.rules.apply(Rule::MergedColumn) {
            both
        } else {
            Err(Doubt::Unknown)
        };
        Column {
            origin: None,
            ty: None,
            proof,
            elements: sides.iter().all(|side| side.elements),
        }
    }

    /// A key of GROUP BY, as 18 refers to it.
    fn group_column(
        &self,
        keys: Node<'a>,
        reference: Reference<'a>,
        context: &Context<'a>,
    ) -> Column {
        let scope = &context.frame.scope;
        let variable = (reference.entry, reference.attribute);
        let Some(expression) = group_key(keys, reference.attribute) else {
            return Column::unknown();
        };
        let below = Context::new(&context.frame, Phase::Rows);
        let mut column = self.value(expression, &below);
        let left_out =
            reference.nulling().next().is_some() || scope.grouping.numbers.contains(&variable);
        if !left_out || !self.rules.apply(Rule::GroupingSet) {
            return column;
        }
        let is_plain = expression.label() == "VAR";
        let key = self.keys.variable(scope.query, variable);
        let is_known = is_plain && key.is_some_and(|key| self.is_known(key, true, context));
        column.proof = if is_known {
            Ok(())
        } else {
            Err(Doubt::GroupingSet)
        };
        column
    }

    /// What a CTE of the query at `levels` outside of a frame is known by.
    pub(super) fn owner_of_cte(
        &self,
        frame: &Rc<Frame<'a>>,
        levels: usize,
    ) -> Option<Rc<Frame<'a>>> {
        let context = Context::new(frame, Phase::Rows);
        context.outward(levels).map(|context| context.frame)
    }
}
