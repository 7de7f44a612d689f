//! The rows that statements return which write.

use super::{check, check_since};

const SCHEMA: &str = "
    CREATE TABLE t (id int PRIMARY KEY, x int);
    CREATE TABLE log (id int);
    INSERT INTO t VALUES (1, 1), (2, 2);

    CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TABLE no_inserts (id int PRIMARY KEY, x int);
    CREATE TRIGGER skip BEFORE INSERT ON no_inserts FOR EACH ROW EXECUTE FUNCTION skip();
    CREATE TABLE no_updates (id int PRIMARY KEY, x int);
    CREATE TRIGGER skip BEFORE UPDATE ON no_updates FOR EACH ROW EXECUTE FUNCTION skip();
    INSERT INTO no_updates VALUES (1, 1);
    CREATE TABLE watched (id int PRIMARY KEY);
    CREATE TRIGGER after AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION skip();
    CREATE TRIGGER statement BEFORE INSERT ON watched FOR EACH STATEMENT EXECUTE FUNCTION skip();
    CREATE TABLE disabled (id int PRIMARY KEY);
    CREATE TRIGGER skip BEFORE INSERT ON disabled FOR EACH ROW EXECUTE FUNCTION skip();
    ALTER TABLE disabled DISABLE TRIGGER skip;

    CREATE TABLE p (id int PRIMARY KEY, x int) PARTITION BY LIST (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
    CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
    CREATE TABLE q (id int PRIMARY KEY, x int) PARTITION BY LIST (id);
    CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
    CREATE TRIGGER skip BEFORE INSERT ON q1 FOR EACH ROW EXECUTE FUNCTION skip();

    CREATE VIEW plain AS SELECT id, x FROM t;
    CREATE VIEW instead AS SELECT id, x FROM t LIMIT 5;
    CREATE TRIGGER skip INSTEAD OF INSERT ON instead FOR EACH ROW EXECUTE FUNCTION skip();
    CREATE TABLE ruled (id int PRIMARY KEY);
    CREATE RULE other AS ON INSERT TO ruled DO INSTEAD
        INSERT INTO no_inserts VALUES (NEW.id, 1) RETURNING no_inserts.id;";

#[test]
fn an_insert_returns_each_row_that_it_is_given() {
    check(
        SCHEMA,
        &[
            ('1', "INSERT INTO t VALUES (3, 3) RETURNING id"),
            ('1', "INSERT INTO log DEFAULT VALUES RETURNING id"),
            ('+', "INSERT INTO t VALUES (3, 3), (4, 4) RETURNING id"),
            ('1', "INSERT INTO t SELECT 3, count(*) FROM t RETURNING id"),
            ('?', "INSERT INTO t SELECT 3, 3 WHERE false RETURNING id"),
            ('*', "INSERT INTO log SELECT id FROM t RETURNING id"),
            (
                '*',
                "INSERT INTO log SELECT generate_series(1, 2) RETURNING id",
            ),
            ('1', "INSERT INTO plain VALUES (3, 3) RETURNING id"),
            ('1', "INSERT INTO p VALUES (2, 2) RETURNING id"),
            ('1', "INSERT INTO watched VALUES (2) RETURNING id"),
            ('1', "INSERT INTO disabled VALUES (2) RETURNING id"),
            (
                '1',
                "WITH i AS (INSERT INTO t VALUES (3, 3) RETURNING id) SELECT * FROM i",
            ),
        ],
    );
}

#[test]
fn triggers_and_rules_may_take_the_row_away() {
    check(
        SCHEMA,
        &[
            ('?', "INSERT INTO no_inserts VALUES (3, 3) RETURNING id"),
            ('?', "INSERT INTO q VALUES (1, 3) RETURNING id"),
            ('?', "INSERT INTO instead VALUES (1, 3) RETURNING id"),
            (
                '?',
                "WITH i AS (INSERT INTO no_inserts VALUES (3, 3) RETURNING id) SELECT * FROM i",
            ),
            ('?', "INSERT INTO ruled VALUES (9) RETURNING id"),
            ('1', "INSERT INTO no_updates VALUES (3, 3) RETURNING id"),
        ],
    );
}

#[test]
fn a_conflict_may_leave_nothing_to_return() {
    check(
        SCHEMA,
        &[
            (
                '?',
                "INSERT INTO t VALUES (1, 3) ON CONFLICT DO NOTHING RETURNING id",
            ),
            (
                '?',
                "INSERT INTO t VALUES (3, 3) ON CONFLICT (id) DO NOTHING RETURNING id",
            ),
            (
                '*',
                "INSERT INTO t VALUES (1, 3), (3, 3) ON CONFLICT DO NOTHING RETURNING id",
            ),
            (
                '1',
                "INSERT INTO t VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET x = excluded.x RETURNING id",
            ),
            (
                '?',
                "INSERT INTO t VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET x = 5 WHERE t.x > 7 RETURNING id",
            ),
            (
                '?',
                "INSERT INTO no_updates VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET x = 5 RETURNING id",
            ),
            (
                '1',
                "INSERT INTO p VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET x = 5 RETURNING id",
            ),
            (
                '?',
                "WITH d AS (DELETE FROM t WHERE id = 1 RETURNING 1)
                 INSERT INTO t VALUES (1, 3) ON CONFLICT (id) DO UPDATE SET x = 5 RETURNING id",
            ),
        ],
    );
}

#[test]
fn updates_and_deletes_return_what_they_find() {
    check(
        SCHEMA,
        &[
            ('*', "UPDATE t SET x = 1 RETURNING id"),
            ('*', "UPDATE t SET x = 1 WHERE x = 1 RETURNING id"),
            ('*', "DELETE FROM t RETURNING id"),
            ('*', "DELETE FROM t WHERE x = 2 RETURNING id"),
        ],
    );
    check_since(
        17,
        SCHEMA,
        &[(
            '*',
            "MERGE INTO t USING (VALUES (1), (5)) AS s (i) ON t.x = s.i WHEN MATCHED THEN DELETE
             WHEN NOT MATCHED THEN INSERT VALUES (i, i) RETURNING t.id",
        )],
    );
}
