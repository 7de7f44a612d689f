//! Everything else that a description says: names, types, origins, relations, kinds.

use hathi_query_cache::{Field, StatementKind, Template, UserType};

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = r#"
    CREATE SCHEMA "Other One";
    CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
    CREATE DOMAIN work_email AS email NOT NULL;
    CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad');
    CREATE TYPE "Other One"."Point" AS (x int, mood mood, mails email[]);
    CREATE TYPE span AS RANGE (subtype = int);
    CREATE TABLE users (id int PRIMARY KEY, nick text, mail email, moods mood[], "Full Name" varchar(9) NOT NULL);
    CREATE TABLE "Other One"."T" (id int NOT NULL, p "Other One"."Point", s span, w work_email);
    CREATE VIEW friends AS SELECT id AS friend_id, nick FROM users;
    INSERT INTO users VALUES (1, 'a', 'a@b', '{sad}', 'A');"#;

#[test]
fn types_are_called_by_their_names_and_domains_are_kept() {
    on_every_version(SCHEMA, |scratch| {
        let types = |scratch: &mut Scratch, sql: &str| -> Vec<String> {
            scratch
                .columns(sql)
                .into_iter()
                .map(|column| column.ty)
                .collect()
        };
        assert_eq!(
            types(scratch, "SELECT * FROM users"),
            ["int4", "text", "public.email", "public.mood[]", "varchar"]
        );
        let other = [
            r#"int4"#,
            r#""Other One"."Point""#,
            "public.span",
            "public.work_email",
        ];
        assert_eq!(types(scratch, r#"SELECT * FROM "Other One"."T""#), other);
        assert_eq!(
            types(
                scratch,
                "SELECT 'a@b'::email, ARRAY['a@b'::email], mail || 'c' FROM users"
            ),
            ["public.email", "public.email[]", "text"]
        );
        assert_eq!(
            types(
                scratch,
                "SELECT mail FROM (SELECT mail FROM users UNION ALL SELECT mail FROM users) AS s"
            ),
            ["public.email"]
        );
        assert_eq!(
            types(
                scratch,
                "SELECT 1, now(), NULL, '{}'::json, ARRAY[1.5], users FROM users"
            ),
            [
                "int4",
                "timestamptz",
                "text",
                "json",
                "numeric[]",
                "public.users"
            ]
        );
        assert_eq!(
            types(scratch, "SELECT c, relname, relacl FROM pg_class AS c"),
            ["pg_catalog.pg_class", "name", "aclitem[]"]
        );
        assert_eq!(
            types(scratch, "SELECT table_name FROM information_schema.tables"),
            ["information_schema.sql_identifier"]
        );
    });
}

#[test]
fn origins_lead_through_everything_that_keeps_a_column() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, expected) in [
            ("SELECT nick FROM users", Some("public.users.nick")),
            (
                "SELECT u.nick AS other FROM (SELECT * FROM users) AS u",
                Some("public.users.nick"),
            ),
            ("SELECT nick FROM friends", Some("public.users.nick")),
            (
                "WITH f AS (SELECT friend_id FROM friends) SELECT friend_id FROM users LEFT JOIN f ON friend_id = id",
                Some("public.users.id"),
            ),
            (
                "SELECT id FROM users JOIN users AS u2 USING (id)",
                Some("public.users.id"),
            ),
            (
                r#"SELECT "Full Name" FROM users"#,
                Some(r#"public.users."Full Name""#),
            ),
            (
                r#"SELECT id FROM "Other One"."T""#,
                Some(r#""Other One"."T".id"#),
            ),
            ("DELETE FROM users RETURNING id", Some("public.users.id")),
            ("SELECT nick || '!' FROM users", None),
            (
                "SELECT id FROM users FULL JOIN (SELECT 1 AS id) AS s USING (id)",
                None,
            ),
            ("SELECT id FROM users UNION SELECT id FROM users", None),
            ("SELECT ctid FROM users", None),
        ] {
            let origin = scratch.columns(sql)[0].origin.clone();
            assert_eq!(origin.as_deref(), expected, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn a_mark_in_a_name_overrides_the_analysis() {
    on_every_version(SCHEMA, |scratch| {
        let columns = scratch.columns(r#"SELECT count(*) AS "total!", id AS "id?", nick AS "nick!", id AS "still!", 1 FROM users GROUP BY id"#);
        let found: Vec<(&str, bool, Option<&str>)> = columns
            .iter()
            .map(|column| (&*column.name, column.nullable, column.because.as_deref()))
            .collect();
        let says_so = Some("its name says so");
        let expected = [
            ("total", false, None),
            ("id", true, says_so),
            ("nick", false, says_so),
            ("still", false, None),
            ("?column?", false, None),
        ];
        assert_eq!(found, expected, "on {}", scratch.major);
    });
}

#[test]
fn relations_that_are_read_and_written_are_listed() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, reads, writes) in [
            ("SELECT 1", &[][..], &[][..]),
            ("SELECT count(*) FROM users", &["public.users"], &[]),
            (
                "SELECT nick FROM friends",
                &["public.friends", "public.users"],
                &[],
            ),
            (
                r#"SELECT 1 WHERE EXISTS (SELECT FROM "Other One"."T")"#,
                &[r#""Other One"."T""#],
                &[],
            ),
            (
                r#"INSERT INTO users SELECT id FROM "Other One"."T" RETURNING id"#,
                &[r#""Other One"."T""#],
                &["public.users"],
            ),
            ("UPDATE users SET nick = 'a'", &[], &["public.users"]),
            (
                "UPDATE users SET nick = 'a' WHERE id = 1",
                &["public.users"],
                &["public.users"],
            ),
            (
                "WITH d AS (DELETE FROM users) SELECT relname FROM pg_class",
                &["pg_catalog.pg_class"],
                &["public.users"],
            ),
            (
                "UPDATE friends SET nick = 'a'",
                &[],
                &["public.friends", "public.users"],
            ),
            (
                "INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET nick = users.nick",
                &["public.users"],
                &["public.users"],
            ),
        ] {
            let description = scratch.describe(sql);
            assert_eq!(description.reads, reads, "on {}: {sql}", scratch.major);
            assert_eq!(description.writes, writes, "on {}: {sql}", scratch.major);
        }
    });
}

#[test]
fn kinds_and_cardinalities_follow_the_answer_and_not_the_first_word() {
    on_every_version(SCHEMA, |scratch| {
        for (sql, kind, rows) in [
            ("SELECT 1", StatementKind::Select, true),
            ("VALUES (1)", StatementKind::Select, true),
            ("TABLE users", StatementKind::Select, true),
            ("SELECT FROM users", StatementKind::Select, true),
            (
                "WITH s AS (SELECT 1) DELETE FROM users",
                StatementKind::Delete,
                false,
            ),
            (
                "WITH d AS (DELETE FROM users RETURNING id) SELECT * FROM d",
                StatementKind::Select,
                true,
            ),
            (
                "INSERT INTO users DEFAULT VALUES",
                StatementKind::Insert,
                false,
            ),
            (
                "UPDATE users SET id = 1 RETURNING 1",
                StatementKind::Update,
                true,
            ),
            ("SELECT 1 INTO x", StatementKind::Utility, false),
            ("CREATE TABLE x AS SELECT 1", StatementKind::Utility, false),
            ("SHOW work_mem", StatementKind::Utility, true),
            ("EXPLAIN DELETE FROM users", StatementKind::Utility, true),
            ("DROP TABLE x", StatementKind::Utility, false),
            (
                "COMMENT ON TABLE users IS 'a comment that is a good deal longer than a line of the tree may be, ünïcödé too'",
                StatementKind::Utility,
                false,
            ),
        ] {
            let description = scratch.describe(sql);
            assert_eq!(description.statement, kind, "on {}: {sql}", scratch.major);
            assert_eq!(
                description.cardinality.is_some(),
                rows,
                "on {}: {sql}",
                scratch.major
            );
            assert_eq!(
                description.columns.is_some(),
                rows,
                "on {}: {sql}",
                scratch.major
            );
        }
        assert_eq!(scratch.columns("SELECT FROM users"), []);
    });
}

#[test]
fn user_types_are_looked_up_with_all_that_they_are_made_of() {
    on_every_version(SCHEMA, |scratch| {
        let names = [
            r#""Other One"."Point"[]"#,
            "public.work_email",
            "int4",
            "public.gone",
            "public.span",
        ];
        let types = scratch.database.user_types(names).unwrap();
        let field = |name: &str, ty: &str| Field {
            name: name.to_owned(),
            ty: ty.to_owned(),
        };
        let domain = |base: &str, not_null| UserType::Domain {
            base: base.to_owned(),
            not_null,
        };
        let labels = ["sad", "so so", "glad"].map(str::to_owned).to_vec();
        let fields = vec![
            field("x", "int4"),
            field("mood", "public.mood"),
            field("mails", "public.email[]"),
        ];
        let expected = [
            (r#""Other One"."Point""#, UserType::Composite { fields }),
            ("public.email", domain("text", false)),
            ("public.mood", UserType::Enum { labels }),
            ("public.work_email", domain("public.email", true)),
        ];
        let expected = expected
            .map(|(name, ty)| (name.to_owned(), ty))
            .into_iter()
            .collect();
        assert_eq!(types, expected, "on {}", scratch.major);
    });
}

#[test]
fn names_of_every_sort_survive_the_tree() {
    let lengths = [2, 20, 40, 57, 58, 59, 60, 61, 62];
    let names: Vec<String> = ["w", " ", "(", "\\", "}", "ü"]
        .into_iter()
        .flat_map(|letter| lengths.map(|length| letter.repeat(length / letter.len())))
        .collect();
    let statement = |name: &String| {
        let sql = format!(
            r#"WITH "{name}x" AS (SELECT nick AS "{name}" FROM users), "{name}y" AS (SELECT id AS "{name}" FROM users)
               SELECT "{name}x"."{name}" AS "{name}1", "{name}y"."{name}" AS "{name}2" FROM "{name}x", "{name}y""#
        );
        Template::parse(&sql).unwrap()
    };
    let templates: Vec<Template> = names.iter().map(statement).collect();
    on_every_version(SCHEMA, |scratch| {
        let answers = scratch.database.describe(&templates).unwrap();
        for (name, answer) in names.iter().zip(answers) {
            let columns = answer.unwrap().columns.unwrap();
            let origin = columns[0].origin.as_deref();
            assert!(columns[0].nullable, "on {}: {name}", scratch.major);
            assert!(
                origin.is_none_or(|origin| origin == "public.users.nick"),
                "on {}: {name}",
                scratch.major
            );
            // Longer ones may fill a line of the tree, and then it can be impossible to tell how it was broken.
            let is_short = name.len() < 35;
            assert!(
                !is_short || !columns[1].nullable,
                "on {}: {name}",
                scratch.major
            );
        }
    });
}
