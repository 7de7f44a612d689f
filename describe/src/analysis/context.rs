//! Where an expression stands: in which query, in which part of it, and what is known there besides.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::analysis::Column;
use crate::analysis::key::{Facts, Variable};
use crate::analysis::scope::Scope;

/// A query at the place where it stands.
#[derive(Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) number: usize,
    pub(crate) scope: Rc<Scope<'a>>,
    /// Where it stands; `None` for the statement.
    pub(crate) outer: Option<Rc<Context<'a>>>,
    pub(super) columns: RefCell<Option<Rc<[Column]>>>,
    pub(super) entries: RefCell<HashMap<Variable, Column>>,
    // By the node of the CTE: what is known of its columns, or taken to be.
    pub(super) ctes: RefCell<HashMap<usize, Rc<[Column]>>>,
}

/// The part of a query that an expression stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// It sees the rows that FROM and WHERE make.
    Rows,
    /// It sees groups of rows.
    Groups,
    /// It sees rows that were written.
    Returning,
}

/// Where an expression stands.
#[derive(Debug, Clone)]
pub(crate) struct Context<'a> {
    pub(crate) frame: Rc<Frame<'a>>,
    pub(crate) phase: Phase,
    /// What is not NULL here, by the conditions of a CASE.
    pub(super) guards: Rc<Facts>,
    /// FULL JOINs that do not count, because both of their sides are looked at.
    pub(super) merged: Rc<[usize]>,
    /// The columns of the subquery whose test this is.
    pub(super) tested: Option<Rc<[Column]>>,
    /// Whether the value that a cast stands around is not NULL.
    pub(super) is_input_proven: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(number: usize, scope: Rc<Scope<'a>>, outer: Option<Rc<Context<'a>>>) -> Self {
        Self {
            number,
            scope,
            outer,
            columns: RefCell::default(),
            entries: RefCell::default(),
            ctes: RefCell::default(),
        }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(frame: &Rc<Frame<'a>>, phase: Phase) -> Self {
        Self {
            frame: Rc::clone(frame),
            phase,
            guards: Rc::default(),
            merged: Rc::from([]),
            tested: None,
            is_input_proven: false,
        }
    }

    /// Whether nothing is known here but what is known in the whole part of the query.
    pub(super) fn is_plain(&self) -> bool {
        self.guards.is_empty()
            && self.merged.is_empty()
            && self.tested.is_none()
            && !self.is_input_proven
    }

    /// The same place, where more is known.
    pub(super) fn knowing(&self, facts: impl IntoIterator<Item = super::key::Key>) -> Self {
        let mut guards = (*self.guards).clone();
        guards.extend(facts);
        Self {
            guards: Rc::new(guards),
            ..self.clone()
        }
    }

    /// Where the query `levels` outside of this one stands.
    pub(super) fn outward(&self, levels: usize) -> Option<Self> {
        let mut context = self.clone();
        for _ in 0..levels {
            let outer = context.frame.outer.clone()?;
            context = (*outer).clone();
        }
        Some(context)
    }
}
