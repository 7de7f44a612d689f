//! UNION, INTERSECT and EXCEPT.

use std::rc::Rc;

use crate::analysis::context::{Context, Frame, Phase};
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, Column};
use crate::analyzed::Entry;
use crate::catalog::Cast;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Union,
    Intersect,
    Except,
}

impl<'a> Analysis<'a> {
    /// The columns of a set operation of a query.
    pub(super) fn combined(&self, frame: &Rc<Frame<'a>>, operation: Node<'a>) -> Vec<Column> {
        if operation.label() == "RANGETBLREF" {
            let entry = operation
                .number("rtindex")
                .and_then(|index| frame.scope.query.entry(index));
            let Some(Entry::Subquery(branch)) = entry else {
                return Vec::new();
            };
            let outer = Context::new(frame, Phase::Rows);
            return self.columns_of(&self.frame(branch, Some(&outer))).to_vec();
        }
        let kind = match operation.number::<u8>("op") {
            Some(1) => Operation::Union,
            Some(2) => Operation::Intersect,
            Some(3) => Operation::Except,
            _ => return Vec::new(),
        };
        let sides = ["larg", "rarg"].map(|side| {
            let side = operation.node(side);
            side.map_or_else(Vec::new, |side| {
                self.nested(Vec::new(), || self.combined(frame, side))
            })
        });
        let types = operation.list("colTypes").numbers();
        let columns = types.enumerate().map(|(at, ty)| {
            let [left, right] = sides.each_ref().map(|side| self.branch(side.get(at), ty));
            self.both(kind, &left, &right, ty)
        });
        columns.collect()
    }

    /// A column of a branch as the planner casts it.
    fn branch(&self, column: Option<&Column>, ty: u32) -> Column {
        let Some(column) = column else {
            return Column::unknown();
        };
        let mut column = column.clone();
        if column.ty != Some(ty) && self.rules.apply(Rule::BranchCast) {
            column.elements = false;
            column.proof = column.proof.and(self.cast(column.ty, ty));
        }
        column
    }

    fn cast(&self, from: Option<u32>, to: u32) -> Proof {
        let Some(from) = from else {
            return Err(Doubt::Cast);
        };
        // A domain is the same bytes as what it is over.
        if self.catalog.base(from) == Some(to) {
            return Ok(());
        }
        match self.catalog.cast(from, to) {
            // The server refuses to go on where the text of a value makes NULL.
            Some(Cast::Relabel | Cast::ThroughText) => Ok(()),
            Some(Cast::Function(function)) if self.is_total(function) => Ok(()),
            Some(Cast::Function(_)) | None => Err(Doubt::Cast),
        }
    }

    fn both(&self, kind: Operation, left: &Column, right: &Column, ty: u32) -> Column {
        let (proof, elements, rule) = match kind {
            Operation::Union => (
                left.proof.and(right.proof),
                left.elements && right.elements,
                Rule::Union,
            ),
            // A row of both is NULL where it is on either side.
            Operation::Intersect => (
                left.proof.or(right.proof).or(left.proof),
                left.elements && right.elements,
                Rule::Intersect,
            ),
            Operation::Except => (left.proof, left.elements, Rule::Except),
        };
        let proof = if self.rules.apply(rule) {
            proof
        } else {
            Err(Doubt::Unknown)
        };
        Column {
            origin: None,
            ty: Some(ty),
            proof,
            elements,
        }
    }
}
