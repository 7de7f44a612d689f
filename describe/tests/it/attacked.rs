//! Statements by which an earlier prover was broken, and those like them: what they return NULL for is not claimed.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, x int);
    CREATE TABLE n1 (x int, y int);
    INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c');
    INSERT INTO b VALUES (1, NULL), (3, 3), (4, 4);
    INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7);";

fn check(schema: &str, cases: &[(&str, &str)]) {
    on_every_version(&format!("{SCHEMA}{schema}"), |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn two_tests_of_subqueries_are_not_the_same_expression() {
    check(
        "",
        &[
            (
                "SELECT x IN (SELECT x FROM n1) FROM a WHERE x IN (SELECT id FROM a)",
                "?",
            ),
            (
                "SELECT x IN (SELECT id FROM b), x FROM a WHERE x IN (SELECT id FROM a)",
                "!!",
            ),
            (
                "SELECT x FROM a WHERE x NOT IN (SELECT id FROM b WHERE id > 9)",
                "?",
            ),
            (
                "SELECT x FROM a WHERE x > ALL (SELECT id FROM b WHERE id > 9)",
                "?",
            ),
            ("SELECT x FROM a WHERE x = ALL ('{}'::int[])", "?"),
            ("SELECT x FROM a WHERE x = ALL ('{1}'::int[])", "!"),
            ("SELECT x FROM a WHERE NOT x = ANY ('{}'::int[])", "?"),
            ("SELECT x FROM a WHERE x = ANY ('{1, 5}'::int[])", "!"),
        ],
    );
}

#[test]
fn an_array_of_arrays_may_hold_null() {
    check(
        "",
        &[
            ("SELECT unnest(ARRAY(SELECT ARRAY[1, NULL]))", "?"),
            ("SELECT 1 = ANY (ARRAY(SELECT ARRAY[2, NULL]))", "?"),
            (
                "SELECT unnest(ARRAY(SELECT 1)), 1 = ANY (ARRAY(SELECT 2))",
                "!!",
            ),
            ("SELECT unnest(array_agg(ARRAY[1, x])) FROM a", "?"),
        ],
    );
}

#[test]
fn operators_of_users_are_known_by_their_functions() {
    check(
        "CREATE FUNCTION nothing(text, int) RETURNS bool LANGUAGE sql AS 'SELECT NULL::bool';
         CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = nothing);
         CREATE FUNCTION strange(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
         CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = strange);",
        &[
            ("SELECT tn IS DISTINCT FROM 1 FROM a", "?"),
            ("SELECT tn IS DISTINCT FROM 'a' FROM a", "!"),
            ("SELECT x FROM a WHERE x ~~~ 1", "?"),
            (
                "SELECT x = ANY (ARRAY[1]), id = ANY (ARRAY[1]), id ~~~ ANY (ARRAY[1]) FROM a",
                "?!?",
            ),
        ],
    );
}

#[test]
fn comparisons_of_rows_go_by_the_support_function() {
    check(
        "CREATE TYPE own AS (v int);
         CREATE TABLE o (id own, v int);
         INSERT INTO o VALUES (NULL, 1);
         
         CREATE FUNCTION more(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v > ($2).v';
         CREATE FUNCTION less(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v < ($2).v';
         CREATE FUNCTION same(own, own) RETURNS bool LANGUAGE sql STRICT IMMUTABLE AS 'SELECT ($1).v = ($2).v';
         CREATE FUNCTION compared(own, own) RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE OPERATOR >>> (LEFTARG = own, RIGHTARG = own, FUNCTION = more);
         CREATE OPERATOR <<< (LEFTARG = own, RIGHTARG = own, FUNCTION = less);
         CREATE OPERATOR === (LEFTARG = own, RIGHTARG = own, FUNCTION = same);
         CREATE OPERATOR CLASS own_ops FOR TYPE own USING btree AS
             OPERATOR 1 <<<, OPERATOR 3 ===, OPERATOR 5 >>>, FUNCTION 1 compared(own, own);",
        &[
            ("SELECT id FROM o WHERE (id, id) >>> (ROW (0)::own, ROW (0)::own)", "?"),
            ("SELECT x, f FROM a WHERE (x, f) > (0, false)", "!?"),
            ("SELECT (y, id) > (0, 0), (y, x) > (1, 0) FROM a", "!?"),
        ],
    );
}

#[test]
fn a_row_that_moves_meets_the_triggers_of_its_new_partition() {
    check(
        "CREATE TABLE p (k int NOT NULL, v int) PARTITION BY LIST (k);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
         CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
         INSERT INTO p VALUES (1, 1);
         CREATE FUNCTION nulled() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = NULL; RETURN NEW; END';
         CREATE TRIGGER nulled BEFORE INSERT ON p2 FOR EACH ROW EXECUTE FUNCTION nulled();
         CREATE TABLE q (k int NOT NULL, v int);
         INSERT INTO q VALUES (1, NULL);
         CREATE TRIGGER nulled BEFORE INSERT ON q FOR EACH ROW EXECUTE FUNCTION nulled();",
        &[
            ("UPDATE p SET k = 2, v = 9 WHERE k = 1 RETURNING v", "?"),
            ("INSERT INTO p VALUES (2, 9) RETURNING k, v", "!?"),
            ("INSERT INTO q VALUES (2, 9) RETURNING k, v", "!?"),
            ("UPDATE q SET v = 9 RETURNING v", "!"),
            ("UPDATE q SET k = 9 WHERE v > 0 RETURNING v", "!"),
            ("DELETE FROM q WHERE v > 0 RETURNING v", "!"),
        ],
    );
}

#[test]
fn expressions_that_become_a_key_are_left_out_with_it() {
    check(
        "",
        &[
            (
                "SELECT id, y + (2 - 1) FROM a GROUP BY id, ROLLUP (y + 1)",
                "!?",
            ),
            (
                "SELECT coalesce(y + 1, 0), coalesce(y, 0) FROM a GROUP BY id, ROLLUP (y + 1)",
                "??",
            ),
            (
                "SELECT coalesce(y, 0), grouping(y) FROM a GROUP BY ROLLUP (y)",
                "!!",
            ),
            ("SELECT y FROM a GROUP BY ROLLUP (y) HAVING y > 0", "!"),
            (
                "SELECT coalesce(a.id, b.id) FROM a FULL JOIN b USING (id) WHERE a.id > 0 GROUP BY ROLLUP (id)",
                "?",
            ),
            (
                "SELECT current_date + (2 - 1) FROM a GROUP BY ROLLUP (current_date + 1)",
                "?",
            ),
            ("SELECT (SELECT a.y) FROM a GROUP BY ROLLUP (y)", "?"),
            ("SELECT sum(y), count(*) FROM a GROUP BY ROLLUP (x)", "?!"),
            (
                "SELECT sum(y) FROM a GROUP BY GROUPING SETS ((x), (f))",
                "!",
            ),
        ],
    );
}

#[test]
fn checks_are_believed_without_functions() {
    check(
        "CREATE FUNCTION fm(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
         CREATE TABLE c (x int CHECK (fm(x) IS NOT NULL), y int CHECK (y IS NOT NULL), z int CHECK (z > 0),
             w int, v int, CHECK (w IS NOT NULL AND v IS NOT NULL OR w IS NOT NULL AND x > 0));
         INSERT INTO c VALUES (NULL, 1, NULL, 1, 1);
         CREATE OR REPLACE FUNCTION fm(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
         CREATE TABLE d (x int);
         INSERT INTO d VALUES (NULL);
         ALTER TABLE d ADD CHECK (x IS NOT NULL) NOT VALID;
         CREATE TABLE parent (x int CHECK (x IS NOT NULL) NO INHERIT, y int CHECK (y IS NOT NULL));
         CREATE TABLE child (z int) INHERITS (parent);
         INSERT INTO child VALUES (NULL, 1, 1);",
        &[
            ("SELECT x, y, z, w, v FROM c", "?!?!?"),
            ("SELECT x FROM d", "?"),
            ("SELECT x, y FROM parent", "?!"),
            ("SELECT x, y FROM ONLY parent", "!!"),
        ],
    );
}

#[test]
fn a_group_without_rows_has_passed_no_condition() {
    on_every_version(
        "CREATE TABLE t (id int PRIMARY KEY, n int);
         CREATE TABLE u (id int PRIMARY KEY, v int);
         INSERT INTO t VALUES (1, NULL), (2, 2);
         INSERT INTO u VALUES (1, 2);",
        |scratch: &mut Scratch| {
            for (sql, expected) in [
                (
                    "SELECT (SELECT abs(t.n) + count(*) FROM u WHERE u.v = abs(t.n)) FROM t",
                    "?",
                ),
                (
                    "SELECT s.x FROM t, LATERAL (SELECT abs(t.n) + count(*) AS x FROM u WHERE u.v = abs(t.n)) AS s",
                    "?",
                ),
                (
                    "SELECT s.x FROM t, LATERAL (SELECT abs(t.n) AS x FROM u WHERE u.v = abs(t.n) GROUP BY GROUPING SETS ((u.v), ())) AS s",
                    "?",
                ),
                (
                    "SELECT s.x FROM t, LATERAL (SELECT abs(t.n) + count(*) AS x FROM u WHERE u.v = abs(t.n) GROUP BY u.v) AS s",
                    "!",
                ),
                (
                    "SELECT s.x FROM t, LATERAL (SELECT abs(t.n) + count(*) AS x FROM u HAVING max(u.v) = abs(t.n)) AS s",
                    "!",
                ),
                (
                    "SELECT current_setting('my.own', true) || count(*) FROM u WHERE current_setting('my.own', true) IS NOT NULL",
                    "?",
                ),
            ] {
                scratch.check_and_run(sql, expected);
            }
            scratch.check(
                "SELECT $1::int + count(*) FROM u WHERE $1::int IS NOT NULL",
                "?",
            );
        },
    );
}

#[test]
fn parameters_that_are_arrays_may_hold_null() {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        scratch.check("SELECT unnest($1::int[]) FROM a", "?");
        scratch.check("SELECT y = ANY ($1) FROM a", "?");
        scratch.check("SELECT y = $1 FROM a", "!");
    });
}

#[test]
fn what_json_is_cast_to_is_known_by_the_cast() {
    for major in [16, 17, 18] {
        let mut scratch = crate::support::scratch(
            major,
            "CREATE TYPE ctype AS (a int);
             CREATE FUNCTION nothing(json) RETURNS ctype LANGUAGE sql AS 'SELECT NULL::ctype';
             CREATE CAST (json AS ctype) WITH FUNCTION nothing(json) AS ASSIGNMENT;",
        );
        scratch.check_and_run("SELECT json_object('a': 1), json_array(1, NULL)", "!!");
        scratch.check_and_run(
            "SELECT json_object('a': 1 RETURNING jsonb), json_object('a': 1 RETURNING text)",
            "!!",
        );
        scratch.check_and_run("SELECT json_object('a': 1 RETURNING ctype)", "?");
        scratch.check_and_run(
            "SELECT json_arrayagg(v) FROM (VALUES (1)) AS v (v) WHERE false",
            "?",
        );
    }
}
