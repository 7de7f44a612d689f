//! Sessions that the server ends: its words are told, and nothing hangs.

use hathi::sql::Int4;
use hathi::{Error, Session, SqlState};
use hathi_tests::{command, on_every_server, statement, within};

use crate::live::ask::{ECHO, SLEEP, number};

/// Ends a session from another one, and waits until it is gone.
async fn end(other: &mut Session, process: u32) {
    let sql = format!(
        "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = {process}) t"
    );
    while number(other, &sql).await > 0 {}
}

/// The error of a session that was ended by an administrator, and of every later call.
async fn assert_ended(session: &mut Session, error: &Error) {
    assert!(error.is_closed() && session.is_closed(), "{error}");
    assert_eq!(error.sql_state(), Some(SqlState::ADMIN_SHUTDOWN), "{error}");
    assert!(
        error
            .to_string()
            .contains("terminating connection due to administrator command"),
        "{error}"
    );
    for _ in 0..2 {
        let error = session.fetch_one(ECHO.bind((1,))).await.unwrap_err();
        assert!(
            error.is_closed() && error.to_string().starts_with("the session is closed"),
            "{error}"
        );
        assert!(session.simple("SELECT 1").await.unwrap_err().is_closed());
    }
}

on_every_server! {
    async fn an_idle_session_that_was_ended_tells_the_servers_words_at_its_next_use(db) {
        let mut other = db.session().await;
        for config in [db.config(), db.tcp()] {
            for prepared in [false, true] {
                let mut session = Session::connect(&config).await.unwrap();
                if prepared {
                    session.fetch_one(ECHO.bind((1,))).await.unwrap();
                }
                end(&mut other, session.process().unwrap()).await;
                let error = within(5, session.fetch_one(ECHO.bind((1,)))).await.unwrap_err();
                assert_ended(&mut session, &error).await;
            }
            let mut session = Session::connect(&config).await.unwrap();
            end(&mut other, session.process().unwrap()).await;
            let error = within(5, session.simple("SELECT 1")).await.unwrap_err();
            assert_ended(&mut session, &error).await;
        }
    }

    async fn a_running_statement_that_is_ended_tells_the_servers_words(db) {
        let mut other = db.session().await;
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        let mut session = db.session().await;
        let process = session.process().unwrap();
        let (outcome, ()) = tokio::join!(session.fetch_one(SLEEP.bind((100.0,))), async {
            while number(&mut other, asleep).await == 0 {}
            end(&mut other, process).await;
        });
        let error = outcome.unwrap_err();
        assert_ended(&mut session, &error).await;
        assert_eq!(error.sql(), Some(SLEEP.sql()));
    }

    async fn a_statement_that_ends_its_own_session_tells_the_servers_words(db) {
        let mut session = db.session().await;
        let suicide = statement!("SELECT 1 AS n FROM pg_terminate_backend(pg_backend_pid())", [] -> ("n", Int4));
        let error = within(5, session.fetch_one(suicide)).await.unwrap_err();
        assert_ended(&mut session, &error).await;
        let mut session = db.session().await;
        let error = within(5, session.simple("SELECT 1; SELECT pg_terminate_backend(pg_backend_pid()); SELECT 2")).await.unwrap_err();
        assert_ended(&mut session, &error).await;
    }

    async fn a_large_statement_to_a_session_that_was_ended_tells_the_servers_words(db) {
        let mut other = db.session().await;
        for config in [db.config(), db.tcp()] {
            let mut session = Session::connect(&config).await.unwrap();
            end(&mut other, session.process().unwrap()).await;
            let error = within(5, session.simple(&format!("SELECT 1 /*{}*/", "x".repeat(2 << 20)))).await.unwrap_err();
            assert!(error.is_closed() && error.sql_state() == Some(SqlState::ADMIN_SHUTDOWN), "{error:.200}");
        }
    }

    async fn the_end_of_a_session_is_told_even_of_a_statement_that_had_drifted(db) {
        let mut session = db.session().await;
        let suicide = command!("SELECT pg_terminate_backend(pg_backend_pid())");
        let error = within(5, session.execute(suicide)).await.unwrap_err();
        assert_ended(&mut session, &error).await;
    }

    async fn a_session_that_was_ended_closes_without_complaint(db) {
        let mut other = db.session().await;
        let mut session = db.session().await;
        end(&mut other, session.process().unwrap()).await;
        session.fetch_one(ECHO.bind((1,))).await.unwrap_err();
        session.close().await.unwrap();
    }
}
