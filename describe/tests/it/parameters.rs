//! Which parameters may be NULL, and what they are called.

use hathi_query_cache::{Mistakes, ParameterDescription};

use crate::support::{on_every_version, scratch};

const SCHEMA: &str = "
    CREATE DOMAIN there AS int NOT NULL;
    CREATE DOMAIN above AS there CHECK (VALUE > 0);
    CREATE DOMAIN maybe AS text;
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE TABLE t (id int PRIMARY KEY, x int, y int NOT NULL, s text, v varchar(10), d above, m maybe, a int[], k mood, n numeric(4, 2));
    CREATE TABLE u (id int PRIMARY KEY, x int NOT NULL);
    CREATE VIEW w AS SELECT y AS why, x AS ex, id FROM t;
    CREATE TABLE p (id int NOT NULL, x int) PARTITION BY LIST (id);
    CREATE TABLE p1 PARTITION OF p DEFAULT;";

/// For each parameter `?` if it may be NULL, else `!`.
fn check(cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch| {
        for (sql, expected) in cases {
            let parameters = scratch.describe(sql).parameters;
            let found: String = parameters
                .iter()
                .map(|parameter| if parameter.nullable { '?' } else { '!' })
                .collect();
            assert_eq!(found, *expected, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn a_parameter_is_nullable_if_it_is_assigned_to_a_nullable_column() {
    check(&[
        (
            "INSERT INTO t (id, x, y, s) VALUES ($1, $2, $3, $4)",
            "!?!?",
        ),
        (
            "INSERT INTO t (id, x, y) VALUES ($1, $2, $3), ($4, $5, $6)",
            "!?!!?!",
        ),
        (
            "INSERT INTO t (id, x, y) VALUES (1, $1, 2), (2, DEFAULT, $2)",
            "?!",
        ),
        ("INSERT INTO t (id, x, y) SELECT $1, $2, $3", "!?!"),
        (
            "INSERT INTO t (id, x, y) SELECT id, $1, $2 FROM u WHERE x = $3",
            "?!!",
        ),
        ("UPDATE t SET x = $1, y = $2, s = $3 WHERE id = $4", "?!?!"),
        ("UPDATE t SET (x, y) = ($1, $2)", "?!"),
        ("UPDATE t SET (x, y) = ROW ($1, $2)", "?!"),
        (
            "INSERT INTO t (id, y) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET x = $3, y = $4 WHERE t.x > $5",
            "!!?!!",
        ),
        ("SELECT * FROM t WHERE x = $1 AND s LIKE $2", "!!"),
        ("DELETE FROM t WHERE x = $1", "!"),
        (
            "WITH i AS (INSERT INTO t (id, x, y) VALUES ($1, $2, $3) RETURNING *) SELECT * FROM i WHERE x = $4",
            "!?!!",
        ),
        ("INSERT INTO w (why, ex, id) VALUES ($1, $2, $3)", "!?!"),
        ("UPDATE w SET why = $1, ex = $2", "!?"),
        ("INSERT INTO p VALUES ($1, $2)", "!?"),
    ]);
}

#[test]
fn casts_do_not_hide_an_assignment() {
    check(&[
        ("UPDATE t SET v = $1", "?"),
        ("UPDATE t SET v = $1::text", "?"),
        ("UPDATE t SET x = $1::bigint", "?"),
        (
            "UPDATE t SET n = $1, s = $2::int::text, a = $3, k = $4::text::mood",
            "????",
        ),
        ("UPDATE t SET y = $1::text::int", "!"),
        ("UPDATE t SET s = $1 COLLATE \"C\"", "?"),
        ("UPDATE t SET m = $1, d = $2", "?!"),
    ]);
}

#[test]
fn every_column_a_parameter_is_assigned_to_must_accept_null() {
    check(&[
        ("UPDATE t SET x = $1, y = $1", "!"),
        ("INSERT INTO t (id, x, y) VALUES ($1, $1, $1)", "!"),
        (
            "INSERT INTO t (id, y, x, s) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET s = $4, x = $3",
            "!!??",
        ),
        ("UPDATE t SET x = $1 WHERE x = $1", "?"),
    ]);
}

#[test]
fn assignments_are_followed_through_queries() {
    check(&[
        (
            "INSERT INTO t (id, x, y) SELECT * FROM (VALUES ($1::int, $2::int, $3::int)) AS v",
            "!?!",
        ),
        (
            "INSERT INTO t (id, x, y) SELECT 1, s.x, 2 FROM (SELECT $1::int AS x) AS s",
            "?",
        ),
        (
            "INSERT INTO t (id, x, y) SELECT $1::int, $2::int, 1 UNION ALL SELECT $3::int, $4::int, 2",
            "!?!?",
        ),
        (
            "WITH s AS (SELECT $1::int AS id, $2::int AS x) INSERT INTO t (id, x, y) SELECT id, x, 1 FROM s",
            "!?",
        ),
        (
            "INSERT INTO t (id, x, y) SELECT 1, ($1::int), 2 FROM (SELECT $2::int AS x) AS s WHERE s.x = 1",
            "?!",
        ),
        (
            "UPDATE t SET x = s.x FROM (VALUES ($1::int, $2::int)) AS s (id, x) WHERE s.id = t.id",
            "!?",
        ),
    ]);
}

#[test]
fn what_is_computed_from_a_parameter_says_nothing_of_it() {
    check(&[
        ("UPDATE t SET x = $1 + 1", "!"),
        ("UPDATE t SET x = CASE WHEN $1 THEN $2 ELSE x END", "!!"),
        ("UPDATE t SET a[1] = $1", "!"),
        ("UPDATE t SET x = (SELECT $1::int)", "!"),
        (
            "INSERT INTO t (id, x, y) SELECT 1, unnest($1::int[]), 2",
            "!",
        ),
    ]);
}

#[test]
fn merge_assigns_what_its_actions_assign() {
    for major in 15..=18 {
        let mut scratch = scratch(major, SCHEMA);
        let description = scratch.describe(
            "MERGE INTO t USING (VALUES ($1::int, $2::int, $3::int)) AS s (id, x, y) ON s.id = t.id
             WHEN MATCHED THEN UPDATE SET x = s.x, s = $4
             WHEN NOT MATCHED THEN INSERT (id, x, y) VALUES (s.id, s.x, s.y)",
        );
        let found: Vec<bool> = description
            .parameters
            .iter()
            .map(|parameter| parameter.nullable)
            .collect();
        assert_eq!(found, [false, true, false, true], "on {major}");
        assert_eq!(description.writes, ["public.t"], "on {major}");
    }
}

#[test]
fn parameters_have_the_names_of_the_text_and_the_types_of_the_server() {
    on_every_version(SCHEMA, |scratch| {
        let parameters = scratch
            .describe(
                "UPDATE t SET x = {user.x}, k = {mood}, d = {d} WHERE id = {user.x} AND a = {a}",
            )
            .parameters;
        let expected = [
            ("user.x", "int4", true, "public.t.x"),
            ("mood", "public.mood", true, "public.t.k"),
            ("d", "public.above", false, "public.t.d"),
            ("a", "int4[]", false, "public.t.a"),
        ];
        let expected = expected.map(|(name, ty, nullable, meets)| ParameterDescription {
            name: Some(name.to_owned()),
            ty: ty.to_owned(),
            nullable,
            meets: Some(meets.to_owned()),
        });
        assert_eq!(parameters, expected, "on {}", scratch.major);
        assert_eq!(
            scratch.describe("SELECT 1 WHERE true = $1").parameters[0].name,
            None
        );
        let ty = |scratch: &mut crate::support::Scratch, sql: &str| {
            scratch.describe(sql).parameters[0].ty.clone()
        };
        assert_eq!(
            ty(scratch, "SELECT 1 WHERE 1 = ANY($1::mood[]::text[]::int[])"),
            "public.mood[]"
        );
        assert_eq!(ty(scratch, "SELECT $1"), "text");
        assert_eq!(ty(scratch, "SELECT 1 LIMIT $1"), "int8");
    });
}

#[test]
fn a_parameter_is_nullable_where_null_can_be_meant() {
    check(&[
        ("SELECT 1 FROM t WHERE $1::int IS NULL OR x = $1", "?"),
        ("SELECT 1 FROM t WHERE x = $1", "!"),
        ("SELECT 1 FROM t WHERE x IS DISTINCT FROM $1", "?"),
        ("UPDATE t SET y = COALESCE($1, y), id = $2", "?!"),
        ("SELECT coalesce(s, $1) FROM t", "?"),
        ("SELECT concat($1::text, s), upper($2) FROM t", "?!"),
        ("SELECT ($1::bool IS TRUE) FROM t", "?"),
        // What refuses NULL wins.
        ("UPDATE t SET y = $1 WHERE $1::int IS NULL", "!"),
        ("UPDATE t SET x = $1, y = $1", "!"),
        (
            "INSERT INTO t (id, y, s) SELECT $1, $2, $3 WHERE $3::text IS NOT NULL",
            "!!?",
        ),
    ]);
}

#[test]
fn a_parameter_meets_the_column_it_is_assigned_to_or_else_compared_with() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, expected) in [
            (
                "SELECT 1 FROM t WHERE id = $1 AND $2 < y",
                &[Some("public.t.id"), Some("public.t.y")][..],
            ),
            (
                "SELECT 1 FROM t WHERE id = ANY ($1)",
                &[Some("public.t.id")],
            ),
            ("SELECT 1 FROM t WHERE id + 1 = $1 LIMIT $2", &[None, None]),
            ("UPDATE t SET x = $1 WHERE y = $1", &[Some("public.t.x")]),
            ("UPDATE t SET x = $1 + 1", &[None]),
            (
                "SELECT 1 FROM (SELECT id AS i FROM t) s WHERE s.i = $1",
                &[Some("public.t.id")],
            ),
            ("SELECT 1 FROM w WHERE ex = $1", &[Some("public.t.x")]),
            (
                "SELECT (SELECT x FROM u WHERE u.id = t.id AND t.s = $1) FROM t",
                &[Some("public.t.s")],
            ),
            ("SELECT 1 FROM t WHERE v = $1", &[Some("public.t.v")]),
        ] {
            let found: Vec<_> = scratch.describe(sql).parameters;
            let found: Vec<_> = found
                .iter()
                .map(|parameter| parameter.meets.as_deref())
                .collect();
            assert_eq!(found, expected, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn a_placeholder_in_a_utility_is_a_mistake_at_its_place() {
    on_every_version(SCHEMA, |scratch| {
        for sql in [
            "ALTER TABLE t ALTER x SET DEFAULT $1",
            "CREATE VIEW q AS SELECT * FROM t WHERE id = $id",
            "SHOW $1",
        ] {
            let Err(Mistakes(mistakes)) = scratch.answer(sql) else {
                panic!("{sql} was accepted")
            };
            assert_eq!(mistakes.len(), 1, "{sql}: {mistakes:?}");
            let place = mistakes[0].place.clone().unwrap();
            assert!(
                sql[place].starts_with('$'),
                "on {}: {sql}: {mistakes:?}",
                scratch.major
            );
        }
        let function = "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1 + 1";
        assert_eq!(scratch.describe(function).parameters, []);
        assert_eq!(
            scratch
                .describe("CREATE TABLE q AS SELECT * FROM t WHERE id = $1")
                .parameters
                .len(),
            1
        );
        assert_eq!(
            scratch
                .describe("EXPLAIN SELECT * FROM t WHERE id = $1")
                .parameters
                .len(),
            1
        );
    });
}
