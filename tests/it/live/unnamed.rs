//! Sessions that keep no statement on the server, for poolers that lose names.

use hathi::sql::{Int4, Nullable, Text, int4, int8, text};
use hathi::{Query, Session};
use hathi_tests::{Database, command, on_every_server_and_pooler, statement};

use crate::live::ask::{assert_in_step, number};

const TABLE: &str = "CREATE TABLE t (id int NOT NULL, name text); INSERT INTO t VALUES (1, 'one')";
const ALL: Query<(), (i32, Option<String>)> =
    statement!("SELECT * FROM t", [] -> [("id", Int4), ("name", Nullable<Text>)]);

async fn unnamed(db: &Database) -> Session {
    let mut session = Session::connect(&db.config().statement_cache(0))
        .await
        .unwrap();
    session.simple(TABLE).await.unwrap();
    session
}

on_every_server_and_pooler! {
    async fn nothing_is_kept_on_the_server(db) {
        let mut session = unnamed(db).await;
        for _ in 0..3 {
            assert_eq!(session.fetch_one(ALL).await.unwrap(), (1, Some("one".to_owned())));
            assert_eq!(session.execute(command!("UPDATE t SET name = 'one'")).await.unwrap(), 1);
            assert_in_step(&mut session).await;
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM pg_prepared_statements").await, 0);
        let counters = session.statement_counters();
        assert_eq!((counters.hits, counters.misses, counters.size, counters.capacity), (0, 13, 0, 0));
    }

    async fn columns_are_compared_at_each_use(db) {
        let mut session = unnamed(db).await;
        session.fetch_one(ALL).await.unwrap();
        session.simple("ALTER TABLE t ALTER id TYPE int8").await.unwrap();
        for _ in 0..2 {
            assert!(session.fetch_one(ALL).await.unwrap_err().is_drift());
            assert_in_step(&mut session).await;
        }
        session.simple("ALTER TABLE t ALTER id TYPE int4").await.unwrap();
        session.fetch_one(ALL).await.unwrap();
    }

    async fn a_write_that_has_drifted_before_its_first_use_has_not_happened(db) {
        let mut session = unnamed(db).await;
        let wrong = Query::raw("INSERT INTO t VALUES (2) RETURNING id", (), int8);
        for _ in 0..2 {
            assert!(session.fetch_one(wrong).await.unwrap_err().is_drift());
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 1);
        let right = Query::raw("INSERT INTO t VALUES (2) RETURNING id", (), int4);
        for _ in 0..2 {
            assert_eq!(session.fetch_one(right).await.unwrap(), 2);
        }
    }

    async fn the_search_path_is_followed(db) {
        let mut session = unnamed(db).await;
        session.simple("CREATE SCHEMA other; CREATE TABLE other.t (id int NOT NULL, name text)").await.unwrap();
        assert_eq!(session.fetch_all(ALL).await.unwrap().len(), 1);
        session.simple("SET search_path = other").await.unwrap();
        assert_eq!(session.fetch_all(ALL).await.unwrap().len(), 0);
    }

    async fn errors_and_preparing_work_as_with_names(db) {
        let mut session = unnamed(db).await;
        let wrong = Query::raw("SELECT nope FROM t", (), text);
        for _ in 0..2 {
            assert_eq!(session.fetch(wrong).await.unwrap_err().sql_state().unwrap().code(), "42703");
            assert!(session.prepare_query(wrong).await.is_err());
        }
        let divided = Query::raw("SELECT 1 / $1", (int4,), int4);
        let divided = session.prepare_query(divided).await.unwrap();
        assert!(session.fetch_one(divided.bind((0,))).await.is_err());
        assert_eq!(session.fetch_one(divided.bind((1,))).await.unwrap(), 1);
        session.simple("BEGIN").await.unwrap();
        session.fetch_one(ALL).await.unwrap();
        session.simple("COMMIT").await.unwrap();
        assert_in_step(&mut session).await;
    }
}
