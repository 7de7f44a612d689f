//! A database that is not what the statement was compiled against: found before a row is read or a change is kept.

use hathi::sql::{Int4, Nullable, Text};
use hathi::{One, Query};
use hathi_tests::{command, on_every_server_and_pooler, statement};

use crate::live::ask::{assert_in_step, number};

const INSERT: Query<(Int4,), i32> =
    statement!(writes "INSERT INTO t VALUES ($1) RETURNING id", [Int4] -> ("id", Int4));

on_every_server_and_pooler! {
    async fn an_insert_whose_columns_have_changed_leaves_no_row_on_its_first_use(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id int8); CREATE TABLE log (id int8); CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$; CREATE TRIGGER log BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION log()").await.unwrap();
        for _ in 0..3 {
            let error = session.fetch_one(INSERT.bind((1,))).await.unwrap_err();
            assert!(error.is_drift(), "{error}");
            assert!(!session.in_transaction());
        }
        assert_eq!(number(&mut session, "SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM log)").await, 0);
        session.simple("DROP TRIGGER log ON t; ALTER TABLE t ALTER id TYPE int4").await.unwrap();
        assert_eq!(session.fetch_one(INSERT.bind((7,))).await.unwrap(), 7);
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 1);
    }

    async fn every_writing_statement_is_undone(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id int8, name text); INSERT INTO t VALUES (1, 'one')").await.unwrap();
        let update = statement!(writes "UPDATE t SET id = 2 RETURNING id", [] -> ("id", Int4));
        let delete = statement!(writes "DELETE FROM t RETURNING id", [] -> ("id", Int4));
        let with = statement!(writes "WITH gone AS (DELETE FROM t RETURNING id) SELECT id FROM gone", [] -> ("id", Int4));
        let count = statement!(writes "DELETE FROM t RETURNING id, name", [] -> ("id", Int4));
        for query in [update, delete, with, count] {
            assert!(session.fetch_all(query).await.unwrap_err().is_drift());
            assert_eq!(number(&mut session, "SELECT sum(id)::int8 FROM t").await, 1);
        }
        let error = session.execute(command!("DELETE FROM t RETURNING id")).await.unwrap_err();
        assert!(error.is_drift(), "a command has no columns: {error}");
    }

    async fn the_first_use_of_a_write_that_fits_is_kept(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id int)").await.unwrap();
        for number in 1..4 {
            assert_eq!(session.fetch_one(INSERT.bind((number,))).await.unwrap(), number);
        }
        let mut other = db.session().await;
        assert_eq!(number(&mut other, "SELECT count(*) FROM t").await, 3);
    }

    async fn in_a_transaction_drift_is_an_error_and_the_user_rolls_back(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id int8)").await.unwrap();
        session.simple("BEGIN; INSERT INTO t VALUES (100)").await.unwrap();
        assert!(session.fetch_one(INSERT.bind((1,))).await.unwrap_err().is_drift());
        assert!(session.in_transaction(), "the transaction is the user's");
        session.simple("ROLLBACK").await.unwrap();
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
    }

    async fn a_constraint_checked_at_the_end_is_told_although_the_columns_fit(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE t (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
        let error = session.fetch_one(INSERT.bind((1,))).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "23503");
        assert_in_step(&mut session).await;
    }

    async fn no_row_is_read_as_another_type(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id float4); INSERT INTO t VALUES (1)").await.unwrap();
        let query: Query<(), i32, One> = statement!(One: "SELECT id FROM t", [] -> ("id", Int4));
        let error = session.fetch(query).await.unwrap_err();
        assert!(error.to_string().contains("found \"id\" of type float4"), "{error}");
        session.simple("CREATE TYPE mood AS ENUM ('happy'); ALTER TABLE t ADD name mood").await.unwrap();
        let query = statement!("SELECT name FROM t", [] -> ("name", Nullable<Text>));
        let error = session.fetch_all(query).await.unwrap_err();
        assert!(error.is_drift() && error.to_string().contains("found \"name\" of type "), "{error}");
    }
}
