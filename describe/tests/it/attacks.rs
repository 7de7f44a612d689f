//! Statements that broke an earlier analysis: each returns NULL where something less careful claims otherwise.

use crate::support::on_every_version;

const SCHEMA: &str = "
    CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, f bool, tn text NOT NULL);
    CREATE TABLE b (id int PRIMARY KEY, x int);
    CREATE TABLE n1 (x int, y int);
    CREATE TABLE cp (c b NOT NULL, arr int[] NOT NULL, r int4range NOT NULL, d date NOT NULL, j jsonb NOT NULL);
    INSERT INTO a VALUES (1, 1, 1, true, 'a'), (2, NULL, 2, NULL, 'b'), (3, 5, 3, false, 'c');
    INSERT INTO b VALUES (1, NULL), (3, 3);
    INSERT INTO n1 VALUES (1, NULL), (NULL, 2), (7, 7);
    INSERT INTO cp VALUES (ROW (1, NULL), '{1, NULL}', 'empty', 'infinity', '{\"a\": null}');
    CREATE FUNCTION nothing(text, int) RETURNS bool LANGUAGE sql AS 'SELECT NULL::bool';
    CREATE OPERATOR = (LEFTARG = text, RIGHTARG = int, FUNCTION = nothing);";

#[test]
fn expressions_over_columns_that_are_not_null_can_be_null() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, expected) in [
            (
                "SELECT x IN (SELECT x FROM n1) FROM a WHERE x IN (SELECT id FROM a)",
                "?",
            ),
            ("SELECT unnest(ARRAY(SELECT ARRAY[1, NULL]))", "?"),
            ("SELECT 1 = ANY (ARRAY(SELECT ARRAY[2, NULL]))", "?"),
            ("SELECT tn IS DISTINCT FROM 1 FROM a", "?"),
            (
                "SELECT (c).x, arr[9], arr[2], lower(r), extract(month FROM d), j->'b', j->>'a' FROM cp",
                "???????",
            ),
            (
                "SELECT array_length(arr, 3), array_position(arr, 9), to_char(d, 'YYYY'), regexp_match(j::text, 'q') FROM cp",
                "????",
            ),
            (
                "SELECT y = NULL, y IN (1, NULL), y > ALL (ARRAY[NULL]::int[]), NOT f, f AND y > 1 FROM a",
                "?????",
            ),
            (
                "SELECT CASE WHEN y > 2 THEN y END, nullif(y, 1), greatest(x, NULL), y + x FROM a",
                "????",
            ),
            (
                "SELECT sum(y), max(tn), min(id), stddev_samp(y), array_agg(y) FROM a WHERE false",
                "?????",
            ),
            ("SELECT sum(y) FILTER (WHERE f) FROM a GROUP BY id", "?"),
            (
                "SELECT lag(y) OVER w, lead(y) OVER w, nth_value(y, 2) OVER w FROM a WINDOW w AS (ORDER BY id)",
                "???",
            ),
            (
                "SELECT first_value(y) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING) FROM a",
                "?",
            ),
            (
                "SELECT (SELECT id FROM a WHERE id = 9), (SELECT y FROM a WHERE id = b.x) FROM b",
                "??",
            ),
            (
                "SELECT current_setting('no.setting', true), inet_client_addr()",
                "??",
            ),
            (
                "SELECT substring(tn FROM '(q)'), split_part(tn, 'q', 2), a.id FROM a",
                "?!!",
            ),
            (
                "SELECT (b).id, (b).x, b.id FROM a LEFT JOIN b ON b.id = a.id",
                "???",
            ),
            (
                "SELECT json_agg(b) FILTER (WHERE b.id IS NOT NULL) FROM a LEFT JOIN b ON b.id = a.id GROUP BY a.id",
                "?",
            ),
            ("SELECT * FROM unnest(ARRAY[1, 2], ARRAY[1])", "??"),
            (
                "SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3))",
                "??",
            ),
            ("SELECT * FROM json_to_recordset('[{}]') AS r (q int)", "?"),
            (
                "SELECT id, generate_series(1, y), generate_series(1, 2) FROM a",
                "!??",
            ),
        ] {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn system_columns_of_rows_that_are_written_are_there() {
    on_every_version(
        "CREATE TABLE t (id int PRIMARY KEY);
         CREATE TABLE p (id int NOT NULL) PARTITION BY LIST (id);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
         CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
         INSERT INTO t VALUES (1);
         INSERT INTO p VALUES (1);",
        |scratch| {
            for sql in [
                "SELECT ctid, tableoid, xmin, xmax, cmin, cmax, t FROM t",
                "INSERT INTO t VALUES (2) RETURNING ctid, tableoid, xmin, xmax, cmin, cmax, t",
                "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 5 RETURNING ctid, tableoid, xmin, xmax, cmin, cmax, t",
                "UPDATE t SET id = 2 RETURNING ctid, tableoid, xmin, xmax, cmin, cmax, t",
                "DELETE FROM t RETURNING ctid, tableoid, xmin, xmax, cmin, cmax, t",
                "SELECT ctid, tableoid, xmin, xmax, cmin, cmax, p FROM p",
                "DELETE FROM p RETURNING ctid, tableoid, xmin, xmax, cmin, cmax, p",
            ] {
                scratch.check_and_run(sql, "!!!!!!!");
            }
            scratch.check_and_run("INSERT INTO p VALUES (2) RETURNING tableoid, p, id", "!!!");
            scratch.check_and_run("UPDATE p SET id = 2 RETURNING tableoid, p, id", "!!!");
        },
    );
}
