//! Rows that hold each other at values, through joins of all kinds.

use super::check;

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, x int);
    CREATE TABLE c (a int, b int, n int, PRIMARY KEY (a, b));
    CREATE TABLE num (n numeric, t bpchar(3), f float8, x int);
    INSERT INTO a VALUES (0, 1, 1, false, 'a'), (5, 1, 2, true, 'b'), (7, NULL, 1, NULL, 'c');
    INSERT INTO b VALUES (0, 1), (1, 1), (5, 7);
    INSERT INTO c VALUES (0, 0, 1), (0, 1, 1), (5, 5, 1);
    INSERT INTO num VALUES (1.0, 'a', 0, 1), (1.00, 'a', '-0', 1), (1, 'b', 1, 2);
    CREATE VIEW kept AS SELECT a.id, b.x FROM a LEFT JOIN b ON b.id = a.x;";

#[test]
fn a_row_that_is_found_holds_the_next_one() {
    check(
        SCHEMA,
        &[
            ('?', "SELECT * FROM a JOIN b ON b.id = a.x WHERE a.id = 5"),
            ('?', "SELECT * FROM b JOIN a ON b.id = a.x WHERE a.id = 5"),
            ('?', "SELECT * FROM a, b WHERE a.id = b.id AND b.id = 5"),
            ('?', "SELECT * FROM a NATURAL JOIN b WHERE id = 5"),
            ('?', "SELECT * FROM a JOIN b USING (id) WHERE id = 5"),
            (
                '?',
                "SELECT * FROM a, b, c WHERE c.a = a.id AND c.b = b.id AND b.id = a.x + 4 AND a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a JOIN b ON b.id = a.y WHERE a.y = 1 AND a.id = 5",
            ),
            ('*', "SELECT * FROM a JOIN b ON b.id = a.y WHERE a.y = 1"),
            (
                '?',
                "SELECT * FROM (SELECT id FROM a LIMIT 1) AS s JOIN b ON b.id = s.id",
            ),
            (
                '?',
                "SELECT * FROM a CROSS JOIN LATERAL (SELECT * FROM b WHERE b.id = a.x) AS s WHERE a.id = 5",
            ),
            (
                '*',
                "SELECT * FROM a CROSS JOIN LATERAL (SELECT * FROM b WHERE b.x = a.x) AS s WHERE a.id = 5",
            ),
            ('*', "SELECT * FROM a JOIN b ON b.x = a.x WHERE a.id = 5"),
            ('*', "SELECT * FROM a, b WHERE a.id = 5"),
            ('*', "SELECT * FROM a JOIN b ON b.id = a.id"),
            ('*', "SELECT * FROM a, b WHERE a.id = b.x AND b.id = a.x"),
            (
                '*',
                "SELECT * FROM (SELECT id FROM a LIMIT 2) AS s JOIN b ON b.id = s.id",
            ),
            (
                '?',
                "SELECT * FROM (SELECT id FROM a LIMIT 2) AS s JOIN b ON b.id = s.id LIMIT 1",
            ),
            (
                '+',
                "SELECT * FROM (SELECT 1 AS n) AS s LEFT JOIN (SELECT 2 UNION ALL SELECT 3) AS r ON true",
            ),
            (
                '*',
                "SELECT * FROM a JOIN a AS b ON a.id = b.id AND b.x = 1",
            ),
        ],
    );
}

#[test]
fn a_side_that_may_find_no_row_multiplies_nothing_if_it_is_held() {
    check(
        SCHEMA,
        &[
            (
                '?',
                "SELECT * FROM a LEFT JOIN b ON b.id = a.x WHERE a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM b RIGHT JOIN a ON b.id = a.x WHERE a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a LEFT JOIN (b JOIN c ON c.a = b.id AND c.b = 5) ON b.id = a.x WHERE a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a LEFT JOIN LATERAL (SELECT * FROM b WHERE b.x = a.x LIMIT 1) AS s ON true WHERE a.id = 5",
            ),
            (
                '1',
                "SELECT * FROM (SELECT 5 AS n) AS s LEFT JOIN a ON a.id = s.n",
            ),
            (
                '1',
                "SELECT * FROM (SELECT 5 AS n) AS s LEFT JOIN a ON a.id = s.n LEFT JOIN b ON b.id = a.x",
            ),
            (
                '1',
                "SELECT * FROM (SELECT 5 AS n) AS s LEFT JOIN a ON a.id = s.n LEFT JOIN b ON b.id = coalesce(a.x, 0)",
            ),
            ('?', "SELECT * FROM kept WHERE id = 5"),
            (
                '*',
                "SELECT * FROM a LEFT JOIN b ON b.x = a.x WHERE a.id = 5",
            ),
            (
                '+',
                "SELECT * FROM (SELECT 5 AS n) AS s LEFT JOIN a ON a.x = s.n",
            ),
            ('*', "SELECT * FROM a LEFT JOIN b ON b.id = 5"),
            (
                '*',
                "SELECT * FROM a LEFT JOIN b ON b.id = a.x WHERE b.x = 1",
            ),
            (
                '*',
                "SELECT * FROM a FULL JOIN b ON b.id = a.id AND a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a FULL JOIN b ON b.id = a.id WHERE a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a FULL JOIN b ON b.id = a.id WHERE a.id = 5 AND b.id = 5",
            ),
            (
                '?',
                "SELECT * FROM b RIGHT JOIN (a FULL JOIN c ON c.a = a.id) ON b.id = a.x WHERE a.id = 5 AND c.b = 5",
            ),
        ],
    );
}

#[test]
fn a_row_that_an_outer_join_may_leave_out_holds_nothing_outside() {
    check(
        SCHEMA,
        &[
            ('*', "SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f WHERE a.id = coalesce(b.x, 0)"),
            ('*', "SELECT a.id FROM (SELECT 5 AS x) AS b RIGHT JOIN a ON a.f WHERE a.id = coalesce(b.x, 0)"),
            (
                '*',
                "SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f CROSS JOIN LATERAL (SELECT b.x) AS l
                 WHERE a.id = coalesce(l.x, 0)",
            ),
            ('?', "SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f WHERE a.id = b.x"),
            ('?', "SELECT a.id FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f WHERE b.x IS NOT NULL AND a.id = coalesce(b.x, 0)"),
            ('*', "SELECT a.id FROM a LEFT JOIN b ON b.id = 5 WHERE b.id IS NULL"),
            ('*', "SELECT a.id FROM a LEFT JOIN b ON a.id = 5"),
        ],
    );
}

#[test]
fn rows_that_differ_each_time_hold_nothing() {
    check(
        SCHEMA,
        &[
            (
                '*',
                "SELECT * FROM a JOIN (SELECT (random() * 7)::int AS n) AS s ON a.id = s.n",
            ),
            (
                '*',
                "SELECT * FROM a JOIN (SELECT id FROM b WHERE random() < 0.5 LIMIT 1) AS s ON a.id = s.id",
            ),
            (
                '*',
                "SELECT * FROM (SELECT (random() * 7)::int AS n) AS s CROSS JOIN LATERAL (SELECT * FROM a WHERE a.id = s.n) AS l",
            ),
            (
                '?',
                "SELECT * FROM a JOIN (SELECT (random() * 7)::int AS n) AS s ON a.id = 5",
            ),
            ('1', "SELECT * FROM (SELECT random()) AS s"),
            (
                '?',
                "WITH s AS (SELECT (random() * 7)::int AS n) SELECT * FROM a JOIN s ON a.id = s.n",
            ),
            (
                '*',
                "SELECT * FROM a JOIN b TABLESAMPLE SYSTEM (50) ON true WHERE a.id = 5",
            ),
            (
                '?',
                "SELECT * FROM a TABLESAMPLE SYSTEM (50) WHERE a.id = 5",
            ),
        ],
    );
}

#[test]
fn groups_whose_keys_are_held_are_one() {
    check(
        SCHEMA,
        &[
            (
                '?',
                "SELECT a.id, count(b.id) FROM a LEFT JOIN b ON b.x = a.id WHERE a.id = 5 GROUP BY a.id",
            ),
            (
                '?',
                "SELECT a.id, a.tn, count(*) FROM a JOIN b ON b.x = a.x WHERE a.id = 5 GROUP BY a.id",
            ),
            ('?', "SELECT x, count(*) FROM a WHERE x = 1 GROUP BY x"),
            (
                '?',
                "SELECT x + 1, count(*) FROM a WHERE x = 1 GROUP BY x + 1",
            ),
            ('?', "SELECT DISTINCT x FROM a WHERE x = 1"),
            (
                '?',
                "SELECT DISTINCT ON (x) x, y FROM a WHERE x = 1 ORDER BY x, y",
            ),
            ('?', "SELECT DISTINCT 1 FROM a"),
            ('?', "SELECT n, count(*) FROM num WHERE n = 1 GROUP BY n"),
            ('?', "SELECT DISTINCT n FROM num WHERE n = 1"),
            ('?', "SELECT x, count(*) FROM a WHERE x IS NULL GROUP BY x"),
            (
                '?',
                "SELECT x FROM a JOIN b USING (x) WHERE x = 1 GROUP BY x",
            ),
            (
                '?',
                "SELECT (SELECT max(id) FROM b), count(*) FROM a GROUP BY 1",
            ),
            (
                '*',
                "SELECT n::text, count(*) FROM num WHERE n = 1 GROUP BY n::text",
            ),
            (
                '*',
                "SELECT f::text, count(*) FROM num WHERE f = 0 GROUP BY f::text",
            ),
            (
                '*',
                "SELECT t || 'x' FROM num WHERE t = 'a ' GROUP BY 1, n::text",
            ),
            (
                '*',
                "SELECT n::text FROM num WHERE n = 1 GROUP BY n, n::text",
            ),
            ('*', "SELECT x, y FROM a WHERE x = 1 GROUP BY x, y"),
            (
                '*',
                "SELECT b.x, count(*) FROM a LEFT JOIN b ON b.id = a.id AND b.x = 1 GROUP BY b.x",
            ),
            (
                '*',
                "SELECT b.x FROM a LEFT JOIN (SELECT 5 AS x) AS b ON a.f GROUP BY b.x",
            ),
            ('*', "SELECT random() FROM a GROUP BY 1"),
            (
                '+',
                "SELECT DISTINCT x FROM a WHERE x = 1 GROUP BY ROLLUP (x)",
            ),
            (
                '+',
                "SELECT DISTINCT ON (x) x, y FROM a WHERE x = 1 GROUP BY CUBE (x, y)",
            ),
            (
                '*',
                "SELECT * FROM (SELECT DISTINCT x FROM a WHERE x = 1 GROUP BY ROLLUP (x)) AS s, b WHERE b.id = coalesce(s.x, 0)",
            ),
            (
                '+',
                "SELECT x, count(*) FROM a WHERE x = 1 GROUP BY ROLLUP (x)",
            ),
            (
                '?',
                "SELECT x, max(y) FROM a WHERE x = 1 GROUP BY x HAVING max(y) > 1",
            ),
            (
                '*',
                "SELECT DISTINCT x, row_number() OVER () FROM a WHERE x = 1",
            ),
            (
                '*',
                "SELECT DISTINCT generate_series(1, 2), x FROM a WHERE x = 1",
            ),
        ],
    );
}

#[test]
fn functions_in_from_have_a_row_unless_they_return_a_set() {
    check(
        SCHEMA,
        &[
            ('1', "SELECT * FROM now() AS n"),
            ('1', "SELECT * FROM generate_series(1, 1) AS g"),
            ('+', "SELECT * FROM generate_series(1, 5) AS g"),
            ('+', "SELECT * FROM generate_series(5::bigint, 1, -2) AS g"),
            ('?', "SELECT * FROM generate_series(5, 1) AS g"),
            ('?', "SELECT * FROM generate_series(1, NULL::int) AS g"),
            (
                '*',
                "SELECT a.id, g FROM a, generate_series(1, a.y) AS g WHERE a.id = 5",
            ),
            ('*', "SELECT * FROM unnest(ARRAY[1]) AS u"),
            (
                '+',
                "SELECT * FROM ROWS FROM (now(), generate_series(1, 3)) AS r",
            ),
            (
                '+',
                "SELECT * FROM ROWS FROM (now(), unnest('{}'::int[])) AS r",
            ),
            ('*', "SELECT * FROM json_to_recordset('[]') AS r (q int)"),
        ],
    );
}
