//! Arguments that may be NULL and are compared as if they never were.

use crate::parameters::uncast;
use crate::tree::Node;

use super::{Work, conditions, strict_operands};

impl<'a> Work<'a, '_> {
    pub(super) fn arguments(&mut self) {
        let asked: Vec<usize> = self
            .of
            .tree
            .nodes()
            .filter(|node| {
                matches!(
                    node.label(),
                    "NULLTEST" | "COALESCEEXPR" | "DISTINCTEXPR" | "BOOLEANTEST"
                )
            })
            .flat_map(|node| node.within().filter_map(parameter))
            .collect();
        for query in self.queries.clone() {
            for node in conditions(query).into_iter().flat_map(Node::within) {
                let operands = strict_operands(self.of.catalog, node).into_iter().flatten();
                for number in operands.filter_map(|operand| parameter(uncast(operand))) {
                    let is_nullable = self.of.nullable.get(number - 1) == Some(&true);
                    if is_nullable && !asked.contains(&number) {
                        self.nullable_argument(number);
                    }
                }
            }
        }
    }

    fn nullable_argument(&mut self, number: usize) {
        let parameters = self.of.template.parameters();
        let name = parameters
            .get(number - 1)
            .and_then(|parameter| parameter.name.as_deref());
        let name = name.map_or_else(|| format!("${number}"), |name| format!("${name}"));
        self.say(
            "nullable_argument",
            format!(
                "{name} may be NULL, and then the comparison with it is never true; write IS NOT DISTINCT FROM, ask {name} IS NULL beside it, or compare with a parameter of its own"
            ),
        );
    }
}

/// The number of a parameter of the statement.
fn parameter(node: Node<'_>) -> Option<usize> {
    let is_one = node.label() == "PARAM" && node.number::<u8>("paramkind") == Some(0);
    node.number("paramid")
        .filter(|number| is_one && *number > 0)
}
