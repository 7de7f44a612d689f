//! Calls of functions and operators.

use hathi_wire::types;

use crate::analysis::Analysis;
use crate::analysis::context::{Context, Phase};
use crate::analysis::rule::Rule;
use crate::analyzed::expression_type;
use crate::catalog::Function;
use crate::doubt::{Doubt, Proof};
use crate::tree::{List, Node};

impl<'a> Analysis<'a> {
    /// That a call is never NULL.
    pub(super) fn call(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let is_operator = node.label() == "OPEXPR";
        let function = if is_operator {
            self.operator(node)
        } else {
            node.oid("funcid")
        };
        let doubt = if is_operator {
            self.operator_doubt(node)
        } else {
            function.map_or(Doubt::Unknown, |function| Doubt::Function { function })
        };
        let found = function.and_then(|oid| self.catalog.function(oid));
        let Some(found) = found else {
            return Err(doubt);
        };
        let arguments = node.list("args");
        let sets = ["funcretset", "opretset"];
        if sets.into_iter().any(|field| node.flag(field) == Some(true)) {
            return self
                .row_of_set(found, arguments, context)
                .map_err(|_| doubt);
        }
        if found.declared {
            // A strict function is not asked about NULL.
            return if found.strict {
                self.all(arguments, context)
            } else {
                Ok(())
            };
        }
        let Some(listed) = found
            .listed
            .filter(|_| self.rules.apply(Rule::BuiltInFunction))
        else {
            return self
                .call_of_unlisted(found, arguments, context)
                .unwrap_or(Err(doubt));
        };
        let has_variadic = node.flag("funcvariadic") == Some(true);
        if found.built_in && !has_variadic && REFUSE_NULL.contains(&found.signature.as_str()) {
            return Ok(());
        }
        if listed.casts() && !have_built_in_types(arguments) {
            return Err(doubt);
        }
        if !self.rules.apply(Rule::NullArgument) {
            return Ok(());
        }
        if arguments.nodes().count() != arguments.len() {
            return Err(doubt);
        }
        let needed = arguments.nodes().enumerate();
        let mut needed = needed.filter(|(place, _)| has_variadic || listed.needs(*place));
        needed.try_for_each(|(_, argument)| self.proof(argument, context))
    }

    /// A call of a function that is not on the list; `None` if nothing is known of it.
    fn call_of_unlisted(
        &self,
        function: &Function,
        arguments: List<'a>,
        context: &Context<'a>,
    ) -> Option<Proof> {
        let is_finite = function.built_in && self.is_finite_enough(function, arguments);
        let is_trusted = function.built_in && !self.rules.apply(Rule::UnknownFunction);
        (is_finite || is_trusted).then(|| self.all(arguments, context))
    }

    /// Whether a function is never NULL for arguments that are not, of whatever types.
    pub(super) fn is_total(&self, function: u32) -> bool {
        let function = self.catalog.function(function);
        let listed = function.and_then(|found| found.listed);
        let listed = listed.filter(|_| self.rules.apply(Rule::BuiltInFunction));
        listed.is_some_and(|listed| !listed.casts()) || function.is_some_and(|found| found.declared)
    }

    pub(super) fn operator_doubt(&self, node: Node<'a>) -> Doubt {
        node.oid("opno")
            .map_or(Doubt::Unknown, |operator| Doubt::Operator { operator })
    }

    /// A row of a function in the target list that returns a set. The shorter ones of several are filled up with NULL.
    fn row_of_set(&self, function: &Function, arguments: List<'a>, context: &Context<'a>) -> Proof {
        let is_only = context.frame.scope.sets == 1 && context.phase != Phase::Returning;
        let is_proven = is_only && self.column_of_set(function, arguments, 0, context);
        is_proven.then_some(()).ok_or(Doubt::Unknown)
    }

    /// Whether a column of the rows of a function is never NULL.
    pub(super) fn column_of_set(
        &self,
        function: &Function,
        arguments: List<'a>,
        column: usize,
        context: &Context<'a>,
    ) -> bool {
        if function.built_in && function.signature == "unnest(anyarray)" {
            let array = arguments.node(0).filter(|_| column == 0);
            return array.is_some_and(|array| self.elements(array, context));
        }
        let is_full = function.rows.is_some_and(|rows| rows.is_full(column));
        let is_declared = function.declared && column == 0;
        // A strict function returns no rows for NULL.
        (is_full && (function.strict || self.all(arguments, context).is_ok())) || is_declared
    }
}

/// Functions that refuse NULL for a key, take it for a value, and never return it.
const REFUSE_NULL: [&str; 2] = ["json_build_object(any)", "jsonb_build_object(any)"];

/// Whether no argument is of a type that a user has made: the cast of one may return NULL.
fn have_built_in_types(arguments: List<'_>) -> bool {
    let mut types = arguments.nodes().map(expression_type);
    types.all(|ty| ty.is_some_and(|ty| types::by_oid(ty).is_some()))
}
