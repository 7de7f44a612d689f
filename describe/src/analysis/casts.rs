//! Casts, and where they stand for each element of an array.

use crate::analysis::Analysis;
use crate::analysis::context::Context;
use crate::analysis::rule::Rule;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// That a cast that is no function is never NULL.
    pub(super) fn cast_of(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        if node.label() == "CASETESTEXPR" {
            // What a cast of elements, or of a constructor's result, stands around.
            return if context.is_input_proven {
                Ok(())
            } else {
                Err(Doubt::Unknown)
            };
        }
        let inner = node.node("arg").ok_or(Doubt::Unknown)?;
        match node.label() {
            "COERCETODOMAIN" => {
                let refuses = node
                    .oid("resulttype")
                    .is_some_and(|ty| self.catalog.refuses_null(ty));
                if refuses && self.rules.apply(Rule::DomainCast) {
                    return Ok(());
                }
                self.proof(inner, context)
            }
            // A cast through text is NULL for NULL alone: the server refuses to go on otherwise.
            _ => self.proof(inner, context),
        }
    }

    /// Whether a cast of something that is not NULL is not NULL.
    pub(super) fn is_total_cast(&self, cast: Node<'a>, context: &Context<'a>) -> bool {
        let inside = Context {
            is_input_proven: true,
            ..context.clone()
        };
        self.proof(cast, &inside).is_ok()
    }
}
