//! Statements that are cancelled from elsewhere, or by being dropped.

use hathi::Session;
use hathi_tests::{on_every_server_and_pooler, poll_times, within};

use crate::live::ask::{ECHO, SLEEP, assert_in_step, number};

/// Waits until so many statements sleep in the database: behind a pooler nobody knows which process runs what.
async fn until_sleeping(witness: &mut Session, count: i64) {
    let question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
    within(20, async {
        while number(witness, question).await != count {}
    })
    .await;
}

on_every_server_and_pooler! {
    async fn a_token_stops_the_statement_that_runs(db) {
        let (mut session, mut witness) = (db.session().await, db.session().await);
        let token = session.cancel_token();
        let cancel = async {
            until_sleeping(&mut witness, 1).await;
            token.cancel().await
        };
        let (ended, heard) = tokio::join!(session.fetch_one(SLEEP.bind((60.0,))), cancel);
        assert_eq!(ended.unwrap_err().sql_state().unwrap().code(), "57014");
        heard.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn a_late_cancel_never_stops_the_next_statement(db) {
        let mut session = db.session().await;
        let token = session.cancel_token();
        let mut stopped = 0;
        for round in 0..100 {
            let statements = async {
                let first = session.fetch_one(ECHO.bind((round,))).await;
                // Whoever asked did so while the first one ran: this one is not meant.
                let second = session.simple("SELECT pg_sleep(0.002)").await;
                (first, second)
            };
            let ((first, second), heard) = tokio::join!(statements, token.cancel());
            heard.unwrap();
            second.unwrap();
            match first {
                Ok(echo) => assert_eq!(echo, round),
                Err(error) => {
                    assert_eq!(error.sql_state().unwrap().code(), "57014");
                    stopped += 1;
                }
            }
        }
        assert!(stopped < 100, "a statement that was answered was not stopped");
        assert_in_step(&mut session).await;
    }

    async fn a_call_that_is_dropped_frees_the_server_though_its_session_is_not_used(db) {
        let mut witness = db.session().await;
        let mut session = Session::connect(&db.config().cancel_on_drop(true)).await.unwrap();
        session.simple("SELECT 1").await.unwrap();
        {
            let mut sleep = Box::pin(session.fetch_one(SLEEP.bind((600.0,))));
            assert!(poll_times(&mut sleep, 1).await.is_none());
            until_sleeping(&mut witness, 1).await;
        }
        until_sleeping(&mut witness, 0).await;
        assert_in_step(&mut session).await;
    }

    async fn cancelling_a_session_that_has_ended_does_nothing(db) {
        let mut session = db.session().await;
        let token = session.cancel_token();
        session.close().await.unwrap();
        token.cancel().await.unwrap();
        assert_in_step(&mut db.session().await).await;
    }
}
