//! Functions of dates that are NULL for infinite ones only.

use hathi_wire::types;

use crate::analysis::rule::Rule;
use crate::analysis::{Analysis, constant};
use crate::analyzed::expression_type;
use crate::catalog::Function;
use crate::tree::{List, Node};

const DATE: u32 = 1082;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const INTERVAL: u32 = 1186;

/// Parts of an infinite date that are infinite themselves.
const INFINITE_PARTS: [&str; 8] = [
    "epoch",
    "year",
    "years",
    "decade",
    "century",
    "millennium",
    "julian",
    "isoyear",
];

impl<'a> Analysis<'a> {
    /// Whether a function that is NULL for infinite dates is not, for arguments that are not NULL.
    pub(super) fn is_finite_enough(&self, function: &Function, arguments: List<'a>) -> bool {
        let name = function.signature.split('(').next().unwrap_or_default();
        if !matches!(
            name,
            "extract" | "date_part" | "to_char" | "time" | "timetz"
        ) {
            return false;
        }
        if !self.rules.apply(Rule::InfiniteDate) {
            return true;
        }
        if name == "to_char" {
            // An empty format makes NULL of a date.
            let format = arguments.node(1).and_then(constant::text);
            let has_format = format.is_some_and(|format| !format.is_empty());
            return has_format && arguments.node(0).is_some_and(|date| self.is_finite(date));
        }
        if matches!(name, "extract" | "date_part") {
            let part = arguments.node(0).and_then(constant::text);
            let part = part.map(|part| part.to_ascii_lowercase());
            let is_interval = arguments.node(1).and_then(expression_type) == Some(INTERVAL);
            if part.is_some_and(|part| INFINITE_PARTS.contains(&part.as_str())) && !is_interval {
                return true;
            }
        }
        arguments.nodes().all(|argument| self.is_finite(argument))
    }

    /// Whether a value is certainly no infinite date or interval.
    fn is_finite(&self, node: Node<'a>) -> bool {
        match expression_type(node) {
            Some(DATE | TIMESTAMP | TIMESTAMPTZ | INTERVAL) => {}
            Some(ty) => return types::by_oid(ty).is_some(),
            None => return false,
        }
        self.nested(false, || self.is_finite_date(node))
    }

    fn is_finite_date(&self, node: Node<'a>) -> bool {
        match node.label() {
            "SQLVALUEFUNCTION" => true,
            "CONST" => constant::is_finite(node),
            // What is inside may be of a domain over a date.
            "RELABELTYPE" => {
                let inner = node.node("arg");
                inner.is_some_and(|inner| self.nested(false, || self.is_finite_date(inner)))
            }
            "FUNCEXPR" => self.is_finite_call(node),
            _ => false,
        }
    }

    fn is_finite_call(&self, node: Node<'a>) -> bool {
        let function = node
            .oid("funcid")
            .and_then(|oid| self.catalog.function(oid));
        let Some(function) = function.filter(|function| function.built_in) else {
            return false;
        };
        let arguments = node.list("args");
        match function.signature.split('(').next() {
            Some(
                "now"
                | "transaction_timestamp"
                | "statement_timestamp"
                | "clock_timestamp"
                | "make_date"
                | "make_timestamp"
                | "make_timestamptz",
            ) => true,
            Some("date_trunc" | "timezone") => {
                arguments.node(1).is_some_and(|date| self.is_finite(date))
            }
            Some("timestamp" | "timestamptz" | "date") if arguments.len() == 1 => {
                arguments.node(0).is_some_and(|date| self.is_finite(date))
            }
            _ => false,
        }
    }
}
