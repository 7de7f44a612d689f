//! Statements written by hand: checked by the server when they are first used.

use hathi::sql::{Int4, array, int4, int8, nullable, text};
use hathi::{Command, Query};
use hathi_tests::on_every_server_and_pooler;

use crate::live::ask::{assert_in_step, number};

const TABLE: &str =
    "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'one'), (2, NULL)";
const BY_ID: Query<(Int4,), (i32, Option<String>)> = Query::raw(
    "SELECT id, name FROM t WHERE id >= $1 ORDER BY id",
    (int4,),
    (int4, nullable(text)),
);

on_every_server_and_pooler! {
    async fn a_query_written_by_hand_returns_tuples_or_single_values(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        for _ in 0..2 {
            let rows = session.fetch(BY_ID.bind((1,))).await.unwrap();
            assert_eq!(rows, [(1, Some("one".to_owned())), (2, None)]);
        }
        let scalar = Query::raw("SELECT count(*) FROM t WHERE id = ANY ($1)", (array(int4),), int8);
        assert_eq!(session.fetch_one(scalar.bind(([1, 2, 3],))).await.unwrap(), 2);
        let none = Query::raw("SELECT FROM t", (), ());
        assert_eq!(session.fetch_all(none).await.unwrap(), [(), ()]);
        let counters = session.statement_counters();
        assert_eq!((counters.hits, counters.misses), (1, 3));
    }

    async fn a_command_written_by_hand_counts_rows_and_drops_those_it_returns(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let insert = Command::raw("INSERT INTO t VALUES ($1, $2) RETURNING id", (int4, nullable(text)));
        assert_eq!(session.execute(insert.bind((3, "three"))).await.unwrap(), 1);
        assert_eq!(session.execute(insert.bind((4, None::<&str>))).await.unwrap(), 1);
        assert_eq!(session.execute(Command::raw("ANALYZE t", ())).await.unwrap(), 0);
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 4);
    }

    async fn columns_of_other_types_are_an_error_that_names_the_place(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let wrong = Query::raw("SELECT id, name FROM t", (), (int8, nullable(text)));
        let line = line!() - 1;
        for _ in 0..2 {
            let error = session.fetch(wrong).await.unwrap_err();
            assert!(error.is_drift());
            let words = "the result is not what this statement was written for: expected column 1 to be of type int8, \
                         found \"id\" of type int4; cast the column in the SQL, or change the statement's columns\n";
            assert!(error.to_string().starts_with(words), "{error}");
            let origin = error.origin().unwrap();
            assert!(origin.file.ends_with("raw.rs"));
            assert_eq!(origin.line, line);
            assert_in_step(&mut session).await;
        }
        let few = Query::raw("SELECT id, name FROM t", (), (int4,));
        let error = session.fetch(few).await.unwrap_err().to_string();
        assert!(error.contains("expected 1 columns, found 2"), "{error}");
    }

    async fn null_in_a_column_that_was_not_said_to_be_nullable_is_an_error(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        let sure = Query::raw("SELECT id, name FROM t ORDER BY id", (), (int4, text));
        let error = session.fetch(sure).await.unwrap_err();
        assert!(error.is_codec());
        let words = "column 2 is NULL although it is read as `String`\n  SELECT id, name FROM t";
        assert!(error.to_string().starts_with(words), "{error}");
        assert_in_step(&mut session).await;
    }

    async fn a_write_whose_columns_are_not_as_written_has_not_happened(db) {
        let mut session = db.session().await;
        session.simple(TABLE).await.unwrap();
        session.simple("CREATE FUNCTION add(n int) RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (n) RETURNING id'").await.unwrap();
        for wrong in [
            Query::raw("INSERT INTO t VALUES (7) RETURNING id", (), int8),
            Query::raw("SELECT add(8)", (), int8),
            Query::raw("WITH x AS (INSERT INTO t VALUES (9) RETURNING id) SELECT id FROM x", (), int8),
        ] {
            assert!(session.fetch(wrong).await.unwrap_err().is_drift());
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 2);
        let right = Query::raw("INSERT INTO t VALUES (7) RETURNING id", (), int4);
        assert_eq!(session.fetch_one(right).await.unwrap(), 7);
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 3);
    }
}
