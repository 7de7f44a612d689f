//! Keys of GROUP BY under grouping sets.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool);
    CREATE TABLE b (id int PRIMARY KEY, x int);
    INSERT INTO a VALUES (1, 1, 1, true), (2, NULL, 2, NULL), (3, 3, 3, false);
    INSERT INTO b VALUES (2, 2), (3, NULL), (4, 4);";

fn check(cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn a_key_that_a_set_leaves_out_is_nullable() {
    check(&[
        ("SELECT id, y FROM a GROUP BY ROLLUP (id, y)", "??"),
        ("SELECT id, y FROM a GROUP BY CUBE (id, y)", "??"),
        (
            "SELECT id, y FROM a GROUP BY GROUPING SETS ((id), (y))",
            "??",
        ),
        ("SELECT id FROM a GROUP BY GROUPING SETS ((id), ())", "?"),
        ("SELECT id, count(*) FROM a GROUP BY id, ROLLUP (y)", "!!"),
        ("SELECT y, id FROM a GROUP BY id, ROLLUP (y)", "?!"),
        (
            "SELECT id, y, x FROM a GROUP BY GROUPING SETS ((id, y), (id, x))",
            "!??",
        ),
        (
            "SELECT id, y FROM a GROUP BY GROUPING SETS ((id, y), GROUPING SETS ((id), (id, y)))",
            "!?",
        ),
        (
            "SELECT id, y FROM a GROUP BY GROUPING SETS ((id, y), ROLLUP (id))",
            "??",
        ),
        (
            "SELECT id, y FROM a GROUP BY DISTINCT id, CUBE (id, y)",
            "!?",
        ),
        (
            "SELECT s.id FROM (SELECT id FROM a GROUP BY ROLLUP (id)) AS s",
            "?",
        ),
    ]);
}

#[test]
fn keys_that_the_planner_could_take_for_each_other_are_nullable() {
    check(&[
        (
            "SELECT id, y + (2 - 1) FROM a GROUP BY id, ROLLUP (y + 1)",
            "!?",
        ),
        (
            "SELECT id, id AS again FROM a GROUP BY id, ROLLUP (again)",
            "??",
        ),
        (
            "SELECT coalesce(a.id, b.id) FROM a FULL JOIN b USING (id) WHERE a.id > 0 GROUP BY ROLLUP (id)",
            "?",
        ),
        (
            "SELECT id, a.y FROM a JOIN b USING (id) GROUP BY id, ROLLUP (a.y)",
            "!?",
        ),
        (
            "SELECT id FROM a FULL JOIN b USING (id) GROUP BY id, ROLLUP (a.y)",
            "!",
        ),
        (
            "SELECT b.id, a.id FROM a LEFT JOIN b ON b.id = a.id GROUP BY b.id, a.id, ROLLUP (a.y)",
            "?!",
        ),
    ]);
}

#[test]
fn aggregates_are_no_plain_columns() {
    check(&[
        (
            "SELECT sum(y), max(y), avg(y), stddev_samp(y) FROM a WHERE id > 9",
            "????",
        ),
        (
            "SELECT sum(y) FILTER (WHERE f), count(*) FROM a GROUP BY id",
            "?!",
        ),
        (
            "SELECT sum(y) OVER (ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), lag(y) OVER (), nth_value(y, 9) OVER () FROM a",
            "???",
        ),
        (
            "SELECT json_agg(b) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id",
            "!",
        ),
    ]);
}

#[test]
fn columns_of_a_subquery_that_are_the_same_are_one_key_before_18() {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        let expected = if scratch.major < 18 { "???" } else { "!!!" };
        scratch.check_and_run(
            "SELECT w, w + 0, coalesce(w, 0) FROM (SELECT y z, y w FROM a) AS s GROUP BY ROLLUP (z), w",
            expected,
        );
    });
}
