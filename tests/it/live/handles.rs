//! Statements prepared before their first use.

use hathi::sql::{Int4, int4, int8, text};
use hathi::{Command, Query, Session};
use hathi_tests::{on_every_server_and_pooler, poll_times, statement};

use crate::live::ask::{assert_in_step, number};

const TABLE: &str =
    "CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL); INSERT INTO t VALUES (1, 'one')";
const BY_ID: Query<(Int4,), String> = Query::raw("SELECT name FROM t WHERE id = $1", (int4,), text);

on_every_server_and_pooler! {
    async fn a_prepared_query_is_known_when_it_is_first_used(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let by_id = session.prepare_query(BY_ID).await.unwrap();
        let again = session.prepare_query(BY_ID).await.unwrap();
        let before = session.statement_counters();
        assert_eq!((before.misses, before.size), (1, 1));
        assert_eq!(session.fetch_one(by_id.bind((1,))).await.unwrap(), "one");
        assert_eq!(session.fetch_optional(again.bind((2,))).await.unwrap(), None);
        let after = session.statement_counters();
        assert_eq!((after.hits - before.hits, after.misses - before.misses), (2, 0));
        let mut other = db.session().await;
        assert_eq!(other.fetch_one(by_id.bind((1,))).await.unwrap(), "one");
    }

    async fn a_checked_statement_is_found_by_where_it_lies_once_it_is_prepared(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let all = session.prepare_query(statement!("SELECT id FROM t", [] -> ("id", Int4))).await.unwrap();
        assert_eq!(session.fetch_one(all).await.unwrap(), 1);
        assert_eq!(session.fetch_one(all.query()).await.unwrap(), 1);
        assert_eq!(session.statement_counters().misses, 1);
    }

    async fn a_prepared_command_has_not_run(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let delete = session.prepare_command(Command::raw("DELETE FROM t", ())).await.unwrap();
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 1);
        assert_eq!(session.execute(delete).await.unwrap(), 1);
    }

    async fn what_is_wrong_is_told_before_the_first_use(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let missing = session.prepare_command(Command::raw("DELETE FROM nowhere", ())).await.unwrap_err();
        assert_eq!(missing.sql_state().unwrap().code(), "42P01");
        assert_eq!(missing.sql(), Some("DELETE FROM nowhere"));
        assert!(missing.origin().unwrap().file.ends_with("handles.rs"));
        let insert = Query::raw("INSERT INTO t VALUES (2, 'two') RETURNING id", (), int8);
        for _ in 0..2 {
            assert!(session.prepare_query(insert).await.unwrap_err().is_drift());
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 1);
    }

    async fn a_handle_outlives_what_the_server_has_dropped_or_the_cache_has_evicted(db) {
        let mut session = Session::connect(&db.config().statement_cache(1)).await.unwrap();
        session.simple(TABLE).await.unwrap();
        let by_id = session.prepare_query(BY_ID).await.unwrap();
        session.simple("DISCARD ALL").await.unwrap();
        assert_eq!(session.fetch_one(by_id.bind((1,))).await.unwrap(), "one");
        assert_in_step(&mut session).await;
        assert_eq!(session.fetch_one(by_id.bind((1,))).await.unwrap(), "one");
        assert_eq!(session.statement_counters().evictions, 2);
    }

    async fn a_dropped_preparation_leaves_the_session_in_step(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        for polls in 0..4 {
            poll_times(session.prepare_query(BY_ID), polls).await;
            assert_in_step(&mut session).await;
            assert_eq!(session.fetch_one(BY_ID.bind((1,))).await.unwrap(), "one");
            session.simple("DEALLOCATE ALL").await.unwrap();
        }
    }
}
