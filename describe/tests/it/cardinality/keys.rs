//! Unique keys whose columns are held at values.

use super::{check, check_since};

const SCHEMA: &str = "
    SET TIME ZONE 'Europe/Berlin';
    CREATE TABLE t (id int PRIMARY KEY, a int, b int, x int, name text UNIQUE, UNIQUE (a, b));
    INSERT INTO t VALUES (1, 1, 1, 1, 'a'), (2, 1, 2, 1, 'b'), (3, NULL, 2, 2, 'c'), (4, NULL, 2, 2, 'd');
    CREATE VIEW v AS SELECT id, x + 1 AS y, name FROM t;
    CREATE VIEW vv AS SELECT name AS called, id AS number FROM v WHERE y > 0;

    CREATE TABLE loose (d int UNIQUE DEFERRABLE, p int, e int, i int, x int);
    CREATE UNIQUE INDEX ON loose (p) WHERE x > 1;
    CREATE UNIQUE INDEX ON loose ((e + 1));
    CREATE UNIQUE INDEX ON loose (i) INCLUDE (x);
    INSERT INTO loose VALUES (1, 1, 1, 1, 1), (2, 1, 2, 2, 1);

    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE child () INHERITS (parent);
    INSERT INTO parent VALUES (1);
    INSERT INTO child VALUES (1);
    CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
    INSERT INTO p VALUES (1);

    CREATE TABLE ts (t timestamp PRIMARY KEY);
    INSERT INTO ts VALUES ('2024-03-31 02:30'), ('2024-03-31 03:30');
    CREATE TABLE names (n varchar(9) PRIMARY KEY, c char(9) UNIQUE, big bigint UNIQUE, r numeric UNIQUE, u uuid UNIQUE);
    INSERT INTO names VALUES ('a', 'a', 1, 1.0, gen_random_uuid()), ('b', 'b', 2, 2.0, gen_random_uuid());

    CREATE FUNCTION same_or_none(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2 OR $2 IS NULL';
    CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same_or_none);
    CREATE OPERATOR CLASS own FOR TYPE int USING btree AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 ===, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
    CREATE TABLE owned (id int);
    CREATE UNIQUE INDEX ON owned (id own);
    INSERT INTO owned VALUES (1), (2);

    CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
    CREATE TABLE texts (exact text UNIQUE, folded text COLLATE folded UNIQUE);
    INSERT INTO texts VALUES ('a', 'a'), ('A', 'b');";

#[test]
fn a_key_that_is_held_finds_one_row() {
    check(
        SCHEMA,
        &[
            ('?', "SELECT id FROM t WHERE id = 1"),
            ('?', "SELECT id FROM t WHERE 1 = id AND x > 5"),
            ('?', "SELECT id FROM t WHERE name = 'a'"),
            ('?', "SELECT id FROM t WHERE a = 1 AND b = 2"),
            ('?', "SELECT id FROM t WHERE (a, b) = (1, 2)"),
            ('?', "SELECT id FROM t WHERE id = 1::bigint"),
            ('?', "SELECT id FROM t WHERE id IN (1)"),
            ('?', "SELECT id FROM t WHERE id = length('a') ORDER BY x"),
            (
                '?',
                "SELECT id FROM t WHERE id = (SELECT x FROM t ORDER BY id LIMIT 1)",
            ),
            (
                '?',
                "SELECT id FROM t WHERE id = (SELECT (random() * 3)::int)",
            ),
            ('?', "SELECT id FROM t WHERE ctid = '(0,1)'"),
            ('*', "SELECT id FROM t WHERE a = 1"),
            ('*', "SELECT id FROM t WHERE x = 1"),
            ('*', "SELECT id FROM t WHERE id >= 1"),
            ('*', "SELECT id FROM t WHERE id IN (1, 2)"),
            ('*', "SELECT id FROM t WHERE id = 1 OR x = 1"),
            ('*', "SELECT id FROM t WHERE id = x"),
            ('*', "SELECT id FROM t WHERE id = id"),
            ('*', "SELECT id FROM t WHERE id + 0 = 1"),
            ('*', "SELECT id FROM t WHERE id = (random() * 3)::int"),
            ('*', "SELECT id FROM t WHERE b = 2 AND a IS NULL"),
            (
                '*',
                "SELECT id FROM t WHERE b = 2 AND a IS NOT DISTINCT FROM NULL",
            ),
            (
                '*',
                "SELECT id FROM t WHERE id = (SELECT s.id FROM t AS s WHERE s.name = t.name)",
            ),
            ('*', "SELECT id FROM t WHERE NOT id = 1"),
        ],
    );
}

#[test]
fn what_is_written_by_a_key_is_one_row() {
    check(
        SCHEMA,
        &[
            ('?', "UPDATE t SET x = 5 WHERE id = 1 RETURNING id"),
            ('?', "DELETE FROM t WHERE name = 'a' RETURNING id"),
            ('?', "UPDATE v SET name = 'z' WHERE id = 1 RETURNING id"),
            (
                '?',
                "UPDATE t SET x = 5 FROM loose WHERE t.id = 1 AND loose.x = t.x RETURNING t.id",
            ),
            (
                '?',
                "DELETE FROM t USING loose WHERE t.id = 1 AND loose.x = 1 RETURNING t.id",
            ),
            (
                '?',
                "DELETE FROM t USING loose WHERE t.id = loose.x AND loose.i = 1 RETURNING t.id",
            ),
            (
                '?',
                "WITH u AS (UPDATE t SET x = 5 WHERE id = 1 RETURNING id) SELECT * FROM u",
            ),
            (
                '*',
                "UPDATE t SET x = 5 FROM loose WHERE t.id = loose.x RETURNING t.id",
            ),
            (
                '*',
                "DELETE FROM ts WHERE t = timestamptz '2024-03-31 01:30Z' RETURNING t",
            ),
            ('*', "UPDATE parent SET id = 5 WHERE id = 1 RETURNING id"),
            ('?', "DELETE FROM p WHERE id = 1 RETURNING id"),
        ],
    );
    check_since(
        17,
        SCHEMA,
        &[
            (
                '?',
                "MERGE INTO t USING (VALUES (1, 5)) AS s (i, j) ON t.id = s.i WHEN MATCHED THEN UPDATE SET x = j
                 WHEN NOT MATCHED THEN INSERT (id) VALUES (i) RETURNING t.id",
            ),
            (
                '*',
                "MERGE INTO t USING (VALUES (1, 5)) AS s (i, j) ON t.x = s.i WHEN MATCHED THEN UPDATE SET x = j
                 WHEN NOT MATCHED THEN INSERT (id) VALUES (i) RETURNING t.id",
            ),
            (
                '*',
                "MERGE INTO t USING (VALUES (1, 5)) AS s (i, j) ON t.id = s.i
                 WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING t.id",
            ),
        ],
    );
}

#[test]
fn views_and_subqueries_are_looked_through() {
    check(
        SCHEMA,
        &[
            ('?', "SELECT y FROM v WHERE id = 1"),
            ('?', "SELECT called FROM vv WHERE number = 1"),
            (
                '?',
                "SELECT * FROM (SELECT * FROM t ORDER BY x LIMIT 5) AS s WHERE id = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT DISTINCT id, x FROM t) AS s WHERE id = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT *, row_number() OVER () FROM t) AS s WHERE id = 1",
            ),
            (
                '?',
                "WITH c AS (SELECT * FROM t) SELECT * FROM c WHERE id = 1",
            ),
            (
                '?',
                "WITH c AS MATERIALIZED (SELECT * FROM t) SELECT * FROM c WHERE id = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT id FROM t INTERSECT SELECT x FROM loose) AS s WHERE id = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT id FROM t EXCEPT SELECT x FROM loose) AS s WHERE id = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT x, count(*) FROM t GROUP BY x) AS s WHERE x = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT DISTINCT x FROM t) AS s WHERE x = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT DISTINCT ON (x) * FROM t) AS s WHERE x = 1",
            ),
            (
                '?',
                "SELECT * FROM (SELECT DISTINCT ON (x) * FROM t) AS s WHERE id = 1",
            ),
            (
                '*',
                "SELECT * FROM (SELECT DISTINCT a, x FROM t) AS s WHERE x = 1",
            ),
            (
                '*',
                "SELECT * FROM (SELECT x, b, count(*) FROM t GROUP BY x, b) AS s WHERE x = 1",
            ),
            (
                '*',
                "SELECT * FROM (SELECT x, count(*) FROM t GROUP BY ROLLUP (x)) AS s WHERE x = 1",
            ),
            ('*', "SELECT * FROM v WHERE y = 2"),
            (
                '*',
                "SELECT * FROM (SELECT id FROM t UNION ALL SELECT id FROM t) AS s WHERE id = 1",
            ),
            (
                '*',
                "SELECT * FROM (SELECT id, generate_series(1, 2) FROM t) AS s WHERE id = 1",
            ),
            (
                '*',
                "SELECT * FROM (SELECT r FROM names EXCEPT SELECT x FROM t) AS s (r) WHERE r::text = '1'",
            ),
            (
                '*',
                "SELECT * FROM (SELECT 1.0::float4 AS f INTERSECT ALL SELECT f::float8 FROM (VALUES (1), (1)) AS w (f)) AS s, t WHERE f = 1",
            ),
        ],
    );
}

#[test]
fn an_index_that_does_not_hold_for_all_rows_holds_nothing() {
    check(
        SCHEMA,
        &[
            ('*', "SELECT x FROM loose WHERE d = 1"),
            ('*', "SELECT x FROM loose WHERE p = 1"),
            ('*', "SELECT x FROM loose WHERE e = 1"),
            ('?', "SELECT x FROM loose WHERE i = 1"),
            ('*', "SELECT * FROM parent WHERE id = 1"),
            ('*', "SELECT * FROM parent WHERE ctid = '(0,1)'"),
            ('?', "SELECT * FROM ONLY parent WHERE id = 1"),
            ('*', "SELECT * FROM child WHERE id = 1"),
            ('?', "SELECT * FROM p WHERE id = 1"),
            ('*', "SELECT * FROM p WHERE ctid = '(0,1)'"),
            ('?', "SELECT * FROM p1 WHERE id = 1"),
            ('*', "SELECT * FROM pg_class WHERE relname = 'pg_class'"),
            (
                '?',
                "SELECT * FROM pg_class WHERE oid = 'pg_class'::regclass",
            ),
        ],
    );
}

#[test]
fn equality_is_that_of_the_index() {
    check(
        SCHEMA,
        &[
            (
                '*',
                "SELECT * FROM ts WHERE t = timestamptz '2024-03-31 01:30Z'",
            ),
            (
                '*',
                "SELECT * FROM ts WHERE timestamptz '2024-03-31 01:30Z' = t",
            ),
            (
                '?',
                "SELECT * FROM ts WHERE t = timestamp '2024-03-31 02:30'",
            ),
            ('?', "SELECT * FROM ts WHERE t = date '2024-03-31'"),
            (
                '*',
                "SELECT * FROM (SELECT DISTINCT t FROM ts EXCEPT ALL SELECT timestamptz '2000-01-01 00:00Z') AS s
                 WHERE t = timestamptz '2024-03-31 01:30Z'",
            ),
            (
                '*',
                "SELECT exact FROM texts WHERE exact = 'a' COLLATE folded GROUP BY exact",
            ),
            ('*', "SELECT * FROM owned WHERE id === 1"),
            ('*', "SELECT * FROM owned WHERE id === NULL"),
            ('*', "SELECT * FROM owned WHERE id = 1"),
            ('?', "SELECT * FROM names WHERE n = 'a'"),
            ('?', "SELECT * FROM names WHERE c = 'a'"),
            ('*', "SELECT * FROM names WHERE c::text = 'a'"),
            ('?', "SELECT * FROM names WHERE n = 'a'::name"),
            ('?', "SELECT * FROM names WHERE big = 1::smallint"),
            ('?', "SELECT * FROM names WHERE r = 1.00"),
            ('*', "SELECT * FROM names WHERE r = 1.0::float8"),
            (
                '?',
                "SELECT * FROM names WHERE u = gen_random_uuid() AND u = '00000000-0000-0000-0000-000000000000'",
            ),
            ('?', "SELECT * FROM texts WHERE exact = 'a'"),
            ('?', "SELECT * FROM texts WHERE exact = 'a' COLLATE \"C\""),
            ('*', "SELECT * FROM texts WHERE exact = 'a' COLLATE folded"),
            ('?', "SELECT * FROM texts WHERE folded = 'A'"),
            ('?', "SELECT * FROM texts WHERE folded = 'A' COLLATE \"C\""),
        ],
    );
}

#[test]
fn nulls_that_are_not_distinct_are_one() {
    check_since(
        15,
        "CREATE TABLE n (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b));
         CREATE TABLE d (a int, b int, UNIQUE (a, b));
         INSERT INTO n VALUES (1, NULL), (2, NULL);
         INSERT INTO d VALUES (1, NULL), (1, NULL);",
        &[
            ('?', "SELECT * FROM n WHERE a = 1 AND b IS NULL"),
            ('?', "SELECT * FROM n WHERE a IS NULL AND b IS NULL"),
            ('*', "SELECT * FROM n WHERE b IS NULL"),
            ('*', "SELECT * FROM d WHERE a = 1 AND b IS NULL"),
        ],
    );
}

#[test]
fn periods_that_must_not_overlap_are_no_key() {
    check_since(
        18,
        "CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));",
        &[(
            '*',
            "SELECT * FROM stay WHERE room = int4range(1, 2) AND during = daterange('2024-01-01', '2024-02-01')",
        )],
    );
}
