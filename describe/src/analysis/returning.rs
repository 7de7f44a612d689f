//! The rows that a statement has written, as RETURNING shows them.

use crate::analysis::context::{Context, Phase};
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, Column};
use crate::analyzed::{Command, Entry, Query, Reference, RowVersion};
use crate::catalog::Event;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// A column of the relation that the statement writes.
    ///
    /// Constraints hold for the row that is written, whatever BEFORE triggers made of it.
    pub(super) fn returned(
        &self,
        entry: Entry<'a>,
        reference: Reference<'a>,
        context: &Context<'a>,
    ) -> Column {
        let Entry::Relation { node, relation } = entry else {
            return Column::unknown();
        };
        let query = context.frame.scope.query;
        let mut column = self.stored(node, relation, reference.attribute);
        let is_there = is_there(query, reference.version);
        let is_nulled = reference.nulling().next().is_some();
        if (!is_there && self.rules.apply(Rule::AbsentRow)) || is_nulled {
            column.proof = Err(Doubt::AbsentRow);
            return column;
        }
        if column.proof.is_err() && reference.attribute > 0 && self.catalog.is_table(relation) {
            column.proof = self
                .written(relation, reference, context)
                .map_err(|doubt| better(doubt, column.proof));
        }
        column
    }

    /// That the statement itself makes a column not NULL.
    fn written(&self, relation: u32, reference: Reference<'a>, context: &Context<'a>) -> Proof {
        let query = context.frame.scope.query;
        match (query.command(), reference.version) {
            (Some(Command::Delete), _) | (Some(Command::Update), RowVersion::Old) => {
                self.kept(query, reference, context)
            }
            (Some(Command::Update), _) => {
                self.unreplaced(relation, Event::Update)?;
                self.assigned(query, relation, reference.attribute, context)
                    .unwrap_or_else(|| self.kept(query, reference, context))
            }
            (Some(Command::Insert), _) if query.0.is_null("onConflict") || does_nothing(query) => {
                self.unreplaced(relation, Event::Insert)?;
                self.assigned(query, relation, reference.attribute, context)
                    .unwrap_or(Err(Doubt::Unknown))
            }
            _ => Err(Doubt::Unknown),
        }
    }

    /// That the conditions have proven a column as it was.
    fn kept(&self, query: Query<'a>, reference: Reference<'a>, context: &Context<'a>) -> Proof {
        self.if_rule(Rule::KeptColumn)?;
        let key = self
            .keys
            .variable(query, (reference.entry, reference.attribute));
        let facts = &context.frame.scope.facts;
        if key.is_some_and(|key| facts.contains(&key)) {
            Ok(())
        } else {
            Err(Doubt::Unknown)
        }
    }

    /// That what is assigned to a column is never NULL; `None` if nothing is.
    fn assigned(
        &self,
        query: Query<'a>,
        relation: u32,
        attribute: i16,
        context: &Context<'a>,
    ) -> Option<Proof> {
        if self.catalog.is_generated(relation, attribute) {
            return Some(Err(Doubt::Unknown));
        }
        let targets = query.0.list("targetList").nodes();
        let mut targets = targets.filter(|target| {
            target.flag("resjunk") == Some(false) && target.number("resno") == Some(attribute)
        });
        let target = targets.next()?;
        if targets.next().is_some() {
            return Some(Err(Doubt::Unknown));
        }
        Some(self.if_rule(Rule::AssignedColumn).and_then(|()| {
            let rows = Context::new(&context.frame, Phase::Rows);
            self.proof(target.node("expr").ok_or(Doubt::Unknown)?, &rows)
        }))
    }

    fn unreplaced(&self, relation: u32, event: Event) -> Proof {
        if self.rules.apply(Rule::ReplacedRow) && self.catalog.may_replace(relation, event) {
            Err(Doubt::Trigger { relation })
        } else {
            Ok(())
        }
    }

    /// Whether rows of MERGE may have no source.
    pub(super) fn may_lack_source(&self, query: Query<'a>) -> bool {
        const MATCHED: u8 = 0;
        const NOT_MATCHED_BY_TARGET: u8 = 2;
        let mut actions = query.0.list("mergeActionList").nodes();
        let has_source = actions.all(|action| {
            matches!(
                action.number::<u8>("matchKind"),
                Some(MATCHED | NOT_MATCHED_BY_TARGET)
            )
        });
        !has_source && self.rules.apply(Rule::AbsentRow)
    }

    /// OLD and NEW of a view, as the rules of it write them.
    pub(super) fn returning_expression(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let version = match node.flag("retold") {
            Some(true) => RowVersion::Old,
            Some(false) => RowVersion::New,
            None => return Err(Doubt::Unknown),
        };
        if node.number::<u8>("retlevelsup") != Some(0)
            || !is_there(context.frame.scope.query, version)
        {
            return Err(Doubt::AbsentRow);
        }
        self.proof(node.node("retexpr").ok_or(Doubt::Unknown)?, context)
    }
}

/// Whether the row that RETURNING speaks of is there in any case.
fn is_there(query: Query<'_>, version: RowVersion) -> bool {
    let has_action = |command: u8| {
        let mut actions = query.0.list("mergeActionList").nodes();
        actions.any(|action| action.number("commandType") == Some(command))
    };
    const INSERT: u8 = 3;
    const DELETE: u8 = 4;
    match query.command() {
        Some(Command::Insert) => version != RowVersion::Old,
        Some(Command::Update) => true,
        Some(Command::Delete) => version != RowVersion::New,
        Some(Command::Merge) => match version {
            RowVersion::Default => true,
            RowVersion::Old => !has_action(INSERT),
            RowVersion::New => !has_action(DELETE),
        },
        Some(Command::Select | Command::Utility) | None => false,
    }
}

/// Whether an INSERT leaves a row that is in its way as it is.
fn does_nothing(query: Query<'_>) -> bool {
    const NOTHING: u8 = 1;
    let conflict = query.0.node("onConflict");
    conflict.and_then(|conflict| conflict.number("action")) == Some(NOTHING)
}

/// Why a written column may be NULL: what the statement does tells more than that the table allows it, if it is known.
fn better(found: Doubt, stored: Proof) -> Doubt {
    match (found, stored) {
        (Doubt::Unknown, Err(stored)) => stored,
        (found, _) => found,
    }
}
