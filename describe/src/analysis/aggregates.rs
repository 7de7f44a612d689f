//! Aggregates: what they return for groups of one row or more, and for none.

use crate::analysis::Analysis;
use crate::analysis::context::{Context, Phase};
use crate::analysis::rule::Rule;
use crate::builtins;
use crate::doubt::{Doubt, Proof};
use crate::tree::Node;

impl<'a> Analysis<'a> {
    /// That an aggregate is never NULL.
    pub(super) fn aggregate(&self, node: Node<'a>, context: &Context<'a>) -> Proof {
        let function = node.oid("aggfnoid").ok_or(Doubt::Unknown)?;
        let found = self.catalog.function(function).ok_or(Doubt::Unknown)?;
        if found.declared {
            return Ok(());
        }
        let listed = found.aggregate.ok_or(Doubt::Function { function })?;
        if listed.is_never_null() {
            return self.if_rule(Rule::CountingAggregate);
        }
        self.if_rule(Rule::AggregateOfRows)?;
        if !node.is_null("aggfilter") && self.rules.apply(Rule::AggregateFilter) {
            return Err(Doubt::Filter { function });
        }
        let levels = node.number("agglevelsup").ok_or(Doubt::Unknown)?;
        let home = context.outward(levels).ok_or(Doubt::Unknown)?;
        let scope = &home.frame.scope;
        if scope.grouping.may_be_empty && self.rules.apply(Rule::EmptyGroup) {
            return Err(Doubt::NoInput { function });
        }
        self.arguments_of_aggregate(node, listed, &home, levels)
    }

    /// The arguments in front of WITHIN GROUP are those of the group, and stand first; the others are those of its rows.
    fn arguments_of_aggregate(
        &self,
        node: Node<'a>,
        listed: &builtins::Aggregate,
        home: &Context<'a>,
        levels: usize,
    ) -> Proof {
        if !self.rules.apply(Rule::NullArgument) {
            return Ok(());
        }
        let rows = Context::new(&home.frame, Phase::Rows);
        let groups = Context::new(&home.frame, Phase::Groups);
        let direct = node.list("aggdirectargs");
        let direct = direct.nodes().map(|argument| (Some(argument), &groups));
        let arguments = node.list("args").nodes();
        let arguments = arguments.filter(|argument| argument.flag("resjunk") != Some(true));
        let arguments = arguments.map(|argument| (argument.node("expr"), &rows));
        for (place, (argument, context)) in direct.chain(arguments).enumerate() {
            if !listed.needs(place) {
                continue;
            }
            // The columns of an outer query's aggregate are numbered from where it stands.
            let argument = argument.filter(|_| levels == 0).ok_or(Doubt::Unknown)?;
            if self.may_be_left_out(argument, context) {
                return Err(Doubt::GroupingSet);
            }
            self.proof(argument, context)?;
        }
        Ok(())
    }
}
