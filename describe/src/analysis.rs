//! Which values of a statement are proven never to be NULL, by the tree of the statement and the catalog.
//!
//! Everything that is not proven may be NULL, and a node that is not known proves nothing. The rules have names, in
//! [`Rule`]; each module holds those of one subject.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::analyzed::{Command, Query, expression_type};
use crate::cardinality::{Bounds, Rows};
use crate::catalog::Catalog;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

pub(crate) mod constant;
pub(crate) mod context;
pub(crate) mod key;

mod facts;
mod grouping;
mod scope;

mod entries;
mod references;
mod returning;
mod sets;

mod aggregates;
mod calls;
mod casts;
mod dates;
mod elements;
mod expressions;
mod json;
mod subqueries;
mod windows;

mod rule;
#[cfg(test)]
mod tests;

pub use rule::Rule;
pub(crate) use rule::Rules;

use context::{Context, Frame, Phase};
use key::Keys;
use scope::Scope;

/// Expressions and queries nested deeper than this prove nothing.
const DEPTH: usize = 200;

/// How many steps the analysis of a statement may take; one that takes more proves nothing.
const STEPS: usize = 200_000;

/// What is known of a column of a query.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The table's column that it shows unchanged.
    pub(crate) origin: Option<(u32, i16)>,
    /// Its type, a domain kept, where the tree says it.
    pub(crate) ty: Option<u32>,
    /// That it is never NULL, or why it may be.
    pub(crate) proof: Proof,
    /// Whether the array that it is holds no NULL.
    pub(crate) elements: bool,
}

/// The analysis of one tree. What is found out is kept, so that no query is looked at twice without need.
#[derive(Debug)]
pub(crate) struct Analysis<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) keys: Keys<'a>,
    rules: Rules,
    // For each parameter, `$1` first, whether it may be NULL.
    nullable_parameters: Vec<bool>,
    scopes: RefCell<HashMap<usize, Rc<Scope<'a>>>>,
    frames: RefCell<HashMap<(usize, usize, Phase), Rc<Frame<'a>>>>,
    counted: RefCell<Rows<'a>>,
    frame_count: Cell<usize>,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Analysis<'a> {
    /// An analysis in which parameters may be NULL as `nullable_parameters` says, `$1` first.
    pub(crate) fn new(catalog: &'a Catalog, rules: Rules, nullable_parameters: Vec<bool>) -> Self {
        Self {
            catalog,
            keys: Keys::new(catalog, rules),
            rules,
            nullable_parameters,
            scopes: RefCell::default(),
            frames: RefCell::default(),
            counted: RefCell::new(Rows::new(catalog, rules)),
            frame_count: Cell::new(0),
            steps: Cell::new(STEPS),
            depth: Cell::new(0),
        }
    }

    /// The columns that a statement returns.
    pub(crate) fn columns(&self, statement: Query<'a>) -> Rc<[Column]> {
        let columns = self.columns_of(&self.frame(statement, None));
        if self.steps.get() == 0 {
            // What was left out may have been looked at by something that concludes from its absence.
            return columns.iter().map(|_| Column::unknown()).collect();
        }
        columns
    }

    /// The columns that a query returns where it stands.
    fn columns_of(&self, frame: &Rc<Frame<'a>>) -> Rc<[Column]> {
        if let Some(known) = &*frame.columns.borrow() {
            return Rc::clone(known);
        }
        // A query that is reached again from inside of itself proves nothing.
        frame.columns.replace(Some(Rc::from([])));
        let columns: Rc<[Column]> = self.nested(Rc::from([]), || self.returned_by(frame));
        frame.columns.replace(Some(Rc::clone(&columns)));
        columns
    }

    fn returned_by(&self, frame: &Rc<Frame<'a>>) -> Rc<[Column]> {
        let query = frame.scope.query;
        if let Some(operation) = query.0.node("setOperations") {
            return self.combined(frame, operation).into();
        }
        let phase = match query.command() {
            Some(Command::Select) if frame.scope.is_grouped => Phase::Groups,
            Some(Command::Select) => Phase::Rows,
            _ => Phase::Returning,
        };
        let context = Context::new(frame, phase);
        let entries = query.output();
        entries.map(|entry| self.output(entry, &context)).collect()
    }

    fn output(&self, entry: Node<'a>, context: &Context<'a>) -> Column {
        let Some(expression) = entry.node("expr") else {
            return Column::unknown();
        };
        let mut column = self.value(expression, context);
        column.ty = expression_type(expression);
        if self.may_be_left_out(expression, context) {
            column.proof = Err(Doubt::GroupingSet);
            column.elements = false;
        }
        column
    }

    /// Whether an expression above a grouping may be taken for a key that is left out.
    fn may_be_left_out(&self, expression: Node<'a>, context: &Context<'a>) -> bool {
        let scope = &context.frame.scope;
        context.phase == Phase::Groups && self.may_be_key(scope.query, &scope.grouping, expression)
    }

    /// All that is known of an expression.
    fn value(&self, expression: Node<'a>, context: &Context<'a>) -> Column {
        if let Some(column) = self.referenced(expression, context) {
            return column;
        }
        let is_array =
            expression_type(expression).is_none_or(|ty| self.catalog.element(ty).is_some());
        Column {
            origin: None,
            ty: None,
            proof: self.proof(expression, context),
            elements: is_array && self.elements(expression, context),
        }
    }

    /// The query as it stands in `outer`.
    fn frame(&self, query: Query<'a>, outer: Option<&Context<'a>>) -> Rc<Frame<'a>> {
        let Some(outer) = outer else {
            return self.new_frame(query, None);
        };
        if !outer.is_plain() {
            return self.new_frame(query, Some(Rc::new(outer.clone())));
        }
        let place = (outer.frame.number, query.0.index(), outer.phase);
        if let Some(known) = self.frames.borrow().get(&place) {
            return Rc::clone(known);
        }
        let frame = self.new_frame(query, Some(Rc::new(outer.clone())));
        self.frames.borrow_mut().insert(place, Rc::clone(&frame));
        frame
    }

    fn new_frame(&self, query: Query<'a>, outer: Option<Rc<Context<'a>>>) -> Rc<Frame<'a>> {
        let number = self.frame_count.get();
        self.frame_count.set(number + 1);
        Rc::new(Frame::new(number, self.scope(query), outer))
    }

    /// How many rows a query returns each time it is evaluated.
    fn rows(&self, query: Query<'a>) -> Bounds {
        self.counted.borrow_mut().bounds(query)
    }

    /// Whether a step is left.
    fn spend(&self) -> bool {
        let left = self.steps.get();
        self.steps.set(left.saturating_sub(1));
        left > 0
    }

    /// Does a part of the work one level deeper; `otherwise` is the answer where there are too many levels.
    fn nested<T>(&self, otherwise: T, work: impl FnOnce() -> T) -> T {
        let depth = self.depth.get();
        if depth >= DEPTH || !self.spend() {
            return otherwise;
        }
        self.depth.set(depth + 1);
        let done = work();
        self.depth.set(depth);
        done
    }

    fn operator(&self, node: Node<'a>) -> Option<u32> {
        self.catalog.operator_function(node.oid("opno")?)
    }

    fn is_strict(&self, function: Option<u32>) -> bool {
        let function = function.and_then(|oid| self.catalog.function(oid));
        function.is_some_and(|function| function.strict)
    }
}

impl Column {
    pub(crate) fn doubted(doubt: Doubt) -> Self {
        Self {
            origin: None,
            ty: None,
            proof: Err(doubt),
            elements: false,
        }
    }

    fn unknown() -> Self {
        Self::doubted(Doubt::Unknown)
    }
}
