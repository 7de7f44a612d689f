//! Rules that are switched off: what they prove is not proven any more, and what they hold back is claimed.

use hathi_describe::Rule;

use crate::support::scratch;

const SCHEMA: &str = "
    CREATE TABLE t (id int PRIMARY KEY, n int, y int NOT NULL, b bool NOT NULL, d date NOT NULL);
    CREATE TABLE u (id int PRIMARY KEY, t_id int NOT NULL, v int);";

/// A statement of one column, and what is claimed of it without a rule; with it the opposite is.
const CASES: &[(Rule, &str, &str)] = &[
    (Rule::StoredColumn, "SELECT y FROM t", "?"),
    (
        Rule::OuterJoin,
        "SELECT u.id FROM t LEFT JOIN u ON u.t_id = t.id",
        "!",
    ),
    (
        Rule::MergedColumn,
        "SELECT id FROM t FULL JOIN u USING (id)",
        "?",
    ),
    (Rule::StrictCondition, "SELECT n FROM t WHERE n > 1", "?"),
    (Rule::IsNotNull, "SELECT n FROM t WHERE n IS NOT NULL", "?"),
    (Rule::Conjunction, "SELECT n FROM t WHERE n > 1 AND b", "?"),
    (Rule::Disjunction, "SELECT n FROM t WHERE n > 1 OR b", "!"),
    (
        Rule::TruthTest,
        "SELECT n FROM t WHERE (n > 1) IS TRUE",
        "?",
    ),
    (
        Rule::NotDistinct,
        "SELECT n FROM t WHERE n IS NOT DISTINCT FROM 1",
        "?",
    ),
    (
        Rule::EmptyArray,
        "SELECT n FROM t WHERE n = ALL ('{}'::int[])",
        "!",
    ),
    (
        Rule::EmptySubquery,
        "SELECT n FROM t WHERE n = ALL (SELECT id FROM u)",
        "!",
    ),
    (
        Rule::SameExpression,
        "SELECT array_length(ARRAY[y], 2) FROM t WHERE array_length(ARRAY[y], 2) > 0",
        "?",
    ),
    (
        Rule::CancelledJoin,
        "SELECT u.t_id FROM t LEFT JOIN u ON u.t_id = t.id WHERE u.v > 1",
        "?",
    ),
    (
        Rule::AlwaysMatched,
        "SELECT c FROM t LEFT JOIN (SELECT count(*) AS c FROM u) AS s ON true",
        "?",
    ),
    (
        Rule::CaseGuard,
        "SELECT CASE WHEN n > 1 THEN n ELSE 1 END FROM t",
        "?",
    ),
    (Rule::Having, "SELECT n FROM t GROUP BY n HAVING n > 1", "?"),
    (Rule::BuiltInFunction, "SELECT y + 1 FROM t", "?"),
    (
        Rule::UnknownFunction,
        "SELECT array_length(ARRAY[y], 2) FROM t",
        "!",
    ),
    (Rule::NullArgument, "SELECT n + 1 FROM t", "!"),
    (
        Rule::InfiniteDate,
        "SELECT extract(month FROM d) FROM t",
        "!",
    ),
    (Rule::AnyArgument, "SELECT coalesce(n, 1) FROM t", "?"),
    (
        Rule::CaseBranches,
        "SELECT CASE WHEN b THEN 1 WHEN y > 1 THEN n ELSE 1 END FROM t",
        "!",
    ),
    (Rule::CaseElse, "SELECT CASE WHEN b THEN 1 END FROM t", "!"),
    (Rule::NullTest, "SELECT n IS NULL FROM t", "?"),
    (
        Rule::DistinctFrom,
        "SELECT n IS DISTINCT FROM 1 FROM t",
        "?",
    ),
    (Rule::Constructor, "SELECT ARRAY[n] FROM t", "?"),
    (
        Rule::NullElement,
        "SELECT y = ANY (ARRAY[1, n]) FROM t",
        "!",
    ),
    (Rule::CountingAggregate, "SELECT count(*) FROM t", "?"),
    (
        Rule::AggregateOfRows,
        "SELECT sum(y) FROM t GROUP BY n",
        "?",
    ),
    (Rule::EmptyGroup, "SELECT sum(y) FROM t", "!"),
    (
        Rule::AggregateFilter,
        "SELECT sum(y) FILTER (WHERE b) FROM t GROUP BY n",
        "!",
    ),
    (
        Rule::WindowFunction,
        "SELECT row_number() OVER () FROM t",
        "?",
    ),
    (
        Rule::WindowFrame,
        "SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM t",
        "!",
    ),
    (
        Rule::GroupingSet,
        "SELECT y FROM t GROUP BY ROLLUP (y)",
        "!",
    ),
    (
        Rule::FoldedKey,
        "SELECT y + (2 - 1) FROM t GROUP BY id, ROLLUP (y + 1)",
        "!",
    ),
    (Rule::ExistsSubquery, "SELECT EXISTS (SELECT FROM u)", "?"),
    (Rule::ScalarSubquery, "SELECT (SELECT 1)", "?"),
    (Rule::NoRow, "SELECT (SELECT y FROM t WHERE id = 7)", "!"),
    (
        Rule::TestedSubquery,
        "SELECT y IN (SELECT v FROM u) FROM t",
        "!",
    ),
    (Rule::Union, "SELECT y FROM t UNION SELECT id FROM u", "?"),
    (
        Rule::Intersect,
        "SELECT y FROM t INTERSECT SELECT v FROM u",
        "?",
    ),
    (Rule::Except, "SELECT y FROM t EXCEPT SELECT v FROM u", "?"),
    (
        Rule::RecursiveCte,
        "WITH RECURSIVE r AS (SELECT 1 AS a UNION SELECT a + 1 FROM r WHERE a < 3) SELECT a FROM r",
        "?",
    ),
    (Rule::Values, "VALUES (1), (2)", "?"),
    (
        Rule::FunctionInFrom,
        "SELECT * FROM generate_series(1, 2)",
        "?",
    ),
    (
        Rule::RowsFrom,
        "SELECT g FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r (g, h)",
        "!",
    ),
    (
        Rule::AbsentRow,
        "INSERT INTO t VALUES (1, 1, 1, true, now()) RETURNING old.y",
        "!",
    ),
    (Rule::AssignedColumn, "UPDATE t SET n = 1 RETURNING n", "?"),
    (
        Rule::KeptColumn,
        "DELETE FROM t WHERE n > 1 RETURNING n",
        "?",
    ),
    (Rule::Elements, "SELECT unnest(ARRAY[1, 2])", "?"),
];

#[test]
fn a_rule_that_is_switched_off_is_missed() {
    let mut scratch = scratch(18, SCHEMA);
    let missed = CASES.iter().filter(|(rule, sql, without)| {
        let with = if *without == "?" { "!" } else { "?" };
        scratch.check(sql, with);
        scratch.without(*rule, sql) == *without
    });
    let missed: Vec<&str> = missed.map(|(rule, ..)| rule.name()).collect();
    let all: Vec<&str> = CASES.iter().map(|(rule, ..)| rule.name()).collect();
    assert_eq!(missed, all);
}
