//! Arrays none of whose elements is NULL.

use crate::analysis::context::{Context, Phase};
use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, constant};
use crate::analyzed::{Query, expression_type};
use crate::tree::Node;

/// Built-in functions that return arrays without NULL.
const FULL_ARRAYS: [&str; 6] = [
    "string_to_array(text,text)",
    "regexp_split_to_array(text,text)",
    "regexp_split_to_array(text,text,text)",
    "parse_ident(text,bool)",
    "current_schemas(bool)",
    "tsvector_to_array(tsvector)",
];

impl<'a> Analysis<'a> {
    /// Whether an array, if it is not NULL itself, holds no NULL.
    pub(super) fn elements(&self, expression: Node<'a>, context: &Context<'a>) -> bool {
        self.rules.apply(Rule::Elements)
            && self.nested(false, || self.elements_of(expression, context))
    }

    fn elements_of(&self, node: Node<'a>, context: &Context<'a>) -> bool {
        if let Some(column) = self.referenced(node, context) {
            return column.elements;
        }
        match node.label() {
            "CONST" if node.oid("consttype").is_none() => false,
            "CONST" => constant::is_null(node) || constant::has_no_null(node),
            "ARRAYEXPR" => {
                let elements = node.list("elements");
                match node.flag("multidims") {
                    Some(true) => {
                        let mut inner = elements.nodes();
                        inner.all(|inner| self.elements(inner, context))
                    }
                    Some(false) => self.all(elements, context).is_ok(),
                    None => false,
                }
            }
            "RELABELTYPE" | "COLLATEEXPR" | "NAMEDARGEXPR" => {
                let inner = node.node("arg");
                inner.is_some_and(|inner| self.elements(inner, context))
            }
            "ARRAYCOERCEEXPR" => {
                let (inner, cast) = (node.node("arg"), node.node("elemexpr"));
                inner.is_some_and(|inner| self.elements(inner, context))
                    && cast.is_some_and(|cast| self.is_total_cast(cast, context))
            }
            "COALESCEEXPR" => {
                let mut arguments = node.list("args").nodes();
                arguments.all(|argument| self.elements(argument, context))
            }
            "CASEEXPR" => {
                let branches = node
                    .list("args")
                    .nodes()
                    .map(|branch| branch.node("result"));
                let mut results = branches.chain(node.node("defresult").map(Some));
                results.all(|result| result.is_some_and(|result| self.elements(result, context)))
            }
            "SUBLINK" => self.elements_of_subquery(node, context),
            "AGGREF" => self.elements_of_aggregate(node, context),
            "FUNCEXPR" => {
                let function = node
                    .oid("funcid")
                    .and_then(|oid| self.catalog.function(oid));
                function.is_some_and(|function| {
                    function.built_in && FULL_ARRAYS.contains(&function.signature.as_str())
                })
            }
            _ => false,
        }
    }

    fn elements_of_subquery(&self, node: Node<'a>, context: &Context<'a>) -> bool {
        const EXPRESSION: u8 = 4;
        const ARRAY: u8 = 6;
        let kind = node.number::<u8>("subLinkType");
        let Some(query) = node.node("subselect").map(Query) else {
            return false;
        };
        let columns = self.columns_of(&self.frame(query, Some(context)));
        let Some(column) = columns.first() else {
            return false;
        };
        match kind {
            Some(EXPRESSION) => column.elements,
            // An array of arrays has their elements.
            Some(ARRAY) => {
                let is_scalar = column
                    .ty
                    .is_some_and(|ty| self.catalog.is_scalar(ty) && !self.is_array(ty));
                is_scalar && column.proof.is_ok()
            }
            _ => false,
        }
    }

    /// `array_agg` of what is never NULL and no array itself.
    fn elements_of_aggregate(&self, node: Node<'a>, context: &Context<'a>) -> bool {
        let function = node
            .oid("aggfnoid")
            .and_then(|oid| self.catalog.function(oid));
        let is_array_agg = function.is_some_and(|function| {
            function.built_in && function.signature.starts_with("array_agg(")
        });
        let of_own_query = node.number::<u8>("agglevelsup") == Some(0);
        let argument = node
            .list("args")
            .node(0)
            .and_then(|entry| entry.node("expr"));
        let Some(argument) = argument.filter(|_| is_array_agg && of_own_query) else {
            return false;
        };
        let ty = expression_type(argument);
        let is_scalar = ty.is_some_and(|ty| !self.is_array(ty) && self.catalog.is_scalar(ty));
        let rows = Context::new(&context.frame, Phase::Rows);
        is_scalar && self.proof(argument, &rows).is_ok()
    }

    fn is_array(&self, ty: u32) -> bool {
        self.catalog.element(ty).is_some()
    }
}
