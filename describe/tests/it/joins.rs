//! Plain columns through joins of every kind.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, x int, z text NOT NULL);
    CREATE TABLE c (id bigint PRIMARY KEY, b_id int NOT NULL);
    INSERT INTO a VALUES (1, 1, 1), (2, NULL, 2), (3, 3, 3);
    INSERT INTO b VALUES (2, 2, 'two'), (3, NULL, 'three'), (4, 4, 'four');
    INSERT INTO c VALUES (3, 3), (5, 4);";

fn check(cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn a_plain_column_is_not_null_as_its_table_says() {
    check(&[
        ("SELECT id, x, y FROM a", "!?!"),
        ("SELECT * FROM a, b", "!?!!?!"),
        ("SELECT a.*, b.z FROM a JOIN b ON b.id = a.id", "!?!!"),
        (
            "SELECT y, id + 1, coalesce(x, 0), 1, count(*) OVER () FROM a ORDER BY id LIMIT 2",
            "!!!!!",
        ),
        ("SELECT DISTINCT ON (y) y, id FROM a ORDER BY y, id", "!!"),
        ("SELECT id, count(*) FROM a GROUP BY id", "!!"),
        ("SELECT id, y FROM a GROUP BY id", "!!"),
        ("SELECT ctid IS NULL, ctid, tableoid, a FROM a", "!!!!"),
        ("TABLE a", "!?!"),
        ("SELECT id FROM a FOR UPDATE", "!"),
        ("SELECT id FROM a TABLESAMPLE BERNOULLI (50)", "!"),
    ]);
}

#[test]
fn an_outer_join_makes_its_other_side_nullable() {
    check(&[
        (
            "SELECT a.id, b.id, b.z FROM a LEFT JOIN b ON b.id = a.id",
            "!??",
        ),
        (
            "SELECT a.id, b.id, b.z FROM a RIGHT JOIN b ON b.id = a.id",
            "?!!",
        ),
        ("SELECT a.id, b.id FROM a FULL JOIN b ON b.id = a.id", "??"),
        (
            "SELECT a.id, b.id, b, b.ctid FROM a LEFT JOIN b ON b.id = a.id",
            "!???",
        ),
        (
            "SELECT a.id, b.id, c.id FROM a LEFT JOIN b ON b.id = a.id LEFT JOIN c ON c.b_id = b.id",
            "!??",
        ),
        (
            "SELECT a.id, b.id, c.id FROM a LEFT JOIN (b JOIN c ON c.b_id = b.id) ON b.id = a.id",
            "!??",
        ),
        (
            "SELECT a.id, b.id, c.id FROM (a LEFT JOIN b ON b.id = a.id) RIGHT JOIN c ON c.b_id = b.id",
            "??!",
        ),
        (
            "SELECT a.id, b.id, c.id FROM c JOIN (a FULL JOIN b ON b.id = a.id) ON true",
            "??!",
        ),
        (
            "SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id ORDER BY b.id LIMIT 5",
            "!?",
        ),
        (
            "SELECT DISTINCT b.id FROM a LEFT JOIN b ON b.id = a.id",
            "?",
        ),
        (
            "SELECT DISTINCT ON (a.id) a.id, b.id FROM a LEFT JOIN b ON b.id = a.id",
            "!?",
        ),
        (
            "SELECT b.id, max(a.id) FROM a LEFT JOIN b ON b.id = a.id GROUP BY b.id",
            "?!",
        ),
        (
            "SELECT a.id, b.id, row_number() OVER (ORDER BY b.id) FROM a LEFT JOIN b ON b.id = a.id",
            "!?!",
        ),
        (
            "SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE b.id IS NULL",
            "!?",
        ),
        (
            "SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE b.x = 1 OR a.id = 2",
            "!?",
        ),
        // A condition that rejects NULL is looked at.
        (
            "SELECT a.id, b.id FROM a LEFT JOIN b ON b.id = a.id WHERE b.id > 0",
            "!!",
        ),
    ]);
}

#[test]
fn merged_columns_are_those_of_the_side_that_is_there() {
    check(&[
        ("SELECT id, a.id, b.id FROM a JOIN b USING (id)", "!!!"),
        ("SELECT id, a.id, b.id FROM a LEFT JOIN b USING (id)", "!!?"),
        (
            "SELECT id, a.id, b.id FROM a RIGHT JOIN b USING (id)",
            "!?!",
        ),
        ("SELECT id, a.id, b.id FROM a FULL JOIN b USING (id)", "!??"),
        ("SELECT x FROM a FULL JOIN b USING (x)", "?"),
        ("SELECT * FROM a FULL JOIN b USING (id, x)", "!???"),
        (
            "SELECT id FROM a NATURAL FULL JOIN (SELECT id FROM b) AS b",
            "!",
        ),
        (
            "SELECT id, j.id, j.y, j.z FROM (a FULL JOIN b USING (id)) AS j",
            "!!??",
        ),
        (
            "SELECT id, b.id FROM a LEFT JOIN b USING (id) LEFT JOIN (SELECT b_id AS id FROM c) AS c USING (id)",
            "!?",
        ),
        (
            "SELECT id FROM a FULL JOIN b USING (id) FULL JOIN (SELECT b_id AS id FROM c) AS c USING (id)",
            "!",
        ),
        (
            "SELECT id FROM (SELECT b_id AS id FROM c) AS c FULL JOIN (a FULL JOIN b USING (id)) USING (id)",
            "!",
        ),
        (
            "SELECT id FROM (a LEFT JOIN b USING (id)) FULL JOIN (SELECT b_id AS id FROM c) AS c USING (id)",
            "!",
        ),
        (
            "SELECT k FROM (SELECT id AS k FROM a) a FULL JOIN (SELECT x AS k FROM b) b USING (k)",
            "?",
        ),
        (
            "SELECT k FROM (SELECT id AS k FROM a) a FULL JOIN (SELECT b.id AS k FROM a LEFT JOIN b USING (id)) b USING (k)",
            "?",
        ),
        // The right side of the outer FULL JOIN is the nullable side of a join below it.
        (
            "SELECT k FROM (SELECT id AS k FROM a) s FULL JOIN (a LEFT JOIN (SELECT id AS k FROM b) t ON t.k = a.id) USING (k)",
            "?",
        ),
        (
            "SELECT k FROM (a LEFT JOIN (SELECT id AS k FROM b) t ON t.k = a.id) FULL JOIN (SELECT id AS k FROM a) s USING (k)",
            "?",
        ),
        (
            "SELECT c.id, j.id FROM c LEFT JOIN (a FULL JOIN b USING (id)) AS j ON j.id = c.b_id",
            "!?",
        ),
        // Sides of different types: the merged column is a cast of one of them.
        ("SELECT id FROM a FULL JOIN c USING (id)", "!"),
        ("SELECT id FROM c LEFT JOIN a USING (id)", "!"),
    ]);
}
