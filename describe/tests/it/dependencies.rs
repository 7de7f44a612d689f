//! What a statement needs of its surroundings: relations and columns, locks, a server new enough, no transaction around.

use hathi_query_cache::{Dependencies, Lock, Use};

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, \"Nick\" text);
    CREATE TABLE posts (id int PRIMARY KEY, author int NOT NULL REFERENCES users, title text);
    CREATE VIEW authors AS SELECT u.id, u.name FROM users u JOIN posts p ON p.author = u.id;
    DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
    DO $$ BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
    ALTER VIEW authors OWNER TO reader;
    GRANT SELECT ON users, posts TO reader;
";

/// Each use as `relation: r(columns) i(columns) u(columns) d lock`, those by a view's owner with a `^` in front.
fn in_words(uses: &[Use]) -> Vec<String> {
    let words = |used: &Use| {
        let mut words = vec![format!(
            "{}{}:",
            if used.by_owner { "^" } else { "" },
            used.relation
        )];
        for (sign, columns) in [
            ("r", &used.select),
            ("i", &used.insert),
            ("u", &used.update),
        ] {
            if !columns.is_empty() {
                words.push(format!("{sign}({})", columns.join(",")));
            }
        }
        if used.delete {
            words.push("d".to_owned());
        }
        words.push(
            match used.lock {
                Lock::AccessShare => "share",
                Lock::RowShare => "rows",
                Lock::RowExclusive => "write",
                _ => "more",
            }
            .to_owned(),
        );
        words.join(" ")
    };
    uses.iter().map(words).collect()
}

#[track_caller]
fn check(scratch: &mut Scratch, sql: &str, expected: &[&str]) {
    let found = scratch.describe(sql).dependencies;
    assert_eq!(
        in_words(&found.uses),
        expected,
        "on {}: {sql}",
        scratch.major
    );
}

#[test]
fn columns_that_are_read_and_written_are_named() {
    on_every_version(SCHEMA, |scratch| {
        check(scratch, "SELECT 1", &[]);
        check(
            scratch,
            "SELECT id FROM users WHERE name = $1",
            &["public.users: r(id,name) share"],
        );
        check(
            scratch,
            "SELECT count(*) FROM users",
            &["public.users: r((any)) share"],
        );
        check(
            scratch,
            "SELECT u FROM users u",
            &["public.users: r(*) share"],
        );
        check(
            scratch,
            "SELECT id FROM users FOR UPDATE",
            &["public.users: r(id) u((any)) rows"],
        );
        check(
            scratch,
            "INSERT INTO users (id, \"Nick\") VALUES ($1, $2)",
            &["public.users: i(id,\"Nick\") write"],
        );
        check(
            scratch,
            "UPDATE users SET name = $1 WHERE id = $2 RETURNING \"Nick\"",
            &["public.users: r(id,\"Nick\") u(name) write"],
        );
        check(
            scratch,
            "DELETE FROM posts USING users u WHERE u.id = author",
            &[
                "public.posts: r(author) d write",
                "public.users: r(id) share",
            ],
        );
        check(
            scratch,
            "WITH d AS (DELETE FROM posts RETURNING author) SELECT name FROM users JOIN d ON d.author = id",
            &[
                "public.posts: r(author) d write",
                "public.users: r(id,name) share",
            ],
        );
    });
}

#[test]
fn tables_below_a_view_are_used_by_the_rights_of_its_owner() {
    on_every_version(SCHEMA, |scratch| {
        check(
            scratch,
            "SELECT name FROM authors",
            &[
                "public.authors: r(name) share",
                "^public.posts: r(author) share",
                "^public.users: r(id,name) share",
            ],
        );
        // A role that has no more than that can run it.
        scratch
            .session
            .run("GRANT SELECT (name) ON authors TO app; SET ROLE app");
        assert!(scratch.session.query("SELECT name FROM authors").is_ok());
        assert!(scratch.session.query("SELECT id FROM authors").is_err());
    });
}

#[test]
fn functions_of_the_user_are_named_and_those_of_the_server_are_not() {
    let schema = "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql RETURN $1 * 2;
        CREATE FUNCTION near(int, int) RETURNS bool LANGUAGE sql RETURN abs($1 - $2) < 2;
        CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = near);
        CREATE FUNCTION \"Odd\"(int) RETURNS int LANGUAGE sql RETURN $1;
        CREATE AGGREGATE many(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');";
    on_every_version(schema, |scratch| {
        for (sql, expected) in [
            ("SELECT abs(1) + 2", &[][..]),
            ("SELECT pg_ls_waldir()", &["pg_ls_waldir()"]),
            ("SELECT \"Odd\"(1)", &["public.\"Odd\"(integer)"]),
            ("SELECT twice(abs(1))", &["public.twice(integer)"]),
            ("SELECT 1 ~~~ 2", &["public.near(integer,integer)"]),
            (
                "SELECT many(n) FROM generate_series(1, twice(2)) n",
                &["public.many(integer)", "public.twice(integer)"],
            ),
        ] {
            let found = scratch.describe(sql).dependencies.functions;
            assert_eq!(found, expected, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn sequences_are_found_in_the_text_and_in_the_defaults_of_columns_that_are_left_out() {
    let schema = "CREATE SEQUENCE tickets; CREATE SEQUENCE \"Odd\";
        CREATE TABLE orders (id serial, name text);
        CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY, no int DEFAULT nextval('tickets') * 2, name text);";
    on_every_version(schema, |scratch| {
        for (sql, expected) in [
            ("SELECT nextval('tickets')", &["public.tickets n"][..]),
            (
                "SELECT currval('tickets'), nextval('\"Odd\"'::regclass)",
                &["public.\"Odd\" n", "public.tickets c"],
            ),
            (
                "SELECT setval('tickets', 1), setval('tickets', $1, false)",
                &["public.tickets s"],
            ),
            ("SELECT nextval($1)", &[]),
            ("SELECT lastval(), last_value FROM tickets", &[]),
            (
                "INSERT INTO orders (name) VALUES ($1)",
                &["public.orders_id_seq n"],
            ),
            ("INSERT INTO orders (id, name) VALUES ($1, $2)", &[]),
            (
                "INSERT INTO orders VALUES (1, $1), (DEFAULT, $2)",
                &["public.orders_id_seq n"],
            ),
            (
                "UPDATE orders SET id = DEFAULT",
                &["public.orders_id_seq n"],
            ),
            (
                "INSERT INTO lines (name) VALUES ($1)",
                &["public.tickets n"],
            ),
            ("INSERT INTO lines (no) VALUES ($1)", &[]),
        ] {
            let found = scratch.describe(sql).dependencies.sequences;
            let mark = |is: bool, sign| if is { sign } else { "" };
            let found: Vec<String> = found
                .iter()
                .map(|used| {
                    let (next, current) = (mark(used.next, "n"), mark(used.current, "c"));
                    format!("{} {next}{current}{}", used.sequence, mark(used.set, "s"))
                })
                .collect();
            assert_eq!(found, expected, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn schemas_are_those_of_what_the_text_names() {
    let schema = "CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA \"C d\"; CREATE SCHEMA e;
        CREATE TABLE a.t (id int, \"X\" int); CREATE TABLE b.hidden (id int); CREATE TABLE \"C d\".\"T t\" (id int);
        CREATE FUNCTION e.f() RETURNS int LANGUAGE sql RETURN 1; CREATE TYPE e.mood AS ENUM ('sad');
        CREATE FUNCTION e.near(int, int) RETURNS bool LANGUAGE sql RETURN true;
        CREATE OPERATOR e.~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = e.near);
        CREATE VIEW a.v AS SELECT id, e.f() AS g FROM b.hidden;
        CREATE TABLE a.d (id int, f int DEFAULT e.f());";
    on_every_version(schema, |scratch| {
        for (sql, expected) in [
            ("SELECT 1 FROM pg_catalog.pg_class", &[][..]),
            ("SELECT id FROM A.T", &["a"]),
            ("SELECT \"X\" FROM \"a\".\"t\"", &["a"]),
            ("SELECT g FROM a.v", &["a"]),
            ("SELECT id FROM a.v", &["a"]),
            ("SELECT 1 FROM \"C d\".\"T t\"", &["\"C d\""]),
            ("SELECT e.f()", &["e"]),
            ("INSERT INTO a.d (id) VALUES (1)", &["a"]),
            ("SELECT $1::e.mood[]", &["e"]),
            ("SELECT 1 OPERATOR(e.~~~) 2", &["e"]),
            ("SELECT 'b.hidden'::regclass", &["b"]),
        ] {
            let found = scratch.describe(sql);
            assert_eq!(
                found.dependencies.schemas, expected,
                "on {}: {sql}",
                scratch.major
            );
        }
    });
}

#[test]
fn what_an_old_server_does_not_know_is_told() {
    on_every_version(SCHEMA, |scratch| {
        let merge =
            "MERGE INTO users u USING posts p ON u.id = p.author WHEN MATCHED THEN DO NOTHING";
        for (from, sql, needs) in [
            (14, "SELECT 1", None),
            (15, merge, Some(15)),
            (16, "SELECT JSON_ARRAY(1)", Some(16)),
            (17, &format!("{merge} RETURNING u.id"), Some(17)),
            (17, "SELECT JSON_VALUE('1', '$')", Some(17)),
            (18, "DELETE FROM users RETURNING old.id", Some(18)),
        ] {
            if scratch.major >= from {
                assert_eq!(
                    scratch.describe(sql).dependencies.needs,
                    needs,
                    "on {}: {sql}",
                    scratch.major
                );
            }
        }
    });
}

#[test]
fn what_runs_outside_of_transactions_only_is_marked() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, outside) in [
            ("CREATE INDEX CONCURRENTLY i ON users (name)", true),
            ("CREATE DATABASE other", true),
            ("VACUUM users", true),
            ("CREATE INDEX i ON users (name)", false),
            ("SELECT 1", false),
        ] {
            let found = scratch.describe(sql).dependencies;
            assert_eq!(
                found.outside_transactions, outside,
                "on {}: {sql}",
                scratch.major
            );
        }
        assert_eq!(
            scratch.describe("SELECT 1").dependencies,
            Dependencies::default()
        );
    });
}
