//! What the rules prove of expressions, held against rows with NULLs.

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE t (id int PRIMARY KEY, n int, y int NOT NULL, s text NOT NULL, st text, d date NOT NULL, ts timestamptz NOT NULL,
        arr int[] NOT NULL, j jsonb NOT NULL, f float8 NOT NULL, b bool NOT NULL, bn bool, num numeric NOT NULL);
    INSERT INTO t VALUES (1, 1, 1, 'a', 'a', '2024-01-01', '2024-01-01', '{1,2}', '{\"a\": 1}', 1.5, true, true, 1.0),
        (2, NULL, 2, '', NULL, 'infinity', '-infinity', '{NULL}', 'null', 'NaN', false, NULL, 1.00),
        (3, 3, 3, 'c', NULL, '-infinity', 'infinity', '{}', '[]', '-Infinity', true, false, 'NaN');
    CREATE TABLE u (id int PRIMARY KEY, t_id int NOT NULL, v int);
    INSERT INTO u VALUES (1, 1, NULL), (2, 1, 2), (9, 9, 9);
    CREATE DOMAIN filled AS int NOT NULL;
    CREATE FUNCTION nothing(int) RETURNS int LANGUAGE sql AS 'SELECT NULL::int';
    CREATE FUNCTION something(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';
    COMMENT ON FUNCTION something(int) IS 'hathi: not null';
    CREATE FUNCTION anything(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    COMMENT ON FUNCTION anything(int) IS 'hathi: not null, whatever it is given';";

fn check(cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn calls_of_built_in_functions_are_not_null_for_arguments_that_are_not() {
    check(&[
        (
            "SELECT y + 1, n + 1, -y, y = id, y = n, y % 2, y::text, y::int8, f * 2 FROM t",
            "!?!!?!!!!",
        ),
        (
            "SELECT s || 'x', upper(s), length(s), s LIKE 'a%', st LIKE 'a%', s ~ 'a', substr(s, 1) FROM t",
            "!!!!?!!",
        ),
        (
            "SELECT concat(st, n), concat_ws(',', st), concat_ws(st, s), format('%s', st), concat(VARIADIC NULL::text[]) FROM t",
            "!!?!?",
        ),
        (
            "SELECT num::int8, round(num), num::numeric(10, 2), s::varchar(5), s::bpchar FROM t WHERE num <> 'NaN'",
            "!!!!!",
        ),
        (
            "SELECT jsonb_build_object('a', n), to_jsonb(n), to_jsonb(y), row_to_json(t), num_nulls(n) FROM t",
            "!?!!!",
        ),
        (
            "SELECT j -> 'a', j ->> 'a', j #> '{a}', j || j, j @> j, jsonb_typeof(j) FROM t",
            "???!!!",
        ),
        (
            "SELECT now(), current_date, current_user, localtime, current_schema, session_user FROM t",
            "!!!!?!",
        ),
        (
            "SELECT nothing(y), something(y), something(n), anything(n) FROM t",
            "?!?!",
        ),
        (
            "SELECT nullif(y, 1), coalesce(n, y), coalesce(n, NULL), greatest(n, y), least(n, n) FROM t",
            "?!?!?",
        ),
        (
            "SELECT array_length(arr, 1), arr[1], arr[1:1], cardinality(arr), arr || 1, array_position(arr, 7) FROM t",
            "??!!!?",
        ),
        (
            "SELECT ROW(n), ARRAY[n], '{}'::int[], NULL, NULL::int, n IS NULL, b IS TRUE, bn IS UNKNOWN FROM t",
            "!!!??!!!",
        ),
        (
            "SELECT b AND y > 1, b AND bn, NOT b, bn OR true FROM t",
            "!?!?",
        ),
        ("SELECT n::filled FROM t WHERE id <> 2", "!"),
    ]);
}

#[test]
fn parts_of_dates_are_null_for_infinite_ones() {
    check(&[
        (
            "SELECT extract(month FROM d), extract(year FROM d), extract(epoch FROM ts), date_part('day', ts) FROM t",
            "?!!?",
        ),
        (
            "SELECT to_char(ts, 'YYYY'), to_char(now(), 'YYYY'), to_char(now(), ''), ts::time, now()::time FROM t",
            "?!??!",
        ),
        (
            "SELECT extract(month FROM date '2024-01-01'), extract(month FROM date 'infinity'), d + 1, ts::date FROM t",
            "!?!!",
        ),
        (
            "SELECT date_trunc('day', ts), extract(hour FROM localtime), to_char(y, '999') FROM t",
            "!!!",
        ),
        (
            "SELECT to_char(date_trunc('day', now()), 'DD'), extract(dow FROM current_date) FROM t",
            "!!",
        ),
    ]);
}

#[test]
fn a_case_is_proven_by_all_of_its_branches() {
    check(&[
        (
            "SELECT CASE WHEN y > 1 THEN 1 ELSE 2 END, CASE WHEN y > 1 THEN 1 END, CASE WHEN y > 1 THEN n ELSE 1 END FROM t",
            "!??",
        ),
        (
            "SELECT CASE WHEN n IS NOT NULL THEN n ELSE 0 END, CASE WHEN n IS NULL THEN 0 ELSE n END FROM t",
            "!!",
        ),
        (
            "SELECT CASE WHEN n > 0 THEN n ELSE 0 END, CASE WHEN n > 0 OR y > 1 THEN n ELSE 0 END FROM t",
            "!?",
        ),
        (
            "SELECT CASE WHEN n > 0 AND y > 1 THEN n ELSE 0 END, CASE WHEN NOT (n IS NULL OR y > 9) THEN n ELSE 0 END FROM t",
            "!!",
        ),
        (
            "SELECT CASE WHEN NOT (n IS NULL AND y > 9) THEN n ELSE 0 END, CASE WHEN (n > 0) IS NOT TRUE THEN 0 ELSE n END FROM t",
            "?!",
        ),
        (
            "SELECT CASE WHEN (n > 0) IS NOT FALSE THEN n ELSE 0 END, CASE WHEN (n > 0) IS NOT UNKNOWN THEN n ELSE 0 END FROM t",
            "?!",
        ),
        (
            "SELECT CASE y WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END, CASE y WHEN 1 THEN n ELSE 0 END FROM t",
            "!?",
        ),
        (
            "SELECT CASE WHEN n IS DISTINCT FROM 5 THEN 1 ELSE n END, CASE WHEN n IS DISTINCT FROM NULL THEN n ELSE 1 END FROM t",
            "!!",
        ),
        (
            "SELECT CASE WHEN st = 'a' THEN upper(st) ELSE '' END, CASE WHEN random() > 2 THEN 1 WHEN n > 1 THEN n ELSE 0 END FROM t",
            "!!",
        ),
        (
            "SELECT CASE WHEN j ->> 'a' IS NOT NULL THEN j ->> 'a' ELSE '' END, CASE WHEN nothing(y) IS NULL THEN 1 ELSE nothing(y) END FROM t",
            "!?",
        ),
    ]);
}

#[test]
fn conditions_prove_what_they_compare() {
    check(&[
        ("SELECT n, st FROM t WHERE n = 1", "!?"),
        ("SELECT n, st FROM t WHERE n = 1 AND st IS NOT NULL", "!!"),
        ("SELECT n, st FROM t WHERE n = 1 OR st = 'a'", "??"),
        ("SELECT n FROM t WHERE n = 1 OR n = 2", "!"),
        ("SELECT n FROM t WHERE n IN (1, 2) AND NOT (n > 9)", "!"),
        ("SELECT n FROM t WHERE n BETWEEN 1 AND 3", "!"),
        ("SELECT n FROM t WHERE coalesce(n, 1) = 1", "?"),
        ("SELECT n FROM t WHERE n IS NOT DISTINCT FROM id", "?"),
        ("SELECT n FROM t WHERE n IS NOT DISTINCT FROM 1", "!"),
        ("SELECT bn FROM t WHERE bn", "!"),
        ("SELECT bn FROM t WHERE NOT bn", "!"),
        ("SELECT bn FROM t WHERE bn IS NOT TRUE", "?"),
        (
            "SELECT j ->> 'a', j -> 'a' FROM t WHERE j ->> 'a' = '1'",
            "!?",
        ),
        (
            "SELECT nothing(y), upper(st) FROM t WHERE nothing(y) > 0 AND upper(st) > ''",
            "?!",
        ),
        ("SELECT n FROM t WHERE nothing(n) > 0", "?"),
        ("SELECT n FROM t WHERE something(n) > 0", "!"),
        (
            "SELECT t.id, u.id, u.v FROM t LEFT JOIN u ON u.t_id = t.id WHERE u.v > 0",
            "!!!",
        ),
        (
            "SELECT t.id, u.id, u.v FROM t LEFT JOIN u ON u.t_id = t.id WHERE u.t_id > 0",
            "!!?",
        ),
        (
            "SELECT t.id, u.id FROM t FULL JOIN u ON u.t_id = t.id WHERE u.id > 0",
            "?!",
        ),
        (
            "SELECT t.id, u.id FROM t FULL JOIN u ON u.t_id = t.id WHERE u.id > t.id - 1",
            "!!",
        ),
        (
            "SELECT t.id, u.id, w.id FROM t LEFT JOIN u ON u.t_id = t.id JOIN u AS w ON w.id = u.id",
            "!!!",
        ),
        (
            "SELECT t.id, u.id, w.id FROM t LEFT JOIN u ON u.t_id = t.id LEFT JOIN u AS w ON w.id = u.id",
            "!??",
        ),
        (
            "SELECT t.id, w.id FROM t LEFT JOIN (u JOIN u AS w ON w.v = u.v) ON u.t_id = t.id WHERE w.id > 0",
            "!!",
        ),
        (
            "SELECT w.v FROM t LEFT JOIN (u JOIN u AS w ON w.v = u.v) ON u.t_id = t.id",
            "?",
        ),
        (
            "SELECT u FROM t LEFT JOIN u ON u.t_id = t.id WHERE u IS NOT NULL",
            "!",
        ),
        (
            "SELECT s.id FROM t LEFT JOIN (SELECT id, t_id FROM u) AS s ON s.t_id = t.id WHERE s.id IS NOT NULL",
            "!",
        ),
        (
            "SELECT t.id, s.c FROM t LEFT JOIN LATERAL (SELECT count(*) AS c FROM u WHERE u.t_id = t.id) AS s ON true",
            "!!",
        ),
        ("SELECT n, max(y) FROM t GROUP BY n HAVING n > 0", "!!"),
        (
            "SELECT n + 1, sum(n) FROM t GROUP BY n HAVING sum(n) > 0",
            "?!",
        ),
    ]);
}

#[test]
fn an_outer_join_on_true_keeps_what_certainly_has_a_row() {
    check(&[
        (
            "WITH a AS (SELECT count(*) AS c FROM t), b AS (SELECT count(*) AS c FROM u) SELECT a.c, b.c FROM a FULL JOIN b ON true",
            "!!",
        ),
        (
            "WITH a AS (SELECT count(*) AS c FROM t), b AS (SELECT id FROM u WHERE false) SELECT a.c, b.id FROM a FULL JOIN b ON true",
            "!?",
        ),
        (
            "WITH a AS (SELECT id FROM u WHERE false), b AS (SELECT count(*) AS c FROM t) SELECT a.id, b.c FROM a FULL JOIN b ON true",
            "?!",
        ),
        (
            "WITH a AS (SELECT count(*) AS c FROM t) SELECT u.id, a.c FROM u LEFT JOIN a ON true",
            "!!",
        ),
        (
            "WITH a AS (SELECT count(*) AS c FROM t HAVING false) SELECT t.id, a.c FROM t LEFT JOIN a ON true",
            "!?",
        ),
        (
            "WITH a AS (SELECT 1 AS c), b AS (SELECT 2 AS c) SELECT a.c, b.c FROM a FULL JOIN b ON a.c = b.c",
            "??",
        ),
    ]);
}

#[test]
fn aggregates_need_rows_and_windows_their_frames() {
    check(&[
        (
            "SELECT count(*), count(n), sum(y), max(y), avg(y), array_agg(y), json_agg(y), bool_or(b) FROM t",
            "!!??????",
        ),
        (
            "SELECT count(*), count(n), sum(y), max(n), avg(y), array_agg(n), json_agg(n), string_agg(s, st) FROM t GROUP BY id",
            "!!!?!!!!",
        ),
        (
            "SELECT stddev_samp(y), corr(f, f), sum(y) FILTER (WHERE y > 9), count(*) FILTER (WHERE y > 9) FROM t GROUP BY id",
            "???!",
        ),
        (
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f), mode() WITHIN GROUP (ORDER BY n), rank(1) WITHIN GROUP (ORDER BY y) FROM t GROUP BY id",
            "!?!",
        ),
        ("SELECT sum(y) FROM t GROUP BY ()", "?"),
        (
            "SELECT row_number() OVER w, rank() OVER w, lag(y) OVER w, lag(y, 1, 0) OVER w, ntile(2) OVER w, first_value(y) OVER w FROM t WINDOW w AS (ORDER BY id)",
            "!!?!!!",
        ),
        (
            "SELECT sum(y) OVER w, count(n) OVER w, nth_value(y, 2) OVER w, last_value(n) OVER w FROM t WINDOW w AS (ORDER BY id)",
            "!!??",
        ),
        (
            "SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), sum(y) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM t",
            "!?",
        ),
        (
            "SELECT sum(y) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW), sum(y) FILTER (WHERE b) OVER () FROM t",
            "??",
        ),
        (
            "SELECT sum(sum(y)) OVER (), max(max(n)) OVER () FROM t GROUP BY b",
            "!?",
        ),
    ]);
}

#[test]
fn subqueries_are_proven_by_their_rows_and_columns() {
    check(&[
        (
            "SELECT (SELECT count(*) FROM u WHERE u.t_id = t.id), (SELECT max(id) FROM u), (SELECT 1), (SELECT t.n), (SELECT t.y) FROM t",
            "!?!?!",
        ),
        (
            "SELECT EXISTS (SELECT FROM u), ARRAY (SELECT v FROM u), y IN (SELECT id FROM u), y IN (SELECT v FROM u), n IN (SELECT id FROM u) FROM t",
            "!!!??",
        ),
        (
            "SELECT y > ALL (SELECT id FROM u), (y, id) IN (SELECT id, t_id FROM u), (y, id) IN (SELECT id, v FROM u) FROM t",
            "!!?",
        ),
        (
            "SELECT (SELECT count(*) FROM u HAVING count(*) > 9), (SELECT 1 WHERE t.y > 1), (SELECT 1 LIMIT 0) FROM t",
            "???",
        ),
        (
            "WITH c AS (SELECT y, n FROM t) SELECT (SELECT count(y) FROM c), c.y, c.n FROM c",
            "!!?",
        ),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS a, NULL::int AS b UNION ALL SELECT a + 1, a FROM r WHERE a < 3) SELECT a, b FROM r",
            "!?",
        ),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS a, 2 AS b, 3 AS c UNION ALL SELECT a + 1, c, NULL FROM r WHERE a < 4) SELECT a, b, c FROM r",
            "!??",
        ),
        ("SELECT y FROM t INTERSECT SELECT n FROM t", "!"),
        ("SELECT n FROM t INTERSECT SELECT n FROM t", "?"),
        ("SELECT n FROM t EXCEPT SELECT y FROM t", "?"),
        ("SELECT y FROM t EXCEPT SELECT n FROM t", "!"),
        ("VALUES (1, NULL), (2, 3)", "!?"),
    ]);
}

#[test]
fn functions_in_from_are_proven_by_what_they_are() {
    check(&[
        ("SELECT * FROM generate_series(1, 3) WITH ORDINALITY", "!!"),
        ("SELECT * FROM unnest(ARRAY[1, 2])", "!"),
        ("SELECT e FROM t, unnest(arr) AS e", "?"),
        (
            "SELECT * FROM jsonb_each('{\"a\": null}'), upper('a') AS x, nothing(1) AS z",
            "!!!?",
        ),
        (
            "SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) WITH ORDINALITY",
            "??!",
        ),
        (
            "SELECT * FROM json_to_record('{}') AS r (a int), regexp_matches('a', '(b)?') AS m",
            "?!",
        ),
    ]);
}

#[test]
fn rows_that_are_written_show_what_was_assigned() {
    check(&[
        (
            "INSERT INTO u VALUES (20, 1, 5), (21, 1, 6) RETURNING v",
            "!",
        ),
        (
            "INSERT INTO u VALUES (20, 1, 5), (21, 1, NULL) RETURNING v",
            "?",
        ),
        ("INSERT INTO u (id, t_id) VALUES (20, 1) RETURNING v", "?"),
        (
            "INSERT INTO u SELECT y + 20, y, n FROM t RETURNING id, v",
            "!?",
        ),
        (
            "INSERT INTO u VALUES (1, 1, 5) ON CONFLICT (id) DO UPDATE SET t_id = 3 RETURNING v",
            "?",
        ),
        ("UPDATE u SET v = coalesce(v, 0) RETURNING v, v + 1", "!!"),
        ("UPDATE u SET t_id = 4 WHERE v > 0 RETURNING v", "!"),
        ("UPDATE u SET v = NULL WHERE v > 0 RETURNING v", "?"),
        (
            "UPDATE u SET v = t.n FROM t WHERE t.id = u.t_id RETURNING u.v, t.n, t.y",
            "??!",
        ),
        ("UPDATE u SET (t_id, v) = (SELECT 1, 2) RETURNING v", "?"),
        ("DELETE FROM u WHERE v IS NOT NULL RETURNING v, id", "!!"),
        (
            "WITH d AS (DELETE FROM u WHERE v > 0 RETURNING v) SELECT v, (SELECT count(*) FROM d) FROM d",
            "!!",
        ),
    ]);
}

#[test]
fn elements_of_arrays_are_proven_by_what_they_are_made_of() {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in [
            (
                "SELECT ARRAY[1, y], ARRAY[1, n], arr, '{1,2}'::int[], '{1,NULL}'::int[], y FROM t",
                "*..*..",
            ),
            (
                "SELECT ARRAY(SELECT id FROM u), ARRAY(SELECT v FROM u), ARRAY(SELECT v FROM u WHERE v > 0) FROM t",
                "*.*",
            ),
            (
                "SELECT array_agg(y), array_agg(n), array_agg(s ORDER BY id), array_agg(y) FILTER (WHERE b) FROM t",
                "*.**",
            ),
            (
                "SELECT array_agg(u.id), array_agg(t.id) FROM t LEFT JOIN u ON u.t_id = t.id",
                ".*",
            ),
            (
                "SELECT a.x, b.x FROM (SELECT ARRAY[1] AS x) AS a LEFT JOIN (SELECT ARRAY[1, n] AS x FROM t) AS b ON true",
                "*.",
            ),
            (
                "SELECT string_to_array(s, ','), string_to_array(s, ',', ''), ARRAY[1, 2]::int8[], ARRAY[[1, 2], [3, 4]] FROM t",
                "*.**",
            ),
            ("SELECT ARRAY[1] UNION SELECT ARRAY[2]", "*"),
            ("SELECT ARRAY[1] UNION SELECT arr FROM t", "."),
            (
                "SELECT array_agg(ARRAY[1, n]), ARRAY(SELECT ARRAY[1, n]) FROM t GROUP BY n",
                "..",
            ),
            (
                "SELECT coalesce(array_agg(y), '{}'), coalesce(array_agg(y), ARRAY[NULL::int]) FROM t",
                "*.",
            ),
        ] {
            scratch.check_elements(sql, expected);
        }
    });
}

#[test]
fn a_function_can_be_declared_by_its_signature() {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        scratch.check("SELECT nothing(y) FROM t", "?");
        let declared = ["public.nothing(int4)".to_owned()];
        scratch.database.set_declared(&declared);
        scratch.check("SELECT nothing(y), something(y) FROM t", "!!");
        scratch.database.set_declared(&[]);
        scratch.check("SELECT nothing(y), something(y) FROM t", "?!");
        scratch
            .session
            .run("COMMENT ON FUNCTION something(int) IS 'nothing is promised'");
        scratch.check("SELECT nothing(y), something(y) FROM t", "??");
    });
}

#[test]
fn what_a_migration_changes_is_seen_on_the_same_connection() {
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        scratch.check("SELECT y, s FROM t", "!!");
        scratch.session.run("ALTER TABLE t ALTER y DROP NOT NULL");
        scratch.check("SELECT y, s FROM t", "?!");
        scratch
            .session
            .run("BEGIN; ALTER TABLE u ALTER t_id DROP NOT NULL");
        scratch.session.run("COMMIT");
        scratch.check("SELECT t_id, id FROM u", "?!");
    });
}
