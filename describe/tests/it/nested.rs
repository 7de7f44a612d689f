//! Plain columns through subqueries, CTEs, views and set operations.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, x int, z varchar NOT NULL);
    CREATE TABLE big (id bigint NOT NULL);
    INSERT INTO a VALUES (1, 1, 1), (2, NULL, 2), (3, 3, 3);
    INSERT INTO b VALUES (2, 2, 'two'), (3, NULL, 'three'), (4, 4, 'four');
    CREATE VIEW plain AS SELECT id, x, y AS why FROM a;
    CREATE VIEW outer_join AS SELECT a.id, b.id AS b_id, b.z FROM a LEFT JOIN b ON b.id = a.id;
    CREATE VIEW merged AS SELECT id, a.y, b.z FROM a FULL JOIN b USING (id);
    CREATE VIEW of_views AS SELECT p.id, o.b_id, o.id AS o_id FROM plain p LEFT JOIN outer_join o ON o.id = p.id + 1;
    CREATE VIEW grouped AS SELECT id, y, count(*) FROM a GROUP BY id, ROLLUP (y);
    CREATE VIEW guarded WITH (security_barrier) AS SELECT id, x FROM a WHERE id > 1;
    CREATE VIEW united AS SELECT id FROM a UNION SELECT id FROM b;
    CREATE VIEW with_cte AS WITH s AS (SELECT id FROM a) SELECT id FROM s;
    CREATE MATERIALIZED VIEW stored AS SELECT id FROM a;
    CREATE FUNCTION numbers() RETURNS TABLE (n int) LANGUAGE sql AS 'VALUES (1), (NULL)';";

fn check(cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn a_subquery_hands_its_columns_on() {
    check(&[
        ("SELECT * FROM (SELECT id, x, y FROM a) AS s", "!?!"),
        (
            "SELECT * FROM (SELECT * FROM (SELECT y, id FROM a LIMIT 2) AS s ORDER BY id) AS t",
            "!!",
        ),
        (
            "SELECT s.id, b.id FROM b LEFT JOIN (SELECT id FROM a) AS s ON s.id = b.id",
            "?!",
        ),
        (
            "SELECT s.b FROM (SELECT b.id AS b FROM a LEFT JOIN b ON b.id = a.id) AS s",
            "?",
        ),
        ("SELECT s FROM (SELECT id FROM a) AS s", "!"),
        ("SELECT s.* FROM (SELECT id + 1 AS id, y FROM a) AS s", "!!"),
        (
            "SELECT l.*, a.id FROM a, LATERAL (SELECT a.y, a.x, b.z FROM b WHERE b.id = a.id) AS l",
            "!?!!",
        ),
        (
            "SELECT l.y FROM a LEFT JOIN LATERAL (SELECT a.y, b.z FROM b WHERE b.id = a.id) AS l ON true",
            "?",
        ),
        (
            "SELECT l.i, l.z FROM a LEFT JOIN b ON b.id = a.id, LATERAL (SELECT a.id AS i, b.z) AS l",
            "!?",
        ),
        (
            "SELECT l.m, l.y FROM a, LATERAL (SELECT max(b.id) AS m, a.y FROM b WHERE b.id > a.id) AS l",
            "?!",
        ),
        (
            "SELECT k.z FROM a LEFT JOIN (b CROSS JOIN LATERAL (SELECT b.z) AS k) ON b.id = a.id",
            "?",
        ),
        (
            "SELECT (SELECT id FROM a WHERE id = 9), EXISTS (SELECT FROM a), ARRAY(SELECT x FROM a)",
            "?!!",
        ),
        ("SELECT n FROM numbers()", "?"),
        ("SELECT * FROM generate_series(1, 3)", "!"),
        ("SELECT * FROM unnest(ARRAY[1, NULL]) WITH ORDINALITY", "?!"),
        ("SELECT * FROM (VALUES (1, 2), (3, NULL)) AS v", "!?"),
        ("SELECT * FROM jsonb_each_text('{\"a\": null}')", "!?"),
        ("SELECT id, unnest(ARRAY[1, NULL]) FROM a", "!?"),
    ]);
}

#[test]
fn a_cte_hands_its_columns_on_unless_it_is_recursive() {
    check(&[
        ("WITH s AS (SELECT id, x FROM a) SELECT * FROM s", "!?"),
        (
            "WITH s AS MATERIALIZED (SELECT b.id FROM a LEFT JOIN b ON b.id = a.id) SELECT * FROM s",
            "?",
        ),
        (
            "WITH s AS (SELECT id FROM a), t AS (SELECT * FROM s) SELECT s.id, t.id FROM s LEFT JOIN t ON t.id = s.id",
            "!?",
        ),
        (
            "WITH s AS (SELECT id FROM a) SELECT * FROM (WITH t AS (SELECT id FROM s) SELECT t.id, s.id FROM s, t) AS u",
            "!!",
        ),
        (
            "WITH s AS (SELECT id FROM a), t AS (SELECT x FROM a) SELECT t.x, s.id FROM s, t",
            "?!",
        ),
        (
            "WITH t AS (SELECT x FROM a), s AS (SELECT id FROM a) SELECT t.x, s.id FROM s, t",
            "?!",
        ),
        (
            "WITH s AS (SELECT x AS id FROM a) SELECT * FROM (WITH s AS (SELECT id FROM a) SELECT id FROM s) AS u",
            "!",
        ),
        (
            "WITH s AS (SELECT id FROM a) SELECT * FROM (WITH s AS (SELECT x AS id FROM a) SELECT id FROM s) AS u",
            "?",
        ),
        (
            "WITH RECURSIVE r AS (SELECT id FROM a UNION ALL SELECT NULL FROM r WHERE id = 1) SELECT * FROM r",
            "?",
        ),
        (
            "WITH RECURSIVE s AS (SELECT id FROM a) SELECT * FROM s",
            "!",
        ),
        (
            "WITH s AS (DELETE FROM a RETURNING id, x) SELECT * FROM s",
            "!?",
        ),
        (
            "WITH s AS (UPDATE a SET x = NULL RETURNING id, x) SELECT s.* FROM b LEFT JOIN s ON s.id = b.id",
            "??",
        ),
        (
            "WITH s AS (INSERT INTO a VALUES (9, NULL, 9) RETURNING *) SELECT * FROM s",
            "!?!",
        ),
    ]);
}

#[test]
fn a_view_hands_its_columns_on() {
    check(&[
        ("SELECT * FROM plain", "!?!"),
        ("SELECT * FROM outer_join", "!??"),
        ("SELECT * FROM merged", "!??"),
        ("SELECT * FROM of_views", "!??"),
        ("SELECT * FROM grouped", "!?!"),
        ("SELECT * FROM guarded", "!?"),
        ("SELECT * FROM united", "!"),
        ("SELECT * FROM with_cte", "!"),
        ("SELECT * FROM stored", "?"),
        (
            "SELECT p.id, m.id FROM plain p LEFT JOIN merged m ON m.id = p.id",
            "!?",
        ),
    ]);
}

#[test]
fn a_set_operation_proves_what_both_sides_prove() {
    check(&[
        ("SELECT id FROM a UNION SELECT id FROM b", "!"),
        ("SELECT id, id FROM a UNION ALL SELECT id, x FROM b", "!?"),
        ("SELECT id, x FROM a UNION ALL SELECT id, id FROM b", "!?"),
        ("SELECT id FROM a INTERSECT SELECT id FROM b", "!"),
        ("SELECT id FROM a EXCEPT SELECT id FROM b", "!"),
        ("SELECT id FROM a UNION ALL SELECT NULL", "?"),
        (
            "SELECT id FROM a UNION ALL (SELECT id FROM b EXCEPT SELECT x FROM a)",
            "!",
        ),
        (
            "SELECT id FROM a UNION ALL (SELECT id FROM b ORDER BY id LIMIT 1) UNION ALL SELECT y FROM a",
            "!",
        ),
        (
            "SELECT b.id FROM a LEFT JOIN b ON b.id = a.id UNION SELECT id FROM a",
            "?",
        ),
        // The two sides have different types: one is cast.
        ("SELECT id FROM a UNION ALL SELECT id FROM big", "!"),
        (
            "SELECT * FROM (SELECT id FROM a UNION SELECT id FROM b) AS u LEFT JOIN a ON a.id = u.id",
            "!???",
        ),
        (
            "WITH t AS (SELECT id FROM a UNION SELECT id FROM b) SELECT * FROM t UNION SELECT y FROM a",
            "!",
        ),
        ("VALUES (1), (2)", "!"),
    ]);
}

#[test]
fn a_chain_of_queries_that_doubles_with_each_link_is_analysed_in_no_time() {
    let mut sql = "WITH q0 AS (SELECT id FROM a)".to_owned();
    for link in 1..40 {
        let before = link - 1;
        sql += &format!(", q{link} AS (SELECT id FROM q{before} EXCEPT SELECT id FROM q{before})");
    }
    sql += " SELECT id FROM q39";
    on_every_version(SCHEMA, |scratch| scratch.check(&sql, "!"));
}

#[test]
fn queries_nested_without_reason_prove_nothing_and_break_nothing() {
    let nested = |depth| {
        format!(
            "{} SELECT id FROM a {}",
            "SELECT * FROM (".repeat(depth),
            ") AS s".repeat(depth)
        )
    };
    on_every_version(SCHEMA, |scratch| {
        scratch.check(&nested(30), "!");
        scratch.check(&nested(400), "?");
    });
}
