//! What is known of a COPY, held against what the server does when it runs.

use hathi_query_cache::{Cardinality, Description, Mistakes, StatementKind, Template};

use crate::support::{Scratch, on_every_version};

const SCHEMA: &str = "
    CREATE SCHEMA \"App\";
    CREATE DOMAIN there AS int NOT NULL;
    CREATE DOMAIN dozen AS int NOT NULL DEFAULT 12;
    CREATE DOMAIN maybe AS text;
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, nick text,
        since date NOT NULL DEFAULT now(), twice text GENERATED ALWAYS AS (name || name) STORED);
    CREATE TABLE kinds (d there, e dozen, m maybe, k mood, n numeric(4, 2)[] NOT NULL DEFAULT '{}');
    CREATE TABLE \"App\".\"Order\" (\"select\" int NOT NULL, \"First, name\" text, größe int, interval text);
    CREATE TABLE watched (id int NOT NULL, at text NOT NULL);
    CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := ''now''; RETURN NEW; END';
    CREATE TRIGGER fill BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION fill();
    CREATE TABLE parted (id int NOT NULL, x int) PARTITION BY LIST (id);
    CREATE TABLE part PARTITION OF parted DEFAULT;
    CREATE TABLE parent (id int NOT NULL);
    CREATE TABLE child (id int NOT NULL, extra int) INHERITS (parent);
    CREATE VIEW names AS SELECT id, name FROM users;
    CREATE VIEW taken AS SELECT id, name FROM users;
    CREATE TRIGGER taken INSTEAD OF INSERT ON taken FOR EACH ROW EXECUTE FUNCTION fill();
    CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
    CREATE SEQUENCE numbers;
    CREATE TABLE nothing ();
    CREATE TABLE ruled (id int NOT NULL);
    CREATE RULE also AS ON DELETE TO ruled DO ALSO DELETE FROM parent;
    CREATE FOREIGN DATA WRAPPER far;
    CREATE SERVER away FOREIGN DATA WRAPPER far;
    CREATE FOREIGN TABLE abroad (id int NOT NULL, note text NOT NULL) SERVER away;";

/// What a server begins to copy, though no row can come of it.
const STRICTER: [&str; 6] = [
    "users (since)",
    "kinds (m)",
    "names (name)",
    "kept",
    "numbers",
    "nothing",
];

type Read = fn(&str) -> Result<Template, Mistakes>;

fn answer(scratch: &mut Scratch, read: Read, text: &str) -> Result<Description, Mistakes> {
    let template = read(text).unwrap();
    let described = scratch.database.describe(std::slice::from_ref(&template));
    let described = described.unwrap().remove(0);
    // The server decides. What only breaks once rows come, or only on some versions, we refuse for ourselves.
    let is_stricter = described.is_err() && STRICTER.contains(&text);
    assert!(
        is_stricter || scratch.session.begins_copy(template.sql()) == described.is_ok(),
        "on {}: {text}: the server sees it in another way: {described:?}",
        scratch.major,
    );
    described
}

/// Columns as `name type`, with a `?` behind those that can be NULL.
#[track_caller]
fn columns(description: &Description) -> String {
    let columns = description.columns.as_ref().unwrap().iter();
    let shown = columns.map(|column| {
        let null = if column.nullable { "?" } else { "" };
        format!("{} {}{null}", column.name, column.ty)
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Of each copy its columns.
fn check(read: Read, cases: &[(&str, &str)]) {
    on_every_version(SCHEMA, |scratch| {
        for (text, expected) in cases {
            let described = answer(scratch, read, text);
            let described = described.unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                columns(&described),
                *expected,
                "on {}: {text}",
                scratch.major
            );
        }
    });
}

/// Of each copy the mistakes, each with the words that it points at.
fn refuse(read: Read, cases: &[(&str, &[(&str, &str)])]) {
    on_every_version(SCHEMA, |scratch| {
        for (text, expected) in cases {
            let mistakes = answer(scratch, read, text).expect_err(text);
            let found: Vec<(&str, &str)> = mistakes
                .0
                .iter()
                .map(|mistake| {
                    let place = mistake.place.clone().unwrap_or_default();
                    (&*mistake.message, &text[place])
                })
                .collect();
            assert_eq!(found, *expected, "on {}: {text}", scratch.major);
        }
    });
}

#[test]
fn what_is_copied_into_has_the_types_of_its_columns() {
    check(
        Template::copy_in,
        &[
            ("users (id, name)", "id int4, name text"),
            ("public.users(nick, name)", "nick text?, name text"),
            ("users", "id int4, name text, nick text?, since date"),
            (
                "kinds",
                "d public.there, e public.dozen, m public.maybe?, k public.mood?, n numeric[]",
            ),
            ("kinds (d)", "d public.there"),
            (
                "\"App\".\"Order\" (\"select\", \"First, name\", GRößE, interval)",
                "select int4, First, name text?, größe int4?, interval text?",
            ),
            ("watched (id)", "id int4"),
            ("parted", "id int4, x int4?"),
            ("parted (id)", "id int4"),
            ("child (id)", "id int4"),
            ("taken (name)", "name text?"),
        ],
    );
}

#[test]
fn foreign_tables_may_be_copied_into_whatever_is_left_out() {
    on_every_version(SCHEMA, |scratch| {
        let template = Template::copy_in("abroad (id)").unwrap();
        let described = scratch.database.describe(&[template]).unwrap().remove(0);
        assert_eq!(columns(&described.unwrap()), "id int4");
    });
}

#[test]
fn a_copy_says_what_it_is() {
    on_every_version(SCHEMA, |scratch| {
        let into = answer(scratch, Template::copy_in, "users (name, nick)").unwrap();
        assert_eq!(into.statement, StatementKind::CopyIn);
        assert_eq!((into.cardinality, into.is_write()), (None, true));
        assert_eq!(
            (into.reads, into.writes),
            (vec![], vec!["public.users".to_owned()])
        );
        let [name, nick] = &into.columns.unwrap()[..] else {
            panic!("two columns")
        };
        assert_eq!(name.origin.as_deref(), Some("public.users.name"));
        assert_eq!(name.because, None);
        assert_eq!(
            nick.because.as_deref(),
            Some("public.users.nick can be NULL")
        );
        let out = answer(scratch, Template::copy_out, "users (name)").unwrap();
        assert_eq!(out.statement, StatementKind::CopyOut);
        assert_eq!(
            (out.cardinality, out.is_write()),
            (Some(Cardinality::Many), false)
        );
        assert_eq!(
            (out.reads, out.writes),
            (vec!["public.users".to_owned()], vec![])
        );
        let query = "WITH d AS (DELETE FROM parent RETURNING id) SELECT * FROM d";
        let moved = answer(scratch, Template::copy_out, query).unwrap();
        assert_eq!(moved.statement, StatementKind::CopyOut);
        assert_eq!(
            (moved.is_write(), moved.writes),
            (true, vec!["public.parent".to_owned()])
        );
    });
}

#[test]
fn what_is_copied_out_is_described_as_any_query() {
    check(
        Template::copy_out,
        &[
            (
                "SELECT id, nick AS \"nick!\" FROM users",
                "id int4, nick text",
            ),
            (
                "SELECT u.id, k.m FROM users u LEFT JOIN kinds k ON k.d = u.id;",
                "id int4, m public.maybe?",
            ),
            ("(SELECT 1 AS one) UNION SELECT 2 -- two", "one int4"),
            ("VALUES (1, 'a')", "column1 int4, column2 text"),
            (
                "INSERT INTO users (name) VALUES ('Ada') RETURNING id, nick",
                "id int4, nick text?",
            ),
            ("DELETE FROM parent RETURNING id", "id int4"),
            ("users (id, nick)", "id int4, nick text?"),
            ("users", "id int4, name text, nick text?, since date"),
            ("parent", "id int4"),
            ("\"App\".\"Order\" (\"select\")", "select int4"),
        ],
    );
}

#[test]
fn mistakes_are_shown_where_they_are_written() {
    refuse(
        Template::copy_in,
        &[
            ("crew (id)", &[("relation \"crew\" does not exist", "crew")]),
            (
                "\"App\".users (id)",
                &[("relation \"App.users\" does not exist", "\"App\"")],
            ),
            (
                "users (name, nmae)",
                &[("column \"nmae\" does not exist", "nmae")],
            ),
            (
                "users (name, \"Name\")",
                &[("column \"Name\" does not exist", "\"Name\"")],
            ),
            (
                "users (name, order)",
                &[("syntax error at or near \"order\"", "order")],
            ),
            (
                "users (name, name)",
                &[("column \"name\" is listed twice", "name")],
            ),
            (
                "users (name, users)",
                &[("column \"users\" cannot be copied", "users")],
            ),
            (
                "users (name, ctid)",
                &[("column \"ctid\" cannot be copied", "ctid")],
            ),
            (
                "users (twice, name)",
                &[(
                    "column \"twice\" is generated, and COPY by a table's name leaves such columns out",
                    "twice",
                )],
            ),
            (
                "nothing",
                &[("nothing has no column that can be copied", "nothing")],
            ),
        ],
    );
}

#[test]
fn a_column_that_is_left_out_needs_a_default() {
    refuse(
        Template::copy_in,
        &[
            (
                "users (since)",
                &[(
                    "column \"name\" of users is NOT NULL and has no default, but no value is copied into it",
                    "users",
                )],
            ),
            (
                "kinds (m)",
                &[(
                    "column \"d\" of kinds is NOT NULL and has no default, but no value is copied into it",
                    "kinds",
                )],
            ),
        ],
    );
}

#[test]
fn what_takes_no_rows_is_said_to_be_what_it_is() {
    refuse(
        Template::copy_in,
        &[
            (
                "names (name)",
                &[("rows cannot be copied into names, a view", "names")],
            ),
            (
                "kept",
                &[(
                    "rows cannot be copied into kept, a materialized view",
                    "kept",
                )],
            ),
            (
                "numbers",
                &[("rows cannot be copied into numbers, a sequence", "numbers")],
            ),
        ],
    );
}

#[test]
fn what_gives_no_rows_by_its_name_is_copied_by_a_query() {
    refuse(
        Template::copy_out,
        &[
            (
                "parted (id)",
                &[(
                    "rows cannot be copied out of parted by its name, a partitioned table",
                    "parted",
                )],
            ),
            (
                "names",
                &[(
                    "rows cannot be copied out of names by its name, a view",
                    "names",
                )],
            ),
            (
                "kept",
                &[(
                    "rows cannot be copied out of kept by its name, a materialized view",
                    "kept",
                )],
            ),
            (
                "abroad",
                &[(
                    "rows cannot be copied out of abroad by its name, a foreign table",
                    "abroad",
                )],
            ),
        ],
    );
    on_every_version(SCHEMA, |scratch| {
        let mistakes = answer(scratch, Template::copy_out, "parted (id, x)").unwrap_err();
        assert_eq!(
            mistakes.0[0].help,
            ["copy a query: copy_out!(\"SELECT id, x FROM parted\")"]
        );
    });
}

#[test]
fn a_query_that_cannot_be_copied_is_refused() {
    refuse(
        Template::copy_out,
        &[
            (
                "SELECT nmae FROM users",
                &[("column \"nmae\" does not exist", "nmae")],
            ),
            ("SELECT 1 FROM", &[("syntax error at or near \")\"", "")]),
            (
                "DELETE FROM users",
                &[("the statement returns no rows that could be copied", "")],
            ),
            (
                "DELETE FROM ruled RETURNING id",
                &[(
                    "a rule of the relation makes another number of statements of this one, and COPY takes one",
                    "",
                )],
            ),
            (
                "SELECT 1 AS one INTO fresh",
                &[("the statement returns no rows that could be copied", "")],
            ),
        ],
    );
}
