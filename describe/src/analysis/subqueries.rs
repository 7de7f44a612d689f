//! Subqueries that stand for a value.

use crate::analysis::Analysis;
use crate::analysis::context::Context;
use crate::analysis::rule::Rule;
use crate::analyzed::Query;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// That a subquery as a value is never NULL.
    pub(super) fn subquery(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        const EXISTS: u8 = 0;
        const ALL: u8 = 1;
        const ANY: u8 = 2;
        const EXPRESSION: u8 = 4;
        const ARRAY: u8 = 6;
        let kind = node.number::<u8>("subLinkType").ok_or(Doubt::Unknown)?;
        if matches!(kind, EXISTS | ARRAY) {
            return self.if_rule(Rule::ExistsSubquery);
        }
        let query = Query(node.node("subselect").ok_or(Doubt::Unknown)?);
        let columns = || self.columns_of(&self.frame(query, Some(context)));
        match kind {
            EXPRESSION => {
                self.if_rule(Rule::ScalarSubquery)?;
                if self.rules.apply(Rule::NoRow) && self.rows(query).lo == 0 {
                    return Err(Doubt::NoRow);
                }
                let columns = columns();
                columns
                    .first()
                    .map_or(Err(Doubt::Unknown), |column| column.proof)
            }
            ALL | ANY => {
                let test = node.node("testexpr").ok_or(Doubt::Unknown)?;
                if !self.rules.apply(Rule::TestedSubquery) {
                    return Ok(());
                }
                let inside = Context {
                    tested: Some(columns()),
                    ..context.clone()
                };
                self.proof(test, &inside)
            }
            _ => Err(Doubt::Unknown),
        }
    }
}
