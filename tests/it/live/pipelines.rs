//! Several statements in one flight: together or each for itself; what ran, what failed, what was skipped.

use hathi::sql::{Int4, Text};
use hathi::{Command, Query, Session};
use hathi_tests::{
    Driven, Proxy, command, frontend_messages, on_every_server, on_every_server_and_pooler,
    poll_times, statement,
};

use crate::live::ask::{ECHO, assert_in_step, number};

const INSERT: Command<(Int4,)> = command!("INSERT INTO t VALUES ($1)", [Int4]);
const COUNT: Query<(), i32> = statement!("SELECT count(*)::int4 AS n FROM t", [] -> ("n", Int4));
const DIVIDE: Query<(Int4,), i32> = statement!("SELECT 1 / $1 AS n", [Int4] -> ("n", Int4));
const RETURNING: Query<(Int4,), i32> =
    statement!(writes "INSERT INTO t VALUES ($1) RETURNING n", [Int4] -> ("n", Int4));

async fn table(session: &mut Session) {
    session
        .simple("CREATE TABLE t (n int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        .await
        .unwrap();
}

async fn rows(session: &mut Session) -> i64 {
    number(session, "SELECT count(*) FROM t").await
}

on_every_server_and_pooler! {
    async fn a_tuple_answers_a_tuple_in_one_flight(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(async { table(&mut session).await }).await;
        for round in 0..2 {
            proxy.recorded();
            let work = session.pipeline((INSERT.bind((round,)), ECHO.bind((7,)), COUNT, DIVIDE.bind((1,))));
            let (inserted, echo, count, quotient) = proxy.run(work).await.unwrap();
            assert_eq!((inserted, echo, count, quotient), (1, vec![7], vec![round + 1], vec![1]));
            let said = proxy.recorded();
            let tags: String = frontend_messages(&said).iter().map(|message| char::from(message.tag)).collect();
            assert_eq!(tags, if round == 0 { "PDBEPDBEPDBEPDBES" } else { "BEBEBEBES" });
        }
    }

    async fn a_list_answers_a_list(db) {
        let mut session = db.session().await;
        let echoes: Vec<_> = (0..50).map(|n| ECHO.bind((n,))).collect();
        let answers = session.pipeline(echoes).await.unwrap();
        assert_eq!(answers, (0..50).map(|n| vec![n]).collect::<Vec<_>>());
        let nothing: Vec<hathi::Bound<(i32,), (Int4,), i32>> = Vec::new();
        assert!(session.pipeline(nothing).await.unwrap().is_empty());
        assert_in_step(&mut session).await;
    }

    async fn large_questions_and_large_answers_pass_each_other(db) {
        const LONG: Query<(Text,), String> = statement!("SELECT $1 || $1 AS twice", [Text] -> ("twice", Text));
        const CHATTY: &str = "CREATE FUNCTION chat(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..n LOOP RAISE NOTICE '%', repeat('x', 1000); END LOOP; RETURN n; END $$";
        // Far more, in both directions, than sockets take while nobody reads.
        let text = "x".repeat(1 << 20);
        for config in [db.config(), db.tcp()] {
            let mut session = Session::connect(&config).await.unwrap();
            session.simple("DROP FUNCTION IF EXISTS chat").await.unwrap();
            session.simple(CHATTY).await.unwrap();
            let chat = statement!("SELECT chat($1) AS n", [Int4] -> ("n", Int4));
            let long = || LONG.bind((text.as_str(),));
            let flight = (long(), chat.bind((5000,)), chat.bind((5000,)), long());
            let (first, notices, more, last) = session.pipeline(flight).await.unwrap();
            assert_eq!((notices, more), (vec![5000], vec![5000]));
            assert!(first == last && first == [text.repeat(2)]);
            let answers = session.pipeline_each(vec![long(); 16]).await.unwrap();
            assert!(answers.into_iter().all(|answer| answer.unwrap() == first));
            assert_in_step(&mut session).await;
        }
    }

    async fn together_one_failure_undoes_all_and_says_whose_it_is(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let error = session.pipeline((INSERT.bind((1,)), DIVIDE.bind((0,)), INSERT.bind((2,)))).await.unwrap_err();
        assert_eq!((error.pipeline_member(), error.sql()), (Some(1), Some("SELECT 1 / $1 AS n")));
        assert_eq!(rows(&mut session).await, 0);
        let error = session.pipeline((INSERT.bind((1,)), INSERT.bind((1,)))).await.unwrap_err();
        assert_eq!((error.pipeline_member(), error.unique_violation()), (Some(2), Some("t_n_key")));
        assert_eq!(rows(&mut session).await, 0);
        assert_in_step(&mut session).await;
    }

    async fn apart_each_has_a_result_of_its_own(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        for round in 0..2 {
            let (first, second, third) = session
                .pipeline_each((INSERT.bind((10 * round,)), DIVIDE.bind((0,)), RETURNING.bind((10 * round + 1,))))
                .await
                .unwrap();
            assert_eq!(first.unwrap(), 1);
            let error = second.unwrap_err();
            assert_eq!((error.pipeline_member(), error.sql_state().unwrap().code()), (Some(1), "22012"));
            assert_eq!(third.unwrap(), [10 * round + 1]);
        }
        assert_eq!(rows(&mut session).await, 4);
    }

    async fn in_a_transaction_they_are_part_of_it(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let mut tx = session.begin();
        let (_, count) = tx.pipeline((INSERT.bind((1,)), COUNT)).await.unwrap();
        assert_eq!(count, [1]);
        drop(tx);
        assert_eq!(rows(&mut session).await, 0);
        let mut tx = session.begin();
        tx.pipeline((INSERT.bind((1,)), INSERT.bind((2,)))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rows(&mut session).await, 2);
    }

    async fn a_write_whose_columns_have_changed_has_not_happened(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n bigint NOT NULL)").await.unwrap();
        let error = session.pipeline((INSERT.bind((1,)), RETURNING.bind((2,)))).await.unwrap_err();
        assert!(error.is_drift(), "{error}");
        assert!(session.pipeline_each((INSERT.bind((1,)), RETURNING.bind((2,)))).await.unwrap_err().is_drift());
        assert_eq!(rows(&mut session).await, 0);
    }

    async fn what_the_server_has_dropped_is_prepared_again_the_next_time(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        let query = statement!("SELECT * FROM t", [] -> ("n", Int4));
        session.pipeline((query, COUNT)).await.unwrap();
        db.session().await.simple("ALTER TABLE t ADD COLUMN m int").await.unwrap();
        let star = session.pipeline((COUNT, query)).await.unwrap_err();
        assert_eq!(star.sql_state().unwrap().code(), "0A000", "{star}");
        let error = session.pipeline((COUNT, query)).await.unwrap_err();
        assert!(error.is_drift(), "not the same error for ever: {error}");
        assert_in_step(&mut session).await;
    }

    async fn more_than_the_cache_holds_fit_into_one_flight(db) {
        let config = db.config().statement_cache(2);
        let mut session = Session::connect(&config).await.unwrap();
        let made = |n: i32| hathi_tests::Made::new(format!("SELECT {n} AS n")).column::<Int4>("n").query(|row| Ok(row.get::<Int4, i32>(0)?));
        for _ in 0..3 {
            let answers = session.pipeline((0..20).map(made).collect::<Vec<_>>()).await.unwrap();
            assert_eq!(answers, (0..20).map(|n| vec![n]).collect::<Vec<_>>());
        }
        assert_in_step(&mut session).await;
        assert!(session.statement_counters().size <= 2);
    }

    async fn dropped_at_every_poll_pipelines_leave_the_session_in_step(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(async { table(&mut session).await }).await;
        for apart in [false, true] {
            for polls in 1.. {
                proxy.pieces(13, 17);
                let n = i32::try_from(polls).unwrap() + if apart { 100_000 } else { 0 };
                let statements = (INSERT.bind((n,)), RETURNING.bind((-n,)), ECHO.bind((n,)));
                let done = if apart {
                    matches!(proxy.drive(session.pipeline_each(statements), polls).await, Driven::Done(..))
                } else {
                    matches!(proxy.drive(session.pipeline(statements), polls).await, Driven::Done(..))
                };
                proxy.open();
                proxy.run(assert_in_step(&mut session)).await;
                if done {
                    break;
                }
            }
        }
        assert!(poll_times(session.pipeline((COUNT,)), 0).await.is_none());
        assert!(poll_times(session.pipeline_each((COUNT,)), 0).await.is_none());
        proxy.run(assert_in_step(&mut session)).await;
        let uneven = "SELECT count(*) FROM (SELECT abs(n) FROM t WHERE abs(n) < 100000 GROUP BY 1 HAVING count(*) <> 2) x";
        assert_eq!(number(&mut db.session().await, uneven).await, 0, "together both or none");
    }
}

on_every_server! {
    async fn apart_each_hears_of_itself_when_the_server_has_lost_them(db) {
        let mut session = db.session().await;
        table(&mut session).await;
        drop(session.pipeline_each((INSERT.bind((1,)), ECHO.bind((1,)))).await.unwrap());
        session.simple("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$").await.unwrap();
        let (inserted, echo) = session.pipeline_each((INSERT.bind((2,)), ECHO.bind((2,)))).await.unwrap();
        for error in [inserted.unwrap_err(), echo.unwrap_err()] {
            assert_eq!(error.sql_state().unwrap().code(), "26000", "{error}");
        }
        assert_eq!(rows(&mut session).await, 1);
        let (inserted, echo) = session.pipeline_each((INSERT.bind((3,)), ECHO.bind((3,)))).await.unwrap();
        assert_eq!((inserted.unwrap(), echo.unwrap()), (1, vec![3]));
        assert_in_step(&mut session).await;
    }

    async fn apart_a_first_one_that_cannot_be_used_any_more_takes_no_answer_of_the_next(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE v (s varchar(9) NOT NULL); INSERT INTO v VALUES ('a')").await.unwrap();
        let first = statement!("SELECT s FROM v", [] -> ("s", Text));
        let second = statement!("SELECT 'b'::text AS s", [] -> ("s", Text));
        for _ in 0..2 {
            let (one, other) = session.pipeline_each((first, second)).await.unwrap();
            assert_eq!((one.unwrap(), other.unwrap()), (vec!["a".to_owned()], vec!["b".to_owned()]));
        }
        db.session().await.simple("ALTER TABLE v ALTER s TYPE text").await.unwrap();
        let (one, other) = session.pipeline_each((first, second)).await.unwrap();
        assert_eq!(one.unwrap_err().sql_state().unwrap().code(), "0A000");
        assert_eq!(other.unwrap(), ["b"]);
        let (one, other) = session.pipeline_each((first, second)).await.unwrap();
        assert_eq!((one.unwrap(), other.unwrap()), (vec!["a".to_owned()], vec!["b".to_owned()]));
    }
}
