//! Statements whose shape says how many rows they return, whatever the tables hold.

use super::check;

const SCHEMA: &str = "
    CREATE TABLE t (id int PRIMARY KEY, x int);
    CREATE TABLE empty (id int PRIMARY KEY, x int);
    INSERT INTO t VALUES (1, 1), (2, 1), (3, NULL);
    CREATE VIEW totals AS SELECT count(*) AS n FROM t;";

#[test]
fn without_from_there_is_one_row() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT 1"),
            ('1', "SELECT now(), (SELECT x FROM t WHERE id = 9)"),
            ('1', "SELECT EXISTS (SELECT FROM t)"),
            ('1', "SELECT 1 WHERE true"),
            ('?', "SELECT 1 WHERE 1 = 2"),
            ('?', "SELECT 1 WHERE NULL"),
            ('?', "SELECT 1 WHERE EXISTS (SELECT FROM empty)"),
            ('*', "SELECT generate_series(1, 0)"),
            ('*', "SELECT 1, unnest(ARRAY[1, 2])"),
            ('*', "TABLE t"),
            ('*', "SELECT id FROM empty"),
        ],
    );
}

#[test]
fn values_have_as_many_rows_as_are_written() {
    check(
        SCHEMA,
        &[
            ('1', "VALUES (1)"),
            ('+', "VALUES (1), (2)"),
            ('1', "SELECT * FROM (VALUES (1)) AS v"),
            ('?', "SELECT * FROM (VALUES (1)) AS v (n) WHERE n > 1"),
            ('+', "SELECT * FROM (VALUES (1), (2)) AS v (n)"),
            ('*', "SELECT * FROM (VALUES (1), (2)) AS v (n) WHERE n > 1"),
            ('1', "VALUES (1), (2) LIMIT 1"),
            ('?', "VALUES (1), (2) OFFSET 2"),
        ],
    );
}

#[test]
fn an_aggregate_without_keys_has_one_row() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT count(*) FROM t"),
            ('1', "SELECT sum(x) FROM empty"),
            (
                '1',
                "SELECT max(t.x) FILTER (WHERE t.x > 1) FROM t JOIN empty USING (id)",
            ),
            ('?', "SELECT count(*) FROM t HAVING count(*) > 5"),
            ('1', "SELECT 1 FROM empty HAVING true"),
            ('?', "SELECT 1 FROM t HAVING false"),
            ('*', "SELECT count(*) FROM t GROUP BY x"),
            ('*', "SELECT count(*) FROM empty GROUP BY x"),
            ('*', "SELECT count(*) OVER () FROM t"),
            ('*', "SELECT generate_series(1, 2 * count(*)) FROM t"),
            ('1', "SELECT n FROM totals"),
            ('1', "WITH c AS (SELECT count(*) FROM t) SELECT * FROM c"),
            (
                '1',
                "WITH c AS (SELECT 1 AS n) SELECT a.n FROM c AS a CROSS JOIN c AS b",
            ),
        ],
    );
}

#[test]
fn grouping_sets_return_a_row_for_each_set_that_has_one() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT count(*) FROM empty GROUP BY ()"),
            ('+', "SELECT x, count(*) FROM empty GROUP BY ROLLUP (x)"),
            ('+', "SELECT x, count(*) FROM empty GROUP BY CUBE (x, id)"),
            (
                '+',
                "SELECT count(*) FROM empty GROUP BY GROUPING SETS ((), ())",
            ),
            (
                '+',
                "SELECT x, count(*) FROM empty GROUP BY GROUPING SETS ((x), ())",
            ),
            (
                '*',
                "SELECT x, id, count(*) FROM empty GROUP BY x, ROLLUP (id)",
            ),
            (
                '*',
                "SELECT x, id FROM t GROUP BY GROUPING SETS ((x), (id))",
            ),
            (
                '*',
                "SELECT x FROM t GROUP BY ROLLUP (x) HAVING count(*) > 7",
            ),
            ('+', "SELECT 1 FROM (VALUES (1), (2)) AS v (n) GROUP BY n"),
        ],
    );
}

#[test]
fn limit_and_offset_cut_rows_off() {
    check(
        SCHEMA,
        &[
            ('?', "SELECT id FROM t LIMIT 1"),
            ('?', "SELECT id FROM t ORDER BY id LIMIT 1::bigint"),
            ('?', "SELECT id FROM t FETCH FIRST ROW ONLY"),
            ('?', "SELECT id FROM t LIMIT 0"),
            ('*', "SELECT id FROM t LIMIT 2"),
            ('*', "SELECT id FROM t LIMIT NULL"),
            ('*', "SELECT id FROM t LIMIT 1 + 1"),
            (
                '*',
                "SELECT x FROM t ORDER BY x FETCH FIRST 1 ROW WITH TIES",
            ),
            ('1', "SELECT 1 LIMIT 5"),
            ('?', "SELECT 1 LIMIT 0"),
            ('?', "SELECT 1 LIMIT 1 - 1"),
            ('1', "SELECT 1 LIMIT NULL OFFSET NULL"),
            ('1', "SELECT count(*) FROM t OFFSET 0"),
            ('?', "SELECT count(*) FROM t OFFSET 1"),
            ('?', "SELECT count(*) FROM t OFFSET 1 - 1"),
            ('+', "VALUES (1), (2), (3) OFFSET 1"),
            ('1', "VALUES (1), (2), (3) OFFSET 1 FETCH FIRST ROW ONLY"),
            (
                '?',
                "SELECT * FROM (SELECT id FROM t LIMIT 1) AS s, (SELECT 1) AS o",
            ),
            (
                '+',
                "SELECT o.n FROM (VALUES (1), (2)) AS o (n) ORDER BY n FETCH FIRST 1 ROW WITH TIES",
            ),
        ],
    );
}

#[test]
fn a_limit_from_outside_may_be_any_number() {
    crate::support::on_every_version(SCHEMA, |scratch| {
        for (sign, sql) in [
            ('*', "SELECT id FROM t LIMIT $1"),
            ('?', "SELECT 1 LIMIT $1"),
            ('?', "SELECT 1 OFFSET $1"),
        ] {
            let claimed = scratch.describe(sql).cardinality;
            assert_eq!(claimed, Some(super::cardinality(sign)), "{sql}");
        }
    });
}

#[test]
fn operations_on_sets_add_up() {
    check(
        SCHEMA,
        &[
            ('+', "SELECT 1 UNION ALL SELECT 2"),
            ('+', "SELECT 1 UNION SELECT 1"),
            ('+', "SELECT 1 UNION ALL SELECT id FROM t"),
            ('*', "SELECT id FROM empty UNION SELECT x FROM empty"),
            ('?', "SELECT 1 INTERSECT SELECT id FROM t"),
            ('?', "SELECT id FROM t INTERSECT ALL SELECT 1"),
            ('?', "SELECT 1 EXCEPT SELECT id FROM t"),
            ('*', "SELECT id FROM t EXCEPT SELECT 1"),
            ('1', "SELECT 1 UNION ALL SELECT 2 LIMIT 1"),
            (
                '?',
                "(SELECT id FROM t LIMIT 1) UNION ALL (SELECT id FROM t LIMIT 0)",
            ),
            (
                '*',
                "(SELECT id FROM t LIMIT 1) UNION ALL (SELECT id FROM t LIMIT 1)",
            ),
        ],
    );
}

#[test]
fn distinct_rows_are_no_more_and_not_none() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT DISTINCT 1"),
            ('+', "SELECT DISTINCT * FROM (VALUES (1), (1)) AS v"),
            (
                '+',
                "SELECT DISTINCT ON (n) n FROM (VALUES (1), (1)) AS v (n)",
            ),
            ('*', "SELECT DISTINCT x FROM t"),
            ('*', "SELECT DISTINCT x FROM empty"),
            (
                '?',
                "SELECT DISTINCT * FROM (VALUES (1), (1)) AS v OFFSET 1",
            ),
        ],
    );
}

#[test]
fn joins_multiply_and_outer_joins_keep_one_side() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT * FROM (SELECT 1) AS a, (SELECT 2) AS b"),
            (
                '1',
                "SELECT * FROM (SELECT 1) AS a LEFT JOIN (SELECT 2) AS b ON false",
            ),
            (
                '1',
                "SELECT * FROM (SELECT count(*) FROM t) AS a LEFT JOIN (SELECT x FROM t LIMIT 1) AS b ON true",
            ),
            ('+', "SELECT * FROM (SELECT 1) AS a LEFT JOIN t ON t.id > 1"),
            (
                '+',
                "SELECT * FROM t RIGHT JOIN (SELECT 1) AS a ON t.id > 1",
            ),
            (
                '+',
                "SELECT * FROM (SELECT 1 AS n) AS a FULL JOIN (SELECT 2 AS m) AS b ON n = m",
            ),
            (
                '+',
                "SELECT * FROM t FULL JOIN (SELECT 2 AS m) AS b ON id = m",
            ),
            (
                '?',
                "SELECT * FROM (SELECT 1 AS n) AS a JOIN (SELECT 2 AS m) AS b ON n = m",
            ),
            ('*', "SELECT * FROM t LEFT JOIN (SELECT 2) AS b ON true"),
            (
                '?',
                "SELECT * FROM (SELECT 1) AS a LEFT JOIN t ON true WHERE t.id = 9 LIMIT 1",
            ),
            (
                '+',
                "SELECT * FROM (SELECT 1) AS a LEFT JOIN LATERAL (SELECT id FROM t WHERE id > 1) AS b ON true",
            ),
            ('*', "SELECT * FROM (SELECT 1) AS a CROSS JOIN empty"),
        ],
    );
}

#[test]
fn rows_that_are_locked_may_be_gone() {
    check(
        SCHEMA,
        &[
            ('?', "SELECT id FROM t LIMIT 1 FOR UPDATE SKIP LOCKED"),
            ('*', "SELECT id FROM t FOR SHARE"),
            (
                '*',
                "SELECT o.n, t.id FROM (VALUES (1)) AS o (n) LEFT JOIN t ON true FOR UPDATE OF o",
            ),
            (
                '*',
                "SELECT s.n, t.id FROM (SELECT 1 AS n) AS s LEFT JOIN t ON true FOR NO KEY UPDATE OF s",
            ),
        ],
    );
}

#[test]
fn recursive_queries_return_at_least_the_rows_that_they_begin_with() {
    check(
        SCHEMA,
        &[
            (
                '*',
                "WITH RECURSIVE r (n) AS (SELECT 1 WHERE false UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
            ),
            (
                '+',
                "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
            ),
            (
                '+',
                "WITH RECURSIVE r (n) AS (VALUES (1), (1) UNION SELECT n FROM r) SELECT n FROM r",
            ),
            (
                '?',
                "WITH RECURSIVE r (n) AS (VALUES (1), (1) UNION SELECT n FROM r) SELECT n FROM r OFFSET 1 LIMIT 1",
            ),
            (
                '1',
                "WITH RECURSIVE r (n) AS (VALUES (1), (1) UNION ALL SELECT n FROM r WHERE false) SELECT n FROM r OFFSET 1 LIMIT 1",
            ),
            (
                '*',
                "WITH RECURSIVE r (n) AS (SELECT id FROM t UNION SELECT n FROM r) SELECT n FROM r",
            ),
        ],
    );
}
