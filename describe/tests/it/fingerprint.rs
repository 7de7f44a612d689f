//! What changes a schema's fingerprint, and what does not.

use crate::support::{on_every_version, scratch};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
    CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, nick text, mail email, mood mood DEFAULT 'sad');
    CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users, title text NOT NULL);
    CREATE VIEW titles AS SELECT title FROM posts;
    CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
    CREATE TABLE parts (id int) PARTITION BY LIST (id);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);";

#[test]
fn two_databases_of_one_schema_have_one_fingerprint() {
    on_every_version(SCHEMA, |one| {
        // Other OIDs, other data, another physical order.
        let mut other = scratch(
            one.major,
            "CREATE TABLE before (id int); DROP TABLE before;",
        );
        other.session.run(SCHEMA);
        other
            .session
            .run("ALTER TABLE users ADD gone int; ALTER TABLE users DROP gone");
        other.session.run("INSERT INTO users (nick) SELECT 'n' FROM generate_series(1, 100); ANALYZE; CREATE TEMP TABLE t (id int)");
        let fingerprint = one.database.fingerprint().unwrap();
        assert_eq!(fingerprint.len(), 64);
        assert_eq!(
            other.database.fingerprint().unwrap(),
            fingerprint,
            "on {}",
            one.major
        );
    });
}

#[test]
fn an_empty_database_has_a_fingerprint() {
    on_every_version("", |scratch| {
        assert_eq!(scratch.database.fingerprint().unwrap().len(), 64)
    });
}

#[test]
fn every_change_of_the_schema_changes_the_fingerprint() {
    on_every_version(SCHEMA, |scratch| {
        let mut seen = vec![scratch.database.fingerprint().unwrap()];
        for change in [
            "ALTER TABLE users ADD age int",
            "ALTER TABLE users ALTER nick SET NOT NULL",
            "ALTER TABLE users ALTER age TYPE bigint",
            "ALTER TABLE users RENAME age TO years",
            "ALTER TABLE users ALTER years SET DEFAULT 3",
            "ALTER TABLE users ADD CHECK (years > 0) NOT VALID",
            "ALTER TABLE users VALIDATE CONSTRAINT users_years_check",
            "CREATE UNIQUE INDEX ON users (nick)",
            "ALTER TYPE mood ADD VALUE 'so so' BEFORE 'glad'",
            "ALTER DOMAIN email SET NOT NULL",
            "CREATE OR REPLACE VIEW titles AS SELECT title FROM posts WHERE id > 1",
            "ALTER FUNCTION f STRICT",
            "ALTER FUNCTION f IMMUTABLE",
            "CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER g BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION g()",
            "ALTER TABLE users DISABLE TRIGGER g",
            "CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTHING",
            "ALTER TABLE posts ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY p ON posts USING (id > 0)",
            "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2)",
            "ALTER TABLE parts DETACH PARTITION parts_1",
            "CREATE COLLATION loose (provider = icu, locale = 'und', deterministic = false)",
            "CREATE CAST (mood AS email) WITH INOUT",
            "CREATE SCHEMA other",
            "ALTER TABLE posts SET SCHEMA other",
        ] {
            // A schema without anything in it changes no answer.
            let changes = !change.starts_with("CREATE SCHEMA");
            if scratch
                .session
                .query(change)
                .is_err_and(|error| change.contains("icu") && error.message.contains("ICU"))
            {
                continue;
            }
            let fingerprint = scratch.database.fingerprint().unwrap();
            assert_eq!(
                !seen.contains(&fingerprint),
                changes,
                "on {}: {change}",
                scratch.major
            );
            seen.push(fingerprint);
        }
    });
}

#[test]
fn a_not_null_that_is_not_valid_is_another_schema() {
    let mut scratch = scratch(
        18,
        "CREATE TABLE t (id int); ALTER TABLE t ADD CONSTRAINT there NOT NULL id NOT VALID;",
    );
    let before = scratch.database.fingerprint().unwrap();
    scratch
        .session
        .run("ALTER TABLE t VALIDATE CONSTRAINT there");
    assert_ne!(scratch.database.fingerprint().unwrap(), before);
}
