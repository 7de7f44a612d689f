//! Conditions that no index can serve: an implicit cast around an indexed column, a value that changes with every row.

use crate::analyzed::{Entry, Query};
use crate::cardinality::column;
use crate::tree::Node;

use super::{Work, conditions, references, strict_operands};

impl<'a> Work<'a, '_> {
    pub(super) fn predicates(&mut self) {
        for query in self.queries.clone() {
            for condition in conditions(query) {
                let Some([left, right]) = strict_operands(self.of.catalog, condition) else {
                    continue;
                };
                for (side, other) in [(left, right), (right, left)] {
                    self.implicit_cast(query, side, other);
                    self.volatile_predicate(query, condition, side, other);
                }
            }
        }
    }

    fn implicit_cast(&mut self, query: Query<'a>, side: Node<'a>, other: Node<'a>) {
        const IMPLICIT: u8 = 2;
        let catalog = self.of.catalog;
        let cast = match side.label() {
            "FUNCEXPR" if side.number("funcformat") == Some(IMPLICIT) => side.list("args").node(0),
            "COERCEVIAIO" if side.number("coerceformat") == Some(IMPLICIT) => side.node("arg"),
            _ => None,
        };
        let Some((cast, (entry, attribute))) =
            cast.and_then(|cast| Some((cast, column(query, cast)?)))
        else {
            return;
        };
        let Some(Entry::Relation { relation, .. }) = query.entry(entry) else {
            return;
        };
        let is_alone = references(query, other)
            .all(|node| column(query, node).is_some_and(|(other, _)| other != entry));
        let keys = catalog.keys();
        // An index of expressions may hold the very cast.
        let is_lost = keys.is_indexed(relation, attribute) && !keys.has_special_indexes(relation);
        if is_alone && is_lost {
            let name = catalog.column(relation, attribute);
            let ty = cast.oid("vartype").map(|ty| catalog.type_name(ty));
            let ty = ty.unwrap_or_default();
            self.say(
                "implicit_cast",
                format!(
                    "{name} is cast before it is compared, and its index cannot serve; cast the other side to {ty} instead"
                ),
            );
        }
    }

    fn volatile_predicate(
        &mut self,
        query: Query<'a>,
        condition: Node<'a>,
        side: Node<'a>,
        other: Node<'a>,
    ) {
        let catalog = self.of.catalog;
        // A subquery is evaluated once.
        let is_direct = |node: &Node<'a>| {
            let around = node.enclosing_query();
            around.is_some_and(|around| around.index() == query.0.index())
        };
        let called = side.within().filter(is_direct);
        let mut functions = called.filter_map(|node| catalog.function(node.oid("funcid")?));
        let Some(function) = functions.find(|function| function.volatile) else {
            return;
        };
        let is_constant = !side.within().any(|node| node.label() == "VAR");
        let is_column = references(query, other).next().is_some();
        let operator = condition
            .oid("opno")
            .and_then(|oid| catalog.keys().operator(oid));
        let is_equality = operator.is_some_and(|operator| !operator.families.is_empty());
        // `random() < share` is how rows are sampled.
        let is_sample =
            function.built_in && function.signature.starts_with("random") && !is_equality;
        if is_constant && is_column && !is_sample {
            let signature = &function.signature;
            self.say(
                "volatile_predicate",
                format!(
                    "{signature} is volatile: it is called for every row, may return another value each time, and lets no index serve; call it once, in a subquery (SELECT …), or declare it STABLE if it is"
                ),
            );
        }
    }
}
