//! What each verb of a session answers, and what it does when the rows are not as many as were promised.

use hathi::sql::{Int4, Int8, Nullable, Text};
use hathi::{AtLeastOne, Many, Query, Session};
use hathi_tests::{command, on_every_server_and_pooler, statement};

use crate::live::ask::{assert_in_step, number};

/// The numbers from 1 to $1.
const COUNT_TO: Query<(Int4,), i32> =
    statement!("SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));

on_every_server_and_pooler! {
    async fn fetch_answers_what_the_statement_promises(db) {
        let mut session = db.session().await;
        let one = statement!(One: "SELECT 1 AS n", [] -> ("n", Int4));
        let optional = statement!(Optional: "SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));
        let some = statement!(AtLeastOne: "SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));
        assert_eq!(session.fetch(one).await.unwrap(), 1);
        assert_eq!(session.fetch(one.as_optional()).await.unwrap(), Some(1));
        assert_eq!(session.fetch(optional.bind((0,))).await.unwrap(), None);
        assert_eq!(session.fetch(optional.bind((1,))).await.unwrap(), Some(1));
        assert_eq!(session.fetch(some.bind((2,))).await.unwrap(), [1, 2]);
        assert_eq!(session.fetch(some.as_many().bind((0,))).await.unwrap(), [0; 0]);
        assert_eq!(session.fetch(COUNT_TO.bind((3,))).await.unwrap(), [1, 2, 3]);
    }

    async fn the_verbs_take_any_statement_and_answer_one_row_some_or_all(db) {
        let mut session = db.session().await;
        assert_eq!(session.fetch_one(COUNT_TO.bind((1,))).await.unwrap(), 1);
        assert_eq!(session.fetch_optional(COUNT_TO.bind((0,))).await.unwrap(), None);
        assert_eq!(session.fetch_optional(COUNT_TO.bind((1,))).await.unwrap(), Some(1));
        assert_eq!(session.fetch_all(COUNT_TO.bind((0,))).await.unwrap(), [0; 0]);
        assert_eq!(session.fetch_all(COUNT_TO.bind((4,))).await.unwrap(), [1, 2, 3, 4]);
    }

    async fn another_number_of_rows_is_an_error_and_the_session_goes_on(db) {
        let mut session = db.session().await;
        let error = session.fetch_one(COUNT_TO.bind((0,))).await.unwrap_err();
        check(&error, "expected exactly one row, found none");
        for many in [2, 100_000] {
            let error = session.fetch_one(COUNT_TO.bind((many,))).await.unwrap_err();
            check(&error, "expected exactly one row, found more");
            let error = session.fetch_optional(COUNT_TO.bind((many,))).await.unwrap_err();
            check(&error, "expected at most one row, found more");
            assert_in_step(&mut session).await;
        }
        let some: Query<(), i32, AtLeastOne> = statement!(AtLeastOne: "SELECT 1 AS n WHERE false", [] -> ("n", Int4));
        check(&session.fetch(some).await.unwrap_err(), "expected at least one row, found none");
        let none: Query<(), i32, Many> = some.as_many();
        assert_eq!(session.fetch(none).await.unwrap(), [0; 0]);
    }

    async fn a_statement_with_too_many_rows_has_run_to_its_end(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int NOT NULL)").await.unwrap();
        let insert = statement!(writes "INSERT INTO t SELECT generate_series(1, 10) RETURNING n", [] -> ("n", Int4));
        assert!(session.fetch_one(insert).await.unwrap_err().is_row_count());
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 10);
        let fails = statement!("SELECT 1 / (3 - n) AS n FROM generate_series(1, 3) n", [] -> ("n", Int4));
        let error = session.fetch_one(fails).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "22012", "the server's error is worth more: {error}");
    }

    async fn execute_answers_the_rows_affected(db) {
        let mut session = db.session().await;
        assert_eq!(session.execute(command!("CREATE TABLE t (n int, s text)")).await.unwrap(), 0);
        assert_eq!(session.execute(command!("INSERT INTO t SELECT generate_series(1, $1)", [Int4]).bind((7,))).await.unwrap(), 7);
        assert_eq!(session.execute(command!("UPDATE t SET s = $1 WHERE n > $2", [Nullable<Text>, Int4]).bind((Some("x"), 4))).await.unwrap(), 3);
        assert_eq!(session.execute(command!("DELETE FROM t WHERE n = $1", [Int4]).bind((-1,))).await.unwrap(), 0);
        assert_eq!(session.execute(command!("DELETE FROM t")).await.unwrap(), 7);
        assert_eq!(session.execute(command!("")).await.unwrap(), 0, "an empty statement does nothing");
        assert_eq!(session.execute(command!("SELECT generate_series(1, 5)")).await.unwrap_err().to_string().lines().next().unwrap(),
            "the database is not what the statement was compiled against: expected 0 columns, found 1; migrate the database, or run `cargo hathi prepare` and compile again");
    }

    async fn a_script_runs_as_one_transaction_and_answers_all_rows_affected(db) {
        let mut session = db.session().await;
        let rows = session.simple("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2); SELECT n FROM t; UPDATE t SET n = 3; DELETE FROM t WHERE false").await.unwrap();
        assert_eq!(rows, 2 + 2 + 2);
        assert_eq!(session.simple("").await.unwrap(), 0);
        assert_eq!(session.simple(" -- nothing\n").await.unwrap(), 0);
        let error = session.simple("INSERT INTO t VALUES (9); SELECT nmae FROM t; INSERT INTO t VALUES (9)").await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "42703");
        assert!(error.to_string().contains("SELECT nmae FROM t"), "{error}");
        assert_eq!(number(&mut session, "SELECT count(*) FROM t WHERE n = 9").await, 0);
        assert_in_step(&mut session).await;
    }

    async fn transaction_control_is_followed(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        session.execute(command!("BEGIN")).await.unwrap();
        assert!(session.in_transaction());
        session.execute(command!("INSERT INTO t VALUES (1)")).await.unwrap();
        session.simple("ROLLBACK").await.unwrap();
        assert!(!session.in_transaction());
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
        session.simple("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        assert!(session.in_transaction());
        session.execute(command!("COMMIT")).await.unwrap();
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 1);
    }

    async fn nothing_is_sent_before_the_future_is_polled(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        drop(session.execute(command!("INSERT INTO t VALUES (1)")));
        drop(session.simple("INSERT INTO t VALUES (2)"));
        drop(session.fetch_all(statement!(writes "INSERT INTO t VALUES (3) RETURNING n", [] -> ("n", Nullable<Int4>))));
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
    }

    async fn a_query_without_columns_has_rows_all_the_same(db) {
        let mut session = db.session().await;
        let rows = session.fetch_all(statement!("SELECT FROM generate_series(1, 3)", [] -> [])).await.unwrap();
        assert_eq!(rows, [(), (), ()]);
    }

    async fn notices_disturb_nothing(db) {
        let mut session = db.session().await;
        let noisy = "CREATE FUNCTION noisy(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN \
                     FOR i IN 1..n LOOP RAISE NOTICE 'message % of %', i, n; END LOOP; RETURN n; END $$";
        session.simple(noisy).await.unwrap();
        for many in [1, 5000] {
            let answer = statement!("SELECT noisy($1) AS n", [Int4] -> ("n", Nullable<Int4>));
            assert_eq!(session.fetch_one(answer.bind((many,))).await.unwrap(), Some(many));
            session.simple("SELECT noisy(3); DROP TABLE IF EXISTS missing").await.unwrap();
            assert_in_step(&mut session).await;
        }
    }

    async fn notifications_and_changed_settings_disturb_nothing(db) {
        let mut session = db.session().await;
        session.simple("LISTEN news").await.unwrap();
        for round in 0..20 {
            session.simple(&format!("NOTIFY news, 'round {round}'; SET application_name = 'round {round}'")).await.unwrap();
            assert_eq!(session.parameter("application_name"), Some(format!("round {round}").as_str()));
            assert_in_step(&mut session).await;
        }
    }

    async fn a_hundred_thousand_rows_arrive(db) {
        for config in [db.config(), db.tcp()] {
            let mut session = Session::connect(&config).await.unwrap();
            let query = statement!("SELECT n::int8 AS n, 'row ' || n AS s FROM generate_series(1, 100000) n", [] -> [("n", Int8), ("s", Text)]);
            let rows = session.fetch_all(query).await.unwrap();
            assert_eq!(rows.len(), 100_000);
            let wrong = rows.iter().zip(1_i64..).find(|((n, s), expected)| n != expected || *s != format!("row {n}"));
            assert_eq!(wrong, None);
            assert_in_step(&mut session).await;
        }
    }
}

#[track_caller]
fn check(error: &hathi::Error, words: &str) {
    assert!(error.is_row_count());
    assert!(error.to_string().starts_with(words), "{error}");
}
