//! Plain columns in RETURNING.

use crate::support::{Scratch, on_every_version, scratch};

const SCHEMA: &str = "
    CREATE TABLE t (id int PRIMARY KEY, x int, y int NOT NULL DEFAULT 7);
    CREATE TABLE u (id int PRIMARY KEY, x int, z int NOT NULL);
    INSERT INTO t VALUES (1, 1, 1), (2, NULL, 2), (3, 3, 3);
    INSERT INTO u VALUES (2, 2, 2), (3, NULL, 3), (4, 4, 4);
    CREATE VIEW simple AS SELECT id, x, y FROM t;
    CREATE VIEW pair AS SELECT t.id, u.z FROM t JOIN u ON u.id = t.id;
    CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id = NULL; NEW.z = NULL; RETURN NEW; END';
    CREATE TRIGGER instead INSTEAD OF UPDATE ON pair FOR EACH ROW EXECUTE FUNCTION instead();";

#[test]
fn rows_that_are_written_obey_their_table() {
    let cases = [
        ("INSERT INTO t VALUES (9, NULL) RETURNING *", "!?!"),
        (
            "INSERT INTO t (id, x) SELECT id + 10, x FROM u RETURNING id, x, y",
            "!?!",
        ),
        (
            "INSERT INTO t VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET x = excluded.x RETURNING id, x, y",
            "!?!",
        ),
        (
            "INSERT INTO t VALUES (1, 1) ON CONFLICT DO NOTHING RETURNING id",
            "!",
        ),
        ("UPDATE t SET x = 5 RETURNING *", "!!!"),
        (
            "UPDATE t SET x = u.x FROM u WHERE u.id = t.id RETURNING t.id, t.x, u.id, u.z",
            "!?!!",
        ),
        (
            "UPDATE t SET x = 1 FROM t t2 LEFT JOIN u ON u.id = t2.id WHERE t2.id = t.id RETURNING t.id, t2.y, u.id, u.z",
            "!!??",
        ),
        ("DELETE FROM t RETURNING *", "!?!"),
        (
            "DELETE FROM t USING t t2 LEFT JOIN u ON u.id = t2.id WHERE t2.id = t.id RETURNING t.y, u.z",
            "!?",
        ),
        ("UPDATE simple SET x = 5 RETURNING *", "!!!"),
        (
            "INSERT INTO simple VALUES (8, NULL, 8) RETURNING id, x",
            "!?",
        ),
        // What an INSTEAD OF trigger returns is checked by nobody.
        ("UPDATE pair SET z = 5 RETURNING id, z", "??"),
        ("UPDATE t SET y = y + 1 RETURNING y + 1, t, id", "!!!"),
    ];
    on_every_version(SCHEMA, |scratch: &mut Scratch| {
        for (sql, expected) in cases {
            scratch.check_and_run(sql, expected);
        }
    });
}

#[test]
fn a_trigger_that_replaces_the_row_cannot_break_its_constraints() {
    let schema = format!(
        "{SCHEMA} CREATE FUNCTION replace() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.x = NULL; RETURN NEW; END';
         CREATE TRIGGER replace BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION replace();"
    );
    on_every_version(&schema, |scratch| {
        scratch.check_and_run("INSERT INTO t VALUES (9, 9) RETURNING *", "!?!");
        scratch.check_and_run("UPDATE t SET x = 9 WHERE x = 1 RETURNING *", "!?!");
    });
}

#[test]
fn a_row_may_move_to_a_partition_whose_trigger_changes_it() {
    on_every_version(
        "CREATE TABLE p (k int NOT NULL, v int, n int NOT NULL) PARTITION BY LIST (k);
         CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
         CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
         CREATE FUNCTION replace() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = NULL; RETURN NEW; END';
         CREATE TRIGGER replace BEFORE INSERT ON p2 FOR EACH ROW EXECUTE FUNCTION replace();
         INSERT INTO p VALUES (1, 1, 1);",
        |scratch| scratch.check_and_run("UPDATE p SET k = 2, v = 9 WHERE k = 1 RETURNING k, v, n", "!?!"),
    );
}

#[test]
fn old_and_new_rows_may_be_absent() {
    let mut scratch = scratch(18, SCHEMA);
    for (sql, expected) in [
        (
            "INSERT INTO t VALUES (9, 9) RETURNING old.id, new.id, id, old, old.*",
            "?!!????",
        ),
        (
            "INSERT INTO t VALUES (1, 9) ON CONFLICT (id) DO UPDATE SET x = 0 RETURNING old.id, new.id",
            "?!",
        ),
        (
            "INSERT INTO t VALUES (11, 9) ON CONFLICT (id) DO UPDATE SET x = 0 RETURNING old.id, new.id",
            "?!",
        ),
        (
            "UPDATE t SET x = 9 RETURNING old.id, old.x, new.id, new.x",
            "!?!!",
        ),
        ("DELETE FROM t RETURNING old.id, new.id, new.y, id", "!??!"),
        ("UPDATE simple SET x = 9 RETURNING old.id, new.id", "!!"),
        (
            "INSERT INTO t VALUES (9, 9) RETURNING WITH (OLD AS o, NEW AS n) o.id, n.id",
            "?!",
        ),
        (
            "INSERT INTO simple VALUES (9, 9) RETURNING old.id, new.id, id",
            "?!!",
        ),
    ] {
        scratch.check_and_run(sql, expected);
    }
}

#[test]
fn rows_that_merge_returns_obey_their_table() {
    for major in [17, 18] {
        let mut scratch = scratch(major, SCHEMA);
        scratch.check_and_run(
            "MERGE INTO t USING u ON u.id = t.id WHEN MATCHED THEN DELETE
             WHEN NOT MATCHED THEN INSERT VALUES (u.id, u.x) WHEN NOT MATCHED BY SOURCE THEN UPDATE SET x = 0
             RETURNING merge_action(), t.id, u.id, u.z",
            "!!??",
        );
    }
}

#[test]
fn what_rules_make_of_a_statement_is_not_relied_on() {
    on_every_version(
        "CREATE TABLE t (id int NOT NULL);
         CREATE TABLE log (id int);
         CREATE RULE logged AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.id);
         CREATE VIEW v AS SELECT id FROM t;
         CREATE RULE instead AS ON DELETE TO v DO INSTEAD DELETE FROM log WHERE id = old.id RETURNING id;
         CREATE RULE nothing AS ON UPDATE TO v DO INSTEAD NOTHING;",
        |scratch| {
            scratch.check_and_run("INSERT INTO t VALUES (1) RETURNING id", "?");
            scratch.check_and_run("DELETE FROM v RETURNING id", "!");
            let update = scratch.describe("UPDATE v SET id = 1");
            assert_eq!(update.statement, hathi_query_cache::StatementKind::Update);
            let insert = scratch.describe("INSERT INTO t VALUES ($1)");
            assert_eq!(insert.writes, ["public.log", "public.t"]);
        },
    );
}
