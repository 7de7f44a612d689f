//! What NOT NULL is worth, by the sort of relation that has it.

use crate::support::{on_every_version, scratch};

#[test]
fn a_child_without_not_null_takes_it_from_its_parent() {
    on_every_version(
        "CREATE TABLE parent (id int NOT NULL, x int, y int NOT NULL);
         CREATE TABLE child () INHERITS (parent);
         CREATE TABLE grandchild (more int NOT NULL) INHERITS (child);
         INSERT INTO child VALUES (1, 1, 1);",
        |scratch| {
            scratch.check_and_run("SELECT id, x, y FROM parent", "!?!");
            // From 18 on, a child's NOT NULL is its parent's and cannot be dropped.
            if scratch.major < 18 {
                scratch.session.run("ALTER TABLE grandchild ALTER y DROP NOT NULL; INSERT INTO grandchild VALUES (2, 2, NULL, 2)");
                scratch.check_and_run("SELECT id, x, y FROM parent", "!??");
                scratch.check_and_run("SELECT id, x, y FROM child", "!??");
                scratch.check_and_run("SELECT id, x, y FROM ONLY child", "!?!");
                scratch.check_and_run("SELECT id, x, y FROM ONLY parent", "!?!");
                scratch.check_and_run("UPDATE parent SET id = id RETURNING id, y", "!?");
                scratch.check_and_run("INSERT INTO parent VALUES (7, 7, 7) RETURNING id, y", "!!");
            }
            scratch.check_and_run(
                "SELECT id, y, more FROM grandchild",
                if scratch.major < 18 { "!?!" } else { "!!!" },
            );
        },
    );
}

#[test]
fn the_row_of_a_sequence_is_complete() {
    on_every_version(
        "CREATE SEQUENCE numbers; CREATE TABLE t (id int NOT NULL); INSERT INTO t VALUES (1);",
        |scratch| {
            scratch.check_and_run("SELECT * FROM numbers", "!!!");
            scratch.check_and_run(
                "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM numbers",
                "!",
            );
            scratch.check_and_run(
                "SELECT t.id, s.last_value FROM t LEFT JOIN numbers AS s ON s.is_called",
                "!?",
            );
        },
    );
}

#[test]
fn a_child_that_says_no_inherit_on_18_is_not_covered() {
    let mut scratch = scratch(
        18,
        "CREATE TABLE parent (id int, CONSTRAINT there NOT NULL id NO INHERIT);
         CREATE TABLE child () INHERITS (parent);
         INSERT INTO child VALUES (NULL);",
    );
    scratch.check_and_run("SELECT id FROM parent", "?");
    scratch.check_and_run("SELECT id FROM ONLY parent", "!");
}

#[test]
fn partitions_keep_the_not_null_of_their_table() {
    on_every_version(
        "CREATE TABLE parts (id int NOT NULL, x int) PARTITION BY LIST (id);
         CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
         CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY LIST (x);
         CREATE TABLE parts_2_1 PARTITION OF parts_2 DEFAULT;
         INSERT INTO parts VALUES (1, NULL), (2, NULL);",
        |scratch| {
            scratch.check_and_run("SELECT id, x, tableoid FROM parts", "!?!");
            scratch.check_and_run("SELECT id, x FROM parts_2", "!?");
            scratch.check_and_run("INSERT INTO parts VALUES (1, 2) RETURNING *", "!!");
            scratch.check_and_run("UPDATE parts SET id = 2 WHERE id = 1 RETURNING *", "!?");
            scratch
                .session
                .run("UPDATE parts_1 SET x = 1; ALTER TABLE parts_1 ALTER x SET NOT NULL");
            let refused = scratch.session.query("INSERT INTO parts VALUES (1, NULL)");
            assert!(refused.is_err(), "on {}", scratch.major);
            scratch.check("SELECT x FROM parts", "?");
            scratch.check("SELECT id, x FROM parts_1", "!!");
        },
    );
}

#[test]
fn a_foreign_table_enforces_nothing() {
    on_every_version(
        "CREATE EXTENSION file_fdw;
         CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
         CREATE FOREIGN TABLE lines (line text NOT NULL, number int NOT NULL)
             SERVER files OPTIONS (program 'printf \"1,\\n\"', format 'csv');
         CREATE TABLE local (line text NOT NULL, number int NOT NULL);
         CREATE TABLE parts (line text NOT NULL, number int NOT NULL) PARTITION BY LIST (number);
         CREATE FOREIGN TABLE part PARTITION OF parts DEFAULT SERVER files OPTIONS (program 'true', format 'csv');
         CREATE FOREIGN TABLE heir () INHERITS (local) SERVER files OPTIONS (program 'printf \"1,\\n\"', format 'csv');",
        |scratch| {
            scratch.check_and_run("SELECT line, number FROM lines", "??");
            scratch.check_and_run("SELECT line, number FROM local", "??");
            scratch.check_and_run("SELECT line, number, tableoid FROM parts", "???");
            scratch.check("INSERT INTO parts VALUES ('', 1) RETURNING line", "?");
            scratch.check_and_run("SELECT line, number FROM ONLY local", "!!");
        },
    );
}

#[test]
fn a_not_null_that_is_not_valid_proves_nothing_until_it_is_validated() {
    let mut scratch = scratch(
        18,
        "CREATE TABLE t (id int, x int);
         INSERT INTO t VALUES (1, 1), (NULL, 2);
         ALTER TABLE t ADD CONSTRAINT there NOT NULL id NOT VALID;",
    );
    scratch.check_and_run("SELECT id, x FROM t", "??");
    let because = scratch.columns("SELECT id FROM t")[0].because.clone();
    assert_eq!(
        because.as_deref(),
        Some("NOT NULL of public.t.id is NOT VALID")
    );
    scratch
        .session
        .run("DELETE FROM t WHERE id IS NULL; ALTER TABLE t VALIDATE CONSTRAINT there");
    scratch.check_and_run("SELECT id, x FROM t", "!?");
}

#[test]
fn a_heir_with_a_not_null_that_is_not_valid_proves_nothing() {
    let mut scratch = scratch(
        18,
        "CREATE TABLE parent (id int NOT NULL);
         CREATE TABLE child (id int);
         INSERT INTO child VALUES (NULL);
         ALTER TABLE child ADD CONSTRAINT there NOT NULL id NOT VALID;",
    );
    // An invalid constraint can only be inherited by a child that is attached with it.
    if scratch
        .session
        .query("ALTER TABLE child INHERIT parent")
        .is_ok()
    {
        scratch.check_and_run("SELECT id FROM parent", "?");
    }
    scratch.check_and_run("SELECT id FROM child", "?");
}

#[test]
fn not_null_of_a_domain_is_not_trusted() {
    on_every_version(
        "CREATE DOMAIN there AS int NOT NULL;
         CREATE TABLE t (id int PRIMARY KEY, d there, n there NOT NULL);
         CREATE TABLE u (id int PRIMARY KEY);
         INSERT INTO t VALUES (1, 1, 1);
         INSERT INTO u VALUES (1), (2);",
        |scratch| {
            scratch.check_and_run("SELECT d, n FROM t", "?!");
            scratch.check_and_run("SELECT t.d, t.n FROM u LEFT JOIN t ON t.id = u.id", "??");
        },
    );
}

#[test]
fn generated_columns_are_proven_where_they_are_stored() {
    on_every_version(
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, x int NOT NULL,
             s int GENERATED ALWAYS AS (x * 2) STORED NOT NULL, n int GENERATED ALWAYS AS (nullif(x, 1)) STORED);
         INSERT INTO t (x) VALUES (1), (2);",
        |scratch| {
            scratch.check_and_run("SELECT * FROM t", "!!!?");
            if scratch.major >= 18 {
                scratch.session.run("ALTER TABLE t ADD v int GENERATED ALWAYS AS (x * 3) VIRTUAL NOT NULL");
                scratch.check_and_run("SELECT v FROM t", "?");
            }
        },
    );
}

#[test]
fn row_security_and_dropped_columns_change_nothing() {
    on_every_version(
        "CREATE TABLE t (gone int NOT NULL, id int NOT NULL, x int, went int);
         INSERT INTO t VALUES (1, 1, NULL, 1), (2, 2, 2, 2);
         ALTER TABLE t DROP gone, DROP went;
         ALTER TABLE t ADD later int NOT NULL DEFAULT 3;
         ALTER TABLE t ENABLE ROW LEVEL SECURITY;
         ALTER TABLE t FORCE ROW LEVEL SECURITY;
         CREATE POLICY visible ON t USING (EXISTS (SELECT FROM pg_class) AND x IS NULL);",
        |scratch| {
            scratch.check_and_run("SELECT * FROM t", "!?!");
            let origin = scratch.columns("SELECT later FROM t")[0].origin.clone();
            assert_eq!(origin.as_deref(), Some("public.t.later"));
        },
    );
}
