//! The search path: after it has changed, a name means the table it means then.

use hathi::sql::{Int4, Int8, Text};
use hathi::{Query, Session};
use hathi_tests::{Database, Made, command, on_every_server, poll_times, statement};

const NAME: Query<(), String> = statement!("SELECT name FROM t", [] -> ("name", Text));

const SCHEMAS: &str = "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (name text NOT NULL); CREATE TABLE b.t (name text NOT NULL); \
                       INSERT INTO a.t VALUES ('a'); INSERT INTO b.t VALUES ('b'); SET search_path = a";

async fn session(db: &Database) -> Session {
    let mut session = db.session().await;
    session.simple(SCHEMAS).await.unwrap();
    session
}

on_every_server! {
    async fn a_changed_path_reads_the_other_table_however_it_was_changed(db) {
        let mut session = session(db).await;
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        session.simple("SET search_path = b").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "b");
        session.execute(command!("SET search_path = a")).await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        let set = statement!("SELECT set_config('search_path', $1, false) AS path", [Text] -> ("path", Text));
        for (path, expected) in [("b", "b"), ("a", "a"), ("b, a", "b"), ("a, b", "a")] {
            session.fetch_one(set.bind((path,))).await.unwrap();
            assert_eq!(session.fetch_one(NAME).await.unwrap(), expected);
        }
        session.simple("SELECT set_config('search_path', 'b', false)").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "b");
        session.simple("RESET ALL; SET search_path TO a").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
    }

    async fn a_path_that_a_function_changes_is_followed(db) {
        let mut session = session(db).await;
        session.simple("CREATE FUNCTION public.go(path text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search' || '_path', path, false); END $$").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        for path in ["b", "a"] {
            session.execute(Made::new(format!("DO $$ BEGIN PERFORM public.go('{path}'); END $$")).command()).await.unwrap();
            assert_eq!(session.fetch_one(NAME).await.unwrap(), path);
        }
    }

    async fn a_path_of_a_transaction_ends_with_it(db) {
        let mut session = session(db).await;
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        for end in ["COMMIT", "ROLLBACK"] {
            session.simple("BEGIN").await.unwrap();
            session.simple("SET LOCAL search_path = b").await.unwrap();
            assert_eq!(session.fetch_one(NAME).await.unwrap(), "b");
            session.execute(Made::new(end).command()).await.unwrap();
            assert_eq!(session.fetch_one(NAME).await.unwrap(), "a", "after {end}");
        }
    }

    async fn a_path_of_a_savepoint_ends_with_it(db) {
        let mut session = session(db).await;
        session.simple("BEGIN; SAVEPOINT s; SET LOCAL search_path = b").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "b");
        session.simple("ROLLBACK TO s").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        session.simple("ROLLBACK").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
    }

    async fn a_path_changed_by_a_dropped_call_is_followed(db) {
        let mut session = session(db).await;
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        let set = statement!("SELECT set_config('search_path', 'b', false) AS path", [] -> ("path", Text));
        assert!(poll_times(session.fetch_one(set), 1).await.is_none());
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "b");
        assert!(poll_times(session.simple("SET search_path = a"), 1).await.is_none());
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
    }

    async fn tables_of_one_name_and_other_types_are_told_apart(db) {
        let mut session = session(db).await;
        session.simple("CREATE TABLE a.n (n int4 NOT NULL); CREATE TABLE b.n (n int8 NOT NULL); INSERT INTO a.n VALUES (1); INSERT INTO b.n VALUES (2)").await.unwrap();
        let small = statement!("SELECT n FROM n", [] -> ("n", Int4));
        let large = statement!("SELECT n FROM n", [] -> ("n", Int8));
        for _ in 0..2 {
            session.simple("SET search_path = a").await.unwrap();
            assert_eq!(session.fetch_one(small).await.unwrap(), 1);
            assert!(session.fetch_one(large).await.unwrap_err().is_drift());
            session.simple("SET search_path = b").await.unwrap();
            assert!(session.fetch_one(small).await.unwrap_err().is_drift());
            assert_eq!(session.fetch_one(large).await.unwrap(), 2);
        }
    }

    async fn a_temporary_table_hides_another_of_its_name(db) {
        let mut session = session(db).await;
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
        session.simple("CREATE TEMPORARY TABLE t (name text NOT NULL); INSERT INTO t VALUES ('temporary')").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "temporary");
        session.simple("DROP TABLE pg_temp.t").await.unwrap();
        assert_eq!(session.fetch_one(NAME).await.unwrap(), "a");
    }
}
