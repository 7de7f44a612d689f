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
        CREATE AGGREGATE many(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');";
    on_every_version(schema, |scratch| {
        for (sql, expected) in [
            ("SELECT abs(1) + 2", &[][..]),
            ("SELECT twice(abs(1))", &["public.twice(int4)"]),
            ("SELECT 1 ~~~ 2", &["public.near(int4,int4)"]),
            (
                "SELECT many(n) FROM generate_series(1, twice(2)) n",
                &["public.many(int4)", "public.twice(int4)"],
            ),
        ] {
            let found = scratch.describe(sql).dependencies.functions;
            assert_eq!(found, expected, "on {}: {sql}", scratch.major);
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
