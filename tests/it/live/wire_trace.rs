//! What is written down of a conversation: enough to follow it, and no secret.

use std::fs;

use hathi::sql::{Int4, Text, int4, text};
use hathi::{Command, Config, Pool, PoolOptions, Query, Session, WireTrace};
use hathi_tests::{PASSWORD, Recorded, SCRAM_ROLE, SocketFolder, on_every_server};

const ECHO: Query<(Int4, Text), String> =
    Query::raw("SELECT $2 || 'constant' WHERE $1 = 1", (int4, text), text);
const VALUE: &str = "parameter_value_4711";

/// Does what has secrets in it: a login, values, errors that quote them, scripts with passwords.
async fn say_secrets(config: &Config) {
    let mut session = Session::connect(config).await.unwrap();
    let answer = session.fetch_one(ECHO.bind((1, VALUE))).await.unwrap();
    assert_eq!(answer, format!("{VALUE}constant"));
    let number = Query::raw("SELECT $1::text::integer", (text,), int4);
    let refused = session.fetch_one(number.bind((VALUE,))).await.unwrap_err();
    assert!(refused.to_string().contains(VALUE));
    let script = format!(
        "CREATE TEMPORARY TABLE t (v text UNIQUE); INSERT INTO t VALUES ('{VALUE}'); SELECT * FROM t"
    );
    session.simple_query(&script).await.unwrap();
    let twice = Command::raw("INSERT INTO t VALUES ($1)", (text,));
    session.execute(twice.bind((VALUE,))).await.unwrap_err();
    session
        .simple(&format!("DO $$ BEGIN RAISE NOTICE '{VALUE}'; END $$"))
        .await
        .unwrap();
    session
        .simple(&format!("SET application_name = 'shown'; -- {VALUE}"))
        .await
        .unwrap();
    session.close().await.unwrap();
}

#[track_caller]
fn assert_no_secret(told: &str) {
    for secret in [VALUE, PASSWORD, "constant'", "'shown'"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

on_every_server! {
    async fn a_conversation_can_be_followed_and_no_secret_is_in_it(db) {
        let folder = SocketFolder::new();
        let file = folder.path().join("wire.log");
        let config = db.tcp().user(SCRAM_ROLE).password(PASSWORD).wire_trace(WireTrace::File(file.clone()));
        say_secrets(&config).await;
        let told = fs::read_to_string(&file).unwrap();
        assert_no_secret(&told);
        let lines: Vec<&str> = told.lines().map(|line| line.split_once(['<', '>']).unwrap().1.trim()).collect();
        for expected in [
            "PasswordMessage or SASLResponse",
            "BackendKeyData",
            ": SELECT $2 || ? WHERE $1 = ?",
            "Bind ",
            "2 values: 4 20",
            "DataRow 34: 1 values: 28",
            "CommandComplete 9: SELECT 1",
            "ErrorResponse",
            ": Error 22P02",
            ": Error 23505",
            "NoticeResponse",
            "INSERT INTO t VALUES (?)",
            "ReadyForQuery 1: idle",
            "Terminate 0",
        ] {
            assert!(lines.iter().any(|line| line.contains(expected)), "{expected}: {told}");
        }
    }

    async fn no_span_and_no_event_holds_a_secret(db) {
        let config = db.tcp().user(SCRAM_ROLE).password(PASSWORD);
        let recorded = Recorded::start();
        say_secrets(&config).await;
        let pool = Pool::new(config, PoolOptions::new());
        pool.fetch_one(ECHO.bind((1, VALUE))).await.unwrap();
        pool.close().await.unwrap();
        let told = recorded.everything();
        assert!(told.contains("23505") && told.contains("SELECT $2 ||"), "{told}");
        for secret in [VALUE, PASSWORD, "'shown'"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
    }

    async fn a_file_that_cannot_be_written_is_an_error_of_connecting(db) {
        let config = db.config().wire_trace(WireTrace::File("/nonexistent/wire.log".into()));
        let error = Session::connect(&config).await.unwrap_err().to_string();
        assert!(error.contains("\"/nonexistent/wire.log\" cannot be opened"), "{error}");
    }
}
