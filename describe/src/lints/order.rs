//! LIMIT and OFFSET over rows that come in no order, or in one that leaves some of them side by side.

use crate::analyzed::{Command, Query};
use crate::cardinality::entries_below;
use crate::parameters::uncast;
use crate::tree::Node;

use super::{Work, conditions, reads_tables};

impl<'a> Work<'a, '_> {
    pub(super) fn order(&mut self) {
        // Where rows are written, as in batches, it is often the same which ones.
        if self.of.statement.command() != Some(Command::Select) {
            return;
        }
        for query in self.queries.clone() {
            self.unordered_limit(query);
        }
    }

    fn unordered_limit(&mut self, query: Query<'a>) {
        let (limits, skips) = (cuts(query, "limitCount"), cuts(query, "limitOffset"));
        let is_plain = query.command() == Some(Command::Select)
            && (limits || skips)
            && query.0.is_null("rowMarks")
            && reads_tables(query.0)
            && names_columns(query)
            && !is_only_counted(query)
            && !self.is_sample(query)
            && !stands_in_condition(query);
        if !is_plain {
            return;
        }
        if query.0.is_null("sortClause") {
            if !has_order_below(query) && self.may_have_several_rows(query) {
                self.say(
                    "unordered_limit",
                    "LIMIT or OFFSET without ORDER BY returns whichever rows come first, and perhaps others the next time; add ORDER BY"
                        .to_owned(),
                );
            }
        } else if skips && self.is_order_open(query) {
            self.say(
                "unordered_limit",
                "rows may be equal in all that ORDER BY sorts by, so that pages by OFFSET may repeat one of them and leave out another; sort by a unique column last"
                    .to_owned(),
            );
        }
    }

    /// Whether chance chooses the rows: TABLESAMPLE, or `random() < 0.1`.
    fn is_sample(&self, query: Query<'a>) -> bool {
        let mut entries = query.0.list("rtable").nodes();
        let functions = conditions(query)
            .into_iter()
            .flat_map(Node::within)
            .filter_map(|node| self.of.catalog.function(node.oid("funcid")?));
        entries.any(|entry| entry.node("tablesample").is_some())
            || functions.into_iter().any(|function| function.volatile)
    }

    fn may_have_several_rows(&self, query: Query<'a>) -> bool {
        let is_combined = !query.0.is_null("setOperations");
        let is_one_group = query.0.flag("hasAggs") == Some(true) && query.0.is_null("groupClause");
        is_combined
            || !is_one_group
                && !self
                    .rows
                    .borrow_mut()
                    .is_told_apart(query, "distinctClause")
    }

    /// Whether rows may be equal in all that they are sorted by; what is not understood may not.
    fn is_order_open(&self, query: Query<'a>) -> bool {
        let is_plain = [
            "setOperations",
            "groupClause",
            "distinctClause",
            "groupingSets",
        ]
        .iter()
        .all(|field| query.0.is_null(field));
        let tree = query.0.node("jointree");
        let entries = tree.map(entries_below).unwrap_or_default();
        is_plain
            && query.0.flag("hasAggs") == Some(false)
            && entries
                .iter()
                .all(|entry| self.is_understood(query, *entry))
            && sorts_by_columns(query)
            && !self.rows.borrow_mut().is_told_apart(query, "sortClause")
    }
}

/// Whether LIMIT or OFFSET is there and not one that does nothing: ALL, NULL, 0.
fn cuts(query: Query<'_>, field: &str) -> bool {
    // The server leaves the cast of an int to bigint to its planner.
    query.0.node(field).map(uncast).is_some_and(|value| {
        let is_nothing = value.label() == "CONST"
            && (value.flag("constisnull") == Some(true)
                || value
                    .bytes("constvalue")
                    .is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0)));
        !is_nothing
    })
}

/// Whether a row says more than that it is there: `SELECT 1 … LIMIT 1` asks nothing else.
fn names_columns(query: Query<'_>) -> bool {
    let output = query.output().filter_map(|entry| entry.node("expr"));
    let mut output = output.flat_map(Node::within);
    output.any(|node| node.label() == "VAR")
}

/// Whether a query around this one asks for nothing but how many rows there are: `SELECT count(*) FROM (… LIMIT 1000)`.
fn is_only_counted(query: Query<'_>) -> bool {
    let around = query.0.enclosing_query();
    around.is_some_and(|outer| outer.flag("hasAggs") == Some(true) && !names_columns(Query(outer)))
}

/// Whether a query is a part of an expression or a source of rows that another one cuts: IN, EXISTS, a scalar.
fn stands_in_condition(query: Query<'_>) -> bool {
    let mut around = query.0.enclosing_query();
    while let Some(outer) = around {
        let is_inside = outer.within().any(|node| {
            node.label() == "SUBLINK"
                && node.number("subLinkType") != Some(4_u8)
                && node
                    .node("subselect")
                    .is_some_and(|inner| inner.within().any(|it| it.index() == query.0.index()))
        });
        if is_inside {
            return true;
        }
        around = outer.enclosing_query();
    }
    false
}

/// Whether what stands in FROM is sorted, by a subquery or a CTE.
fn has_order_below(query: Query<'_>) -> bool {
    let mut inner = query.0.within().skip(1);
    let is_sorted = inner.any(|node| node.label() == "QUERY" && !node.is_null("sortClause"));
    is_sorted || refers_to_sorted_cte(query)
}

fn refers_to_sorted_cte(query: Query<'_>) -> bool {
    let entries = query.0.list("rtable").nodes();
    entries
        .filter(|entry| entry.text("ctename").is_some())
        .any(|entry| match query.cte(entry) {
            Some(cte) => !cte.0.is_null("sortClause"),
            // One that refers to itself makes its rows in an order of its own.
            None => true,
        })
}

/// Whether ORDER BY consists of columns: an expression may tell rows apart in ways that are not known.
fn sorts_by_columns(query: Query<'_>) -> bool {
    let entry = |key: Node<'_>| {
        let number: u32 = key.number("tleSortGroupRef")?;
        let mut entries = query.0.list("targetList").nodes();
        let target = entries.find(|entry| entry.number("ressortgroupref") == Some(number))?;
        Some(target.node("expr")?.label() == "VAR")
    };
    let mut keys = query.0.list("sortClause").nodes();
    keys.all(|key| entry(key) == Some(true))
}
