//! Scripts of several statements and their results.

use hathi::ResultColumn;
use hathi_tests::{on_every_server_and_pooler, poll_times};

use crate::live::ask::{assert_in_step, number};

on_every_server_and_pooler! {
    async fn each_statement_of_a_script_has_its_own_rows_columns_and_tag(db) {
        let mut session = db.session().await;
        let script = "CREATE TABLE t (id int, name text); INSERT INTO t VALUES (1, 'one'), (2, NULL); \
                      SELECT * FROM t ORDER BY id; SELECT 'x' AS a, true AS b WHERE false; ; DELETE FROM t RETURNING id";
        let results = session.simple_query(script).await.unwrap();
        let tags: Vec<_> = results.iter().map(|result| (result.tag(), result.affected(), result.rows().len())).collect();
        assert_eq!(tags, [("CREATE TABLE", 0, 0), ("INSERT 0 2", 2, 0), ("SELECT 2", 2, 2), ("SELECT 0", 0, 0), ("DELETE 2", 2, 2)]);
        let rows = results[2].rows();
        assert_eq!((rows[0].get("id").unwrap(), rows[0].get(1).unwrap()), (Some("1"), Some("one")));
        assert_eq!((rows[1].get("id").unwrap(), rows[1].get("name").unwrap()), (Some("2"), None));
        assert!(rows[0].get("nope").unwrap_err().to_string().contains("the columns are \"id\", \"name\""));
        assert!(rows[0].get(2).is_err());
        let columns: Vec<_> = results[3].columns().map(ResultColumn::name).collect();
        assert_eq!(columns, ["a", "b"]);
        assert_eq!(results[0].columns().len(), 0);
        assert_eq!(results[4].rows()[1].get(0).unwrap(), Some("2"));
        assert!(session.simple_query("").await.unwrap().is_empty());
    }

    async fn a_script_that_fails_returns_no_results_and_is_undone(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (id int)").await.unwrap();
        let error = session.simple_query("INSERT INTO t VALUES (1); SELECT 1; SELECT 1 / 0").await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "22012");
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
    }

    async fn values_of_a_binary_cursor_are_not_taken_for_text(db) {
        let mut session = db.session().await;
        let script = "BEGIN; DECLARE c BINARY CURSOR FOR SELECT 1094795585 AS n; FETCH c; SELECT 'text'; COMMIT";
        let results = session.simple_query(script).await.unwrap();
        let error = results[2].rows()[0].get("n").unwrap_err();
        assert!(error.to_string().contains("the values of a binary cursor are no text"), "{error}");
        assert_eq!(results[3].rows()[0].get(0).unwrap(), Some("text"));
    }

    async fn a_dropped_script_leaves_the_session_in_step(db) {
        let mut session = db.session().await;
        for polls in 0..4 {
            poll_times(session.simple_query("SELECT generate_series(1, 1000); SELECT 2"), polls).await;
            assert_in_step(&mut session).await;
        }
    }
}
