//! Calls of a session.

use hathi::sql::{Int4, Text};
use hathi::{Command, Query, Session};
use hathi_tests::{Driven, Proxy, command, on_every_server, statement, within};

use super::{INSERT, assert_sound, is_kept, scene, slowly};
use crate::live::ask::number;

const NAMES: Query<(Int4,), String> =
    statement!("SELECT 'name ' || $1 AS name", [Int4] -> ("name", Text));

on_every_server! {
    async fn execute_dropped_after_each_poll_has_run_once_if_it_was_polled(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let outcome = slowly(&mut proxy, polls, session.execute(INSERT.bind((polls,)))).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            assert_eq!(is_kept(&mut witness, polls).await, polls > 0, "after {polls} polls");
            if let Some(rows) = outcome {
                assert_eq!(rows.unwrap(), 1);
                assert!(polls > 20, "only {polls} polls");
                break;
            }
        }
    }

    async fn simple_query_dropped_after_each_poll_leaves_the_session_in_step(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let script = format!("INSERT INTO t VALUES ({polls}); SELECT n, 'x' FROM generate_series(1, 3) n");
            let outcome = slowly(&mut proxy, polls, session.simple_query(&script)).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            assert_eq!(is_kept(&mut witness, polls).await, polls > 0, "after {polls} polls");
            if let Some(results) = outcome {
                let rows: Vec<usize> = results.unwrap().iter().map(|result| result.rows().len()).collect();
                assert_eq!(rows, [0, 3]);
                assert!(polls > 60, "only {polls} polls");
                break;
            }
        }
    }

    async fn prepare_query_dropped_after_each_poll_leaves_a_statement_that_can_be_used(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for polls in 0.. {
            let outcome = slowly(&mut proxy, polls, session.prepare_query(NAMES)).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            let name = proxy.run(session.fetch_one(NAMES.bind((polls,)))).await;
            assert_eq!(name.unwrap(), format!("name {polls}"));
            // Whatever was prepared for nobody is closed, or is what was just used.
            let prepared = proxy.run(number(&mut session, "SELECT count(*) FROM pg_prepared_statements")).await;
            assert!(prepared <= 3, "{prepared} statements after {polls} polls");
            if let Some(prepared) = outcome {
                let handle = prepared.unwrap();
                let name = proxy.run(session.fetch_one(handle.bind((7,)))).await;
                assert_eq!(name.unwrap(), "name 7");
                assert!(polls > 20, "only {polls} polls");
                break;
            }
            proxy.run(session.simple("DEALLOCATE ALL")).await.unwrap();
        }
    }

    async fn prepare_command_dropped_after_each_poll_has_not_run(db) {
        const DELETE: Command<()> = command!("DELETE FROM t");
        let (mut proxy, mut session, mut witness) = scene(db).await;
        witness.execute(INSERT.bind((7,))).await.unwrap();
        for polls in 0.. {
            let outcome = slowly(&mut proxy, polls, session.prepare_command(DELETE)).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            assert!(is_kept(&mut witness, 7).await, "after {polls} polls");
            if let Some(prepared) = outcome {
                let deleted = proxy.run(session.execute(prepared.unwrap())).await;
                assert_eq!(deleted.unwrap(), 1);
                break;
            }
            proxy.run(session.simple("DEALLOCATE ALL")).await.unwrap();
        }
    }

    async fn close_dropped_after_each_poll_closes_all_the_same(db) {
        let mut witness = db.session().await;
        for polls in 0.. {
            let mut proxy = Proxy::before(db);
            let session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
            let process = session.process().unwrap();
            let driven = proxy.drive(session.close(), polls).await;
            let question = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
            let gone = async { while number(&mut witness, &question).await > 0 {} };
            within(20, proxy.run(gone)).await;
            if let Driven::Done(closed, _) = driven {
                closed.unwrap();
                break;
            }
        }
    }
}
