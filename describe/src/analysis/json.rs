//! The constructors and queries of JSON that are part of the grammar, of 16 and later.

use crate::analysis::Analysis;
use crate::analysis::context::Context;
use crate::analysis::rule::Rule;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    pub(super) fn json(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        self.if_rule(Rule::JsonConstructor)?;
        match node.label() {
            "JSONCONSTRUCTOREXPR" => self.constructed(node, context),
            "JSONVALUEEXPR" => {
                let value = node.node("formatted_expr").or(node.node("raw_expr"));
                self.proof(value.ok_or(Doubt::Unknown)?, context)
            }
            "JSONISPREDICATE" => self.proof(node.node("expr").ok_or(Doubt::Unknown)?, context),
            _ => self.exists(node, context),
        }
    }

    fn constructed(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        const OBJECT: u8 = 1;
        const ARRAY: u8 = 2;
        let kind = node.number::<u8>("type").ok_or(Doubt::Unknown)?;
        if let Some(function) = node
            .node("func")
            .filter(|_| !matches!(kind, OBJECT | ARRAY))
        {
            self.proof(function, context)?;
        } else if !matches!(kind, OBJECT | ARRAY) {
            let arguments = node.list("args");
            if arguments.len() == 0 {
                return Err(Doubt::Unknown);
            }
            self.all(arguments, context)?;
        }
        // What RETURNING makes of it is a cast.
        match node.node("coercion") {
            Some(cast) if !self.is_total_cast(cast, context) => Err(Doubt::Cast),
            None if !node.is_null("coercion") => Err(Doubt::Unknown),
            _ => Ok(()),
        }
    }

    /// JSON_EXISTS with an answer for errors.
    fn exists(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        const EXISTS: u8 = 0;
        const BOOL: u32 = 16;
        const ERROR: u8 = 1;
        const TRUE: u8 = 3;
        const FALSE: u8 = 4;
        let is_exists = node.number::<u8>("op") == Some(EXISTS);
        let returns = node
            .node("returning")
            .and_then(|returning| returning.oid("typid"));
        let on_error = node
            .node("on_error")
            .and_then(|error| error.number::<u8>("btype"));
        if !is_exists || returns != Some(BOOL) || !matches!(on_error, Some(ERROR | TRUE | FALSE)) {
            return Err(Doubt::Unknown);
        }
        for part in ["formatted_expr", "path_spec"] {
            self.proof(node.node(part).ok_or(Doubt::Unknown)?, context)?;
        }
        Ok(())
    }
}
