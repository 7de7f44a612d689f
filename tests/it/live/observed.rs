//! What is told of the work of a session: the tree of its spans, and nothing that is none of a log's business.

use std::time::Duration;

use hathi::sql::{Int4, Text, int4, int8, text};
use hathi::{Command, CopyIn, Error, Pool, PoolOptions, Query, Session};
use hathi_tests::{Recorded, command, on_every_server, poll_times, statement};

use crate::live::ask::assert_in_step;

const CREW: Query<(), i32> = Query::raw("SELECT id FROM crew ORDER BY id", (), int4);
const ADD: Command<(Int4, Text)> =
    Command::raw("INSERT INTO crew (id, name) VALUES ($1, $2)", (int4, text));

async fn crew(session: &mut Session) {
    let script = "CREATE TEMPORARY TABLE crew (id integer PRIMARY KEY, name text NOT NULL)";
    session.simple(script).await.unwrap();
}

on_every_server! {
    async fn a_session_that_opens_prepares_and_asks(db) {
        let recorded = Recorded::start();
        let mut session = db.session().await;
        crew(&mut session).await;
        let add = session.prepare_command(ADD).await.unwrap();
        session.execute(add.bind((1, "Ada"))).await.unwrap();
        session.execute(ADD.bind((2, "Grace"))).await.unwrap();
        assert_eq!(session.fetch_all(CREW).await.unwrap(), [1, 2]);
        assert_eq!(session.fetch_all(CREW).await.unwrap(), [1, 2]);
        let checked = statement!(One: "SELECT count(*) FROM crew AS c JOIN crew AS d USING (id) WHERE d.id > $1", [Int4] -> ("count", hathi::sql::Int8));
        assert_eq!(session.fetch(checked.bind((1,))).await.unwrap(), 1);
        let place = recorded.everything();
        assert!(place.contains(&format!("(\"db.namespace\", \"\\\"{}\\\"\")", db.name())), "{place}");
        insta::assert_snapshot!("session", recorded.tree());
    }

    async fn streams_scripts_and_pipelines(db) {
        let mut session = db.session().await;
        crew(&mut session).await;
        let recorded = Recorded::start();
        session.pipeline(vec![ADD.bind((1, "Ada")), ADD.bind((2, "Grace"))]).await.unwrap();
        let (crew, added) = session.pipeline_each((CREW, ADD.bind((3, "Mary")))).await.unwrap();
        assert_eq!((crew.unwrap(), added.unwrap()), (vec![1, 2], 1));
        let mut rows = session.stream(CREW);
        while let Some(row) = rows.next().await {
            row.unwrap();
        }
        drop(rows);
        let mut rows = session.stream(CREW);
        rows.next().await.unwrap().unwrap();
        drop(rows);
        session.simple_query("SELECT 'secret'; DELETE FROM crew WHERE name = 'secret'").await.unwrap();
        insta::assert_snapshot!("flows", recorded.tree());
    }

    async fn rows_that_are_copied(db) {
        let mut session = db.session().await;
        crew(&mut session).await;
        let copy = CopyIn::raw("crew (id, name)", (int4, text));
        let recorded = Recorded::start();
        assert_eq!(session.copy_in_rows(copy, [(1, "Ada"), (2, "Grace")]).await.unwrap(), 2);
        session.copy_in_rows(copy, [(1, "Ada")]).await.unwrap_err();
        drop(session.copy_in(copy).await.unwrap());
        session.copy_out_to(Command::raw("COPY crew TO STDOUT", ()), tokio::io::sink()).await.unwrap();
        session.transaction(async |tx| tx.copy_out_to(Command::raw("COPY (SELECT id FROM crew WHERE name <> 'secret') TO STDOUT", ()), tokio::io::sink()).await).await.unwrap();
        insta::assert_snapshot!("copied", recorded.tree());
    }

    async fn transactions_and_what_is_done_in_them(db) {
        let mut session = db.session().await;
        crew(&mut session).await;
        let recorded = Recorded::start();
        session
            .transaction(async |tx| {
                tx.execute(ADD.bind((1, "Ada"))).await?;
                tx.transaction(async |inner| inner.execute(ADD.bind((2, "Grace"))).await).await?;
                let refused = tx.transaction(async |inner| inner.execute(ADD.bind((1, "Ada"))).await).await;
                assert!(refused.unwrap_err().unique_violation().is_some());
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
        let around = tracing::info_span!("handler");
        let mut tx = around.in_scope(|| session.begin());
        {
            use tracing::Instrument as _;
            tx.fetch_all(CREW).instrument(around.clone()).await.unwrap();
            let inner = around.in_scope(|| tracing::info_span!("inner"));
            tx.fetch_all(CREW).instrument(inner).await.unwrap();
        }
        tx.rollback().await.unwrap();
        drop(around);
        drop(session.begin());
        insta::assert_snapshot!("transactions", recorded.tree());
    }

    async fn errors_say_what_went_wrong_and_nothing_else(db) {
        let mut session = db.session().await;
        crew(&mut session).await;
        session.execute(ADD.bind((1, "Ada"))).await.unwrap();
        let recorded = Recorded::start();
        session.execute(ADD.bind((1, "Ada"))).await.unwrap_err();
        session.fetch_all(Query::raw("SELECT nmae FROM crew", (), text)).await.unwrap_err();
        session.fetch_one(Query::raw("SELECT id FROM crew WHERE id > $1", (int4,), int4).bind((7,))).await.unwrap_err();
        session.fetch_all(Query::raw("SELECT id FROM crew", (), int8)).await.unwrap_err();
        session.simple("SELECT 1/0").await.unwrap_err();
        let late = Query::raw("SELECT pg_sleep(60)::text", (), text);
        session.fetch_all(late).within(Duration::from_millis(20)).await.unwrap_err();
        let nowhere = db.config().database("nowhere");
        Session::connect(&nowhere).await.unwrap_err();
        insta::assert_snapshot!("errors", recorded.tree());
    }

    async fn futures_that_are_dropped_end_their_spans(db) {
        let mut session = db.session().await;
        let recorded = Recorded::start();
        for polls in 0..2 {
            poll_times(session.simple("SELECT pg_sleep(0.01)"), polls).await;
            poll_times(session.fetch_all(Query::raw("SELECT 1", (), int4)), polls).await;
        }
        let mut tx = session.begin();
        tx.simple("SELECT 1").await.unwrap();
        drop(tx);
        insta::assert_snapshot!("dropped", recorded.tree());
    }

    async fn a_pool_tells_who_waits_and_what_is_asked(db) {
        let recorded = Recorded::start();
        let pool = Pool::new(db.config(), PoolOptions::new().max(1));
        let mut held = pool.acquire().await.unwrap();
        held.simple("CREATE TABLE crew (id integer PRIMARY KEY, name text NOT NULL)").await.unwrap();
        drop(held);
        let checked = statement!("SELECT id FROM crew", [] -> ("id", Int4));
        pool.fetch_all(checked).await.unwrap();
        pool.fetch_all(checked).await.unwrap();
        pool.execute(command!("DELETE FROM crew")).await.unwrap();
        pool.fetch_all(CREW).await.unwrap();
        pool.close().await.unwrap();
        assert!(pool.acquire().await.is_err());
        insta::assert_snapshot!("pool", recorded.tree());
    }

    async fn slow_statements_are_told_with_their_plans(db) {
        let config = db.config().slow_statement(Duration::ZERO).explain_slow_statements(true);
        let mut session = Session::connect(&config).await.unwrap();
        crew(&mut session).await;
        let by_id = Query::raw("SELECT name FROM crew WHERE id = $1", (int4,), text);
        let recorded = Recorded::start();
        assert_eq!(session.fetch_all(CREW).await.unwrap(), [0; 0]);
        let told = recorded.tree();
        assert!(told.contains("event hathi::slow") && told.contains("Scan"), "{told}");
        assert_eq!(session.fetch_all(by_id.bind((4711,))).await.unwrap(), [""; 0]);
        let told = recorded.tree();
        assert!(told.contains("event hathi::slow") && !told.contains("4711"), "{told}");
        assert_eq!(told.contains("id = $1)"), db.major() >= 16, "{told}");
        session.transaction(async |tx| tx.fetch_all(CREW).await).await.unwrap();
        let told = recorded.tree();
        assert!(told.contains("event hathi::slow") && !told.contains("Scan"), "no plan in a transaction: {told}");
        session.execute(Command::raw("CREATE INDEX ON crew (name)", ())).await.unwrap();
        session.fetch_all(Query::raw("SELECT 1/0", (), int4)).await.unwrap_err();
        let told = recorded.tree();
        assert_eq!(told.matches("event hathi::slow").count(), 2, "{told}");
        assert!(!told.contains("plan ="), "{told}");
        assert_in_step(&mut session).await;
    }

    async fn quick_statements_are_no_events(db) {
        let config = db.config().slow_statement(Duration::from_secs(3600));
        let mut session = Session::connect(&config).await.unwrap();
        let recorded = Recorded::start();
        assert_in_step(&mut session).await;
        let told = recorded.tree();
        assert!(!told.is_empty() && !told.contains("event"), "{told}");
    }

    async fn a_plan_that_is_dropped_or_takes_too_long_leaves_the_session_in_step(db) {
        let config = db.config().slow_statement(Duration::ZERO).explain_slow_statements(true);
        let mut session = Session::connect(&config).await.unwrap();
        session.simple("CREATE TABLE crew (id integer PRIMARY KEY)").await.unwrap();
        let recorded = Recorded::start();
        for polls in 0.. {
            let outcome = poll_times(session.fetch_all(CREW), polls).await;
            assert_in_step(&mut session).await;
            if let Some(rows) = outcome {
                assert_eq!(rows.unwrap(), [0; 0]);
                break;
            }
        }
        assert!(recorded.everything().contains("hathi::slow"));
    }
}
