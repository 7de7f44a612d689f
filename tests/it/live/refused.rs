//! What the server refuses, in its words: SQLSTATE, place, detail, hint; and the session goes on.

use hathi::sql::{Bytea, Float8, Int2, Int4, Nullable, Text};
use hathi::{Session, SqlState};
use hathi_tests::{command, on_every_server, statement};

use crate::live::ask::{assert_in_step, number};

on_every_server! {
    async fn a_mistake_is_shown_where_it_is(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE crew (name text)").await.unwrap();
        let query = statement!("SELECT n\u{e4}me, -- \u{1f418}\n       nmae\nFROM crew", [] -> [("n\u{e4}me", Text), ("nmae", Text)]);
        let error = session.fetch_all(query).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::UNDEFINED_COLUMN));
        assert_eq!(error.sql(), Some(query.sql()));
        assert_eq!(error.origin(), Some(query.origin()));
        let text = error.to_string();
        assert!(text.starts_with("column \"n\u{e4}me\" does not exist (SQLSTATE 42703, undefined_column)\n"), "{text}");
        assert!(text.contains("\n  SELECT n\u{e4}me, -- \u{1f418}\n         ^^^^\n"), "{text}");
        assert!(text.contains(&format!("\n  --> {}", query.origin())), "{text}");
        let second = statement!("SELECT name, -- \u{1f418}\n       nmae\nFROM crew", [] -> [("name", Text), ("nmae", Text)]);
        let text = session.fetch_all(second).await.unwrap_err().to_string();
        assert!(text.contains("\n  nmae\n  ^^^^\n"), "{text}");
        assert_in_step(&mut session).await;
    }

    async fn detail_hint_and_names_are_kept(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE crew (id int CONSTRAINT one_each PRIMARY KEY); INSERT INTO crew VALUES (1)").await.unwrap();
        let error = session.execute(command!("INSERT INTO crew VALUES (1)")).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::UNIQUE_VIOLATION));
        let server = error.server().unwrap();
        assert_eq!(server.constraint.as_deref(), Some("one_each"));
        assert_eq!((server.schema.as_deref(), server.table.as_deref()), (Some("public"), Some("crew")));
        assert!(error.to_string().contains("\n  detail: Key (id)=(1) already exists."), "{error}");
        let error = session.execute(command!("DROP TABLE IF EXISTS crew, pg_class")).await.unwrap_err();
        assert!(error.sql_state().is_some());
        let error = session.fetch_all(statement!("SELECT id + 'x'::text AS n FROM crew", [] -> ("n", Int4))).await.unwrap_err();
        assert!(error.to_string().contains("\n  hint: No operator matches"), "{error}");
        assert!(error.server().unwrap().routine.is_some());
        assert_in_step(&mut session).await;
    }

    async fn an_error_in_a_function_shows_its_context(db) {
        let mut session = db.session().await;
        session.simple("CREATE FUNCTION broken() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1 / 0; END $$").await.unwrap();
        let error = session.fetch_one(statement!("SELECT broken() AS n", [] -> ("n", Int4))).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::DIVISION_BY_ZERO));
        let text = error.to_string();
        assert!(text.contains("\n  context: ") && text.contains("PL/pgSQL function broken() line 1 at RETURN\n"), "{text}");
    }

    async fn errors_at_every_stage_leave_the_session_usable(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int CHECK (n > 0))").await.unwrap();
        for _ in 0..2 {
            // Parse, Bind, Execute at once, Execute after some rows.
            check(&mut session, "SELEC 1", "42601").await;
            check(&mut session, "SELECT * FROM missing", "42P01").await;
            check(&mut session, "INSERT INTO t VALUES (-1)", "23514").await;
            check(&mut session, "SELECT 1 / (500 - n) FROM generate_series(1, 1000) n", "").await;
            let bad = statement!("SELECT $1::int2 + 1 AS n", [Int2] -> ("n", Int4));
            assert_eq!(session.fetch_one(bad.bind((i16::MAX,))).await.unwrap(), 32768);
            let overflow = statement!("SELECT $1::int4 + 1 AS n", [Int4] -> ("n", Int4));
            let error = session.fetch_one(overflow.bind((i32::MAX,))).await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "22003");
            let late = statement!("SELECT 1 / (500 - n) AS n FROM generate_series(1, 1000) n", [] -> ("n", Int4));
            assert_eq!(session.fetch_all(late).await.unwrap_err().sql_state().unwrap().code(), "22012");
        }
    }

    async fn a_failed_transaction_refuses_all_but_its_end(db) {
        let mut session = db.session().await;
        session.simple("BEGIN").await.unwrap();
        check(&mut session, "SELEC 1", "42601").await;
        assert!(session.in_transaction());
        let error = session.fetch_one(statement!("SELECT 1 AS n", [] -> ("n", Int4))).await.unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::IN_FAILED_SQL_TRANSACTION));
        session.simple("ROLLBACK").await.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn a_commit_that_is_answered_by_rollback_is_an_error(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        for script in [false, true] {
            session.simple("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
            session.simple("SELECT 1 / 0").await.unwrap_err();
            let error = match script {
                true => session.simple("COMMIT").await.unwrap_err(),
                false => session.execute(command!("COMMIT")).await.unwrap_err(),
            };
            assert!(error.is_commit_rolled_back(), "{error}");
            assert!(!session.in_transaction());
            assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0);
        }
        session.simple("BEGIN; INSERT INTO t VALUES (1)").await.unwrap();
        session.execute(command!("ROLLBACK")).await.unwrap();
    }

    async fn a_constraint_that_is_checked_at_the_end_fails_the_statement(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED)").await.unwrap();
        for _ in 0..2 {
            let error = session.execute(command!("INSERT INTO b VALUES (1)")).await.unwrap_err();
            assert_eq!(error.sql_state(), Some(SqlState::FOREIGN_KEY_VIOLATION));
            let insert = statement!(writes "INSERT INTO b VALUES (2) RETURNING a", [] -> ("a", Nullable<Int4>));
            let error = session.fetch_one(insert).await.unwrap_err();
            assert_eq!(error.sql_state(), Some(SqlState::FOREIGN_KEY_VIOLATION));
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM b").await, 0);
        session.simple("BEGIN").await.unwrap();
        assert_eq!(session.execute(command!("INSERT INTO b VALUES (1)")).await.unwrap(), 1);
        assert_eq!(session.execute(command!("COMMIT")).await.unwrap_err().sql_state(), Some(SqlState::FOREIGN_KEY_VIOLATION));
        assert_in_step(&mut session).await;
    }

    async fn a_copy_is_refused_and_the_session_goes_on(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int)").await.unwrap();
        for _ in 0..2 {
            for error in [
                session.execute(command!("COPY t FROM STDIN")).await.unwrap_err(),
                session.simple("COPY t FROM STDIN").await.unwrap_err(),
                session.execute(command!("COPY (SELECT generate_series(1, 10000)) TO STDOUT")).await.unwrap_err(),
                session.simple("SELECT 1; COPY (SELECT generate_series(1, 10000)) TO STDOUT; SELECT 2").await.unwrap_err(),
                session.fetch_all(statement!("COPY t TO STDOUT", [] -> [])).await.unwrap_err(),
            ] {
                assert!(error.to_string().starts_with("COPY cannot run as a query or a command"), "{error}");
                assert!(!error.is_closed());
            }
            assert_in_step(&mut session).await;
        }
    }

    async fn a_zero_byte_in_text_is_refused_and_the_session_goes_on(db) {
        let mut session = db.session().await;
        let echo = statement!("SELECT $1 AS s", [Text] -> ("s", Text));
        let error = session.fetch_one(echo.bind(("a\0b",))).await.unwrap_err();
        assert_eq!(error.sql_state().map(|state| state.code().to_owned()).as_deref(), Some("22021"), "{error}");
        assert!(session.simple("SELECT 'a\0b'").await.unwrap_err().to_string().contains("zero byte"));
        let bytes = statement!("SELECT $1 AS b", [Bytea] -> ("b", Bytea));
        assert_eq!(session.fetch_one(bytes.bind((&b"a\0b"[..],))).await.unwrap(), b"a\0b");
        assert_in_step(&mut session).await;
    }

    async fn a_statement_that_cannot_be_written_is_refused_and_the_session_goes_on(db) {
        let mut session = db.session().await;
        let zero = hathi_tests::Made::new("SELECT 1 AS \"n\0\"").column::<Int4>("").query(|row| Ok(row.get::<Int4, i32>(0)?));
        assert!(session.fetch_one(zero).await.unwrap_err().to_string().starts_with("text sent to the server must not hold a zero byte"));
        assert_in_step(&mut session).await;
    }

    async fn an_error_as_long_as_a_book_is_told(db) {
        let mut session = db.session().await;
        let long = "DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 1000000) USING DETAIL = repeat('y', 1000000); END $$";
        let error = session.simple(long).await.unwrap_err();
        assert_eq!(error.server().unwrap().message.len(), 1_000_000);
        assert_eq!(error.server().unwrap().detail.as_ref().unwrap().len(), 1_000_000);
        assert_in_step(&mut session).await;
    }

    async fn null_where_none_was_promised_is_an_error_that_names_the_column(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE crew (id int, name text); INSERT INTO crew VALUES (1, NULL)").await.unwrap();
        let query = statement!("SELECT id, name FROM crew", [] -> [("id", Int4), ("name", Text)]);
        let error = session.fetch_one(query).await.unwrap_err();
        assert!(error.is_codec());
        let expected = format!("\"name\": column 2 is NULL although it is read as `String`\n  SELECT id, name FROM crew\n  --> {}", query.origin());
        assert_eq!(error.to_string(), expected);
        assert_in_step(&mut session).await;
        let honest = statement!("SELECT id, name FROM crew", [] -> [("id", Int4), ("name", Nullable<Text>)]);
        assert_eq!(session.fetch_one(honest).await.unwrap(), (1, None));
    }

    async fn a_value_the_rust_type_cannot_hold_is_an_error_and_the_session_goes_on(db) {
        let mut session = db.session().await;
        let query = statement!("SELECT n::float8 AS n FROM generate_series(1, 5000) n", [] -> ("n", Float8 as Whole));
        let error = session.fetch_all(query).await.unwrap_err();
        assert!(error.is_codec() && error.to_string().contains("3 is one too many"), "{error}");
        assert_in_step(&mut session).await;
    }
}

/// A number that is not 3.
#[derive(Debug)]
struct Whole;

impl hathi::Decode<'_, Float8> for Whole {
    fn decode(value: &[u8]) -> Result<Self, hathi::DecodeError> {
        let number: f64 = hathi::Decode::<Float8>::decode(value)?;
        if number < 3.0 {
            Ok(Self)
        } else {
            Err(hathi::DecodeError::rejected(format!(
                "{number} is one too many"
            )))
        }
    }
}

/// Runs a command that the server refuses with this SQLSTATE; an empty one stands for a refusal of ours.
async fn check(session: &mut Session, sql: &str, code: &str) {
    let error = session
        .execute(hathi_tests::Made::new(sql).command())
        .await
        .unwrap_err();
    assert_eq!(
        error
            .sql_state()
            .map_or_else(String::new, |state| state.code().to_owned()),
        code,
        "{error}"
    );
    assert!(!session.is_closed());
}
