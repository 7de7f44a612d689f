//! The columns of what stands in FROM, before any join.

use std::rc::Rc;

use crate::analysis::context::{Context, Frame, Phase};
use crate::analysis::key::Variable;
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, Column};
use crate::analyzed::{Entry, Query, expression_type};
use crate::doubt::Doubt;
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// A column of an entry of FROM.
    pub(super) fn column_of(
        &self,
        entry: Entry<'a>,
        (number, attribute): Variable,
        frame: &Rc<Frame<'a>>,
    ) -> Column {
        let context = Context::new(frame, Phase::Rows);
        let whole = attribute == 0;
        match entry {
            Entry::Relation { node, relation } => self.stored(node, relation, attribute),
            // The whole row is there with the row.
            Entry::Subquery(_) | Entry::Cte(_) | Entry::Values(_) if whole => Column::proven(),
            Entry::Subquery(subquery) => {
                let columns = self.columns_of(&self.frame(subquery, Some(&context)));
                at(&columns, attribute)
            }
            Entry::Cte(cte) => at(&self.cte(cte, frame), attribute),
            Entry::Values(values) => self.values(values, attribute, &context),
            Entry::Function => {
                let node = frame.scope.query.0.list("rtable").node(number - 1);
                node.map_or_else(Column::unknown, |node| {
                    self.function_column(node, attribute, &context)
                })
            }
            Entry::Join(_) | Entry::Group(_) | Entry::Other => Column::unknown(),
        }
    }

    /// A column of a relation as its rows are stored.
    pub(super) fn stored(&self, entry: Node<'a>, relation: u32, attribute: i16) -> Column {
        let inherits = entry.flag("inh") != Some(false);
        let mut proof = self.catalog.not_null(relation, attribute, inherits);
        if !self.rules.apply(Rule::StoredColumn) {
            proof = Err(Doubt::Allowed {
                relation,
                attribute,
            });
        }
        Column {
            origin: (attribute > 0).then_some((relation, attribute)),
            ty: None,
            proof,
            elements: false,
        }
    }

    /// The columns of a CTE that an entry of a query refers to.
    fn cte(&self, entry: Node<'a>, frame: &Rc<Frame<'a>>) -> Rc<[Column]> {
        let nothing = || Rc::from([]);
        let Some(owner) = entry
            .number("ctelevelsup")
            .and_then(|levels| self.owner_of_cte(frame, levels))
        else {
            return nothing();
        };
        let name = entry.text("ctename");
        let ctes = owner.scope.query.0.list("cteList").nodes();
        let mut named = ctes.filter(|cte| name.is_some() && cte.text("ctename") == name);
        let (Some(cte), None) = (named.next(), named.next()) else {
            return nothing();
        };
        if let Some(known) = owner.ctes.borrow().get(&cte.index()) {
            return Rc::clone(known);
        }
        let Some(query) = cte.node("ctequery").map(Query) else {
            return nothing();
        };
        // A CTE that is reached again from inside of itself without being recursive proves nothing.
        owner.ctes.borrow_mut().insert(cte.index(), nothing());
        let columns = if cte.flag("cterecursive") == Some(false) {
            let outer = Context::new(&owner, Phase::Rows);
            self.columns_of(&self.frame(query, Some(&outer)))
        } else {
            self.recursive(query, cte.index(), &owner)
        };
        owner
            .ctes
            .borrow_mut()
            .insert(cte.index(), Rc::clone(&columns));
        columns
    }

    /// The columns of a recursive CTE: they are taken to be proven until that does not prove them.
    ///
    /// Every row comes from rows of fewer steps, so that what holds for all rows if it holds for those before, holds.
    fn recursive(&self, query: Query<'a>, cte: usize, owner: &Rc<Frame<'a>>) -> Rc<[Column]> {
        let outer = Rc::new(Context::new(owner, Phase::Rows));
        let mut assumed: Rc<[Column]> = query
            .output()
            .map(|entry| Column {
                ty: entry.node("expr").and_then(expression_type),
                elements: true,
                ..Column::proven()
            })
            .collect();
        if !self.rules.apply(Rule::RecursiveCte) {
            return assumed
                .iter()
                .map(|_| Column::doubted(Doubt::RecursiveCte))
                .collect();
        }
        // Each round takes back one claim at least.
        for _ in 0..=2 * assumed.len() {
            owner.ctes.borrow_mut().insert(cte, Rc::clone(&assumed));
            let frame = self.new_frame(query, Some(Rc::clone(&outer)));
            let found = self.columns_of(&frame);
            let is_same = found.len() == assumed.len()
                && found.iter().zip(assumed.iter()).all(|(found, assumed)| {
                    found.proof.is_ok() == assumed.proof.is_ok()
                        && found.elements == assumed.elements
                });
            if is_same {
                return found;
            }
            let claims = assumed.iter().enumerate().map(|(at, assumed)| {
                let found = found.get(at).cloned().unwrap_or_else(Column::unknown);
                let proof = assumed.proof.and(found.proof);
                Column {
                    proof,
                    elements: assumed.elements && found.elements,
                    ..found
                }
            });
            assumed = claims.collect();
        }
        assumed
            .iter()
            .map(|_| Column::doubted(Doubt::RecursiveCte))
            .collect()
    }

    /// A column of VALUES is proven where it is in every row.
    fn values(&self, values: Node<'a>, attribute: i16, context: &Context<'a>) -> Column {
        let Some(place) = place(attribute) else {
            return Column::unknown();
        };
        let rows = values.list("values_lists");
        let mut column = Column {
            elements: true,
            ..Column::proven()
        };
        for row in 0..rows.len() {
            let Some(expression) = rows.list(row).and_then(|row| row.node(place)) else {
                return Column::unknown();
            };
            let value = self.value(expression, context);
            column.proof = column.proof.and(value.proof);
            column.elements &= value.elements;
        }
        if rows.len() == 0 || !self.rules.apply(Rule::Values) {
            return Column::doubted(Doubt::Values);
        }
        column
    }

    fn function_column(&self, entry: Node<'a>, attribute: i16, context: &Context<'a>) -> Column {
        let doubted = Column::doubted(Doubt::FunctionInFrom);
        let functions = entry.list("functions");
        let counts: Option<Vec<usize>> = functions
            .nodes()
            .map(|function| function.number("funccolcount"))
            .collect();
        let (Some(place), Some(counts), true) = (
            place(attribute),
            counts,
            self.rules.apply(Rule::FunctionInFrom),
        ) else {
            return doubted;
        };
        let total: usize = counts.iter().sum();
        if entry.flag("funcordinality") == Some(true) && place == total {
            return Column::proven();
        }
        // The shorter ones of several functions are filled up with NULL.
        if functions.len() > 1 && self.rules.apply(Rule::RowsFrom) {
            return doubted;
        }
        let mut first = 0;
        for (function, count) in functions.nodes().zip(counts) {
            if place < first + count {
                let expression = function.node("funcexpr");
                return expression.map_or(doubted, |expression| {
                    self.column_of_call(expression, place - first, count, context)
                });
            }
            first += count;
        }
        doubted
    }

    fn column_of_call(
        &self,
        call: Node<'a>,
        place: usize,
        count: usize,
        context: &Context<'a>,
    ) -> Column {
        let doubted =
            || {
                let function = call.oid("funcid");
                Column::doubted(function.map_or(Doubt::FunctionInFrom, |function| {
                    Doubt::Function { function }
                }))
            };
        // A row that is NULL as a whole becomes a row of NULLs.
        let is_scalar = expression_type(call).is_some_and(|ty| self.catalog.is_scalar(ty));
        let returns_set = call.flag("funcretset") == Some(true);
        if !returns_set {
            return if count == 1 && is_scalar {
                self.value(call, context)
            } else {
                doubted()
            };
        }
        let function = call
            .oid("funcid")
            .and_then(|oid| self.catalog.function(oid));
        let is_proven = function.is_some_and(|function| {
            // What one column of a row type is made of is not known, nor are the fields of rows in an array.
            let is_known = is_scalar
                || (function.signature != "unnest(anyarray)" && (count > 1 || function.built_in));
            is_known && self.column_of_set(function, call.list("args"), place, context)
        });
        if is_proven {
            Column::proven()
        } else {
            doubted()
        }
    }
}

impl Column {
    pub(super) fn proven() -> Self {
        Self {
            origin: None,
            ty: None,
            proof: Ok(()),
            elements: false,
        }
    }
}

fn place(attribute: i16) -> Option<usize> {
    usize::try_from(attribute).ok()?.checked_sub(1)
}

fn at(columns: &[Column], attribute: i16) -> Column {
    let column = place(attribute).and_then(|place| columns.get(place));
    column.cloned().unwrap_or_else(Column::unknown)
}
