//! Comparisons that NULL makes useless: with the constant, and NOT IN of a list or a subquery that may hold it.

use std::ops::Range;

use crate::analyzed::Query;
use crate::doubt::Doubt;
use crate::parameters::uncast;
use crate::tree::Node;

use super::{Work, conditions, strict_operands};

impl<'a> Work<'a, '_> {
    pub(super) fn comparisons(&mut self) {
        for query in self.queries.clone() {
            for condition in tested(query) {
                let is_hidden = |range: &Range<usize>| range.contains(&condition.index());
                if self.hidden.iter().any(is_hidden) {
                    continue;
                }
                let own = condition.within().filter(|node| is_of(*node, query));
                for node in own.collect::<Vec<_>>() {
                    self.always_null(node);
                    self.not_in_nullable(node);
                }
            }
        }
    }

    fn always_null(&mut self, node: Node<'a>) {
        let compared = strict_operands(self.of.catalog, node);
        if compared.is_some_and(|operands| operands.into_iter().any(is_null)) {
            let operator = node.oid("opno").unwrap_or_default();
            let operator = self.of.catalog.operator_name(operator);
            self.say(
                "always_null",
                format!(
                    "comparing with NULL by {operator} is never true, whatever stands on the other side; write IS NULL, IS NOT NULL or IS NOT DISTINCT FROM"
                ),
            );
        }
        let is_not_in = node.label() == "SCALARARRAYOPEXPR" && node.flag("useOr") == Some(false);
        let list = node.list("args").node(1).filter(|_| is_not_in);
        let mut elements = list
            .into_iter()
            .flat_map(|list| list.list("elements").nodes());
        if elements.any(is_null) {
            self.say(
                "always_null",
                "NOT IN a list with NULL in it is never true; leave NULL out of the list, and ask IS NOT NULL beside it"
                    .to_owned(),
            );
        }
    }

    fn not_in_nullable(&mut self, node: Node<'a>) {
        const ANY: u8 = 2;
        let is_not = node.label() == "BOOLEXPR" && node.text("boolop").as_deref() == Some("not");
        let sublink = node.list("args").node(0).filter(|sublink| {
            is_not && sublink.label() == "SUBLINK" && sublink.number("subLinkType") == Some(ANY)
        });
        let Some(subquery) = sublink.and_then(|sublink| sublink.node("subselect")) else {
            return;
        };
        let columns = self.of.analysis.columns(Query(subquery));
        let nullable = columns.iter().find_map(|column| match column.proof {
            Err(Doubt::Allowed {
                relation,
                attribute,
            }) => Some(self.of.catalog.column(relation, attribute)),
            Err(Doubt::OuterJoin { .. }) => Some("its column".to_owned()),
            _ => None,
        });
        if let Some(column) = nullable {
            self.say(
                "not_in_nullable",
                format!(
                    "NOT IN is never true once the subquery returns a NULL, and {column} can be NULL; write NOT EXISTS, or add IS NOT NULL to the subquery"
                ),
            );
        }
    }
}

/// What is asked of rows, groups and cases: the places where NULL counts as false.
fn tested(query: Query<'_>) -> Vec<Node<'_>> {
    let mut tested = conditions(query);
    tested.extend(query.0.node("havingQual"));
    let cases = query.0.within().filter(|node| node.label() == "CASEWHEN");
    tested.extend(
        cases
            .filter(|case| is_of(*case, query))
            .filter_map(|case| case.node("expr")),
    );
    tested
}

fn is_of(node: Node<'_>, query: Query<'_>) -> bool {
    let around = node.enclosing_query();
    around.is_some_and(|around| around.index() == query.0.index())
}

fn is_null(operand: Node<'_>) -> bool {
    let value = uncast(operand);
    value.label() == "CONST" && value.flag("constisnull") == Some(true)
}
