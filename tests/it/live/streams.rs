//! Rows one by one: lent, owned, in parts, dropped early, in transactions.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use hathi::sql::{Int4, Text};
use hathi::{Client, Query, Rows};
use hathi_tests::{
    Driven, Proxy, command, frontend_messages, on_every_server_and_pooler, poll_times, statement,
    within,
};

use crate::live::ask::{assert_in_step, number};

const COUNT_TO: Query<(Int4,), i32> =
    statement!("SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));
/// More than any buffer holds.
const LONG: Query<(Int4,), String> =
    statement!("SELECT repeat('x', 100) AS x FROM generate_series(1, $1) n", [Int4] -> ("x", Text));

fn size(rows: u32) -> NonZeroU32 {
    NonZeroU32::new(rows).unwrap()
}

async fn all(mut rows: Rows<'_, i32>) -> Vec<i32> {
    let mut all = Vec::new();
    while let Some(row) = rows.next().await {
        all.push(row.unwrap());
    }
    assert!(rows.next().await.is_none(), "the end stays the end");
    all
}

on_every_server_and_pooler! {
    async fn all_rows_come_in_their_order_however_many_are_asked_for_at_a_time(db) {
        let mut session = db.session().await;
        let expected: Vec<i32> = (1..=25).collect();
        for round in 0..2 {
            assert_eq!(all(session.stream(COUNT_TO.bind((25,)))).await, expected, "round {round}");
            for rows in [1, 2, 5, 24, 25, 26, 1000, u32::MAX] {
                let stream = session.stream(COUNT_TO.bind((25,))).fetch_size(size(rows));
                assert_eq!(all(stream).await, expected, "{rows} at a time");
            }
            assert_eq!(all(session.stream(COUNT_TO.bind((0,))).fetch_size(size(3))).await, [0; 0]);
        }
        assert!(!session.in_transaction());
        assert_in_step(&mut session).await;
    }

    async fn a_stream_asks_for_all_rows_unless_told_otherwise(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(hathi::Session::connect(&proxy.config())).await.unwrap();
        for (limit, expected) in [(None, 0), (Some(size(7)), 7)] {
            proxy.recorded();
            let mut rows = session.stream(COUNT_TO.bind((3,)));
            if let Some(limit) = limit {
                rows = rows.fetch_size(limit);
            }
            assert_eq!(proxy.run(all(rows)).await, [1, 2, 3]);
            let said = proxy.recorded();
            let messages = frontend_messages(&said);
            let execute = messages.iter().find(|message| message.tag == b'E').unwrap();
            assert!(said[execute.range.clone()].ends_with(&u32::to_be_bytes(expected)), "{limit:?}");
        }
    }

    async fn a_row_is_lent_from_the_read_buffer(db) {
        let mut session = db.session().await;
        let mut rows = session.stream(LONG.bind((3000,)));
        let mut bytes = 0;
        while let Some(row) = rows.lend().await.unwrap() {
            bytes += row.get::<Text, &str>(0).unwrap().len();
        }
        assert_eq!(bytes, 300_000);
        assert!(rows.lend().await.unwrap().is_none());
        drop(rows);
        assert_in_step(&mut session).await;
    }

    async fn a_stream_that_is_dropped_early_frees_the_session_soon(db) {
        let mut session = db.session().await;
        assert_in_step(&mut session).await;
        let mut rows = session.stream(LONG.bind((50_000_000,)));
        for _ in 0..10 {
            assert_eq!(rows.next().await.unwrap().unwrap().len(), 100);
        }
        drop(rows);
        let before = Instant::now();
        within(20, assert_in_step(&mut session)).await;
        // A hundred milliseconds on a machine that does nothing else.
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
    }

    async fn a_stream_dropped_between_its_parts_is_closed_with_a_sync(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(hathi::Session::connect(&proxy.config())).await.unwrap();
        proxy.recorded();
        let mut rows = session.stream(LONG.bind((1_000_000,))).fetch_size(size(2));
        assert!(proxy.run(rows.next()).await.is_some());
        drop(rows);
        proxy.run(assert_in_step(&mut session)).await;
        let said = proxy.recorded();
        let tags: String = frontend_messages(&said).iter().map(|message| char::from(message.tag)).collect();
        assert!(tags.starts_with("PDBEHS"), "{tags}");
        assert_eq!(proxy.connections(), 1, "nothing had to be cancelled");
    }

    async fn a_stream_in_a_transaction_leaves_it_open(db) {
        let mut session = db.session().await;
        session.simple("CREATE TABLE t (n int NOT NULL)").await.unwrap();
        let mut tx = session.begin();
        tx.execute(command!("INSERT INTO t SELECT generate_series(1, 9)")).await.unwrap();
        let query = statement!("SELECT n AS n FROM t ORDER BY n", [] -> ("n", Int4));
        assert_eq!(all(tx.stream(query).fetch_size(size(4))).await.len(), 9);
        let mut early = tx.stream(query).fetch_size(size(4));
        assert_eq!(early.next().await.unwrap().unwrap(), 1);
        drop(early);
        drop(tx);
        assert_eq!(number(&mut session, "SELECT count(*) FROM t").await, 0, "T3: the stream has not committed it");
    }

    async fn an_error_in_the_middle_ends_the_stream_and_not_the_session(db) {
        let mut session = db.session().await;
        let fails = statement!("SELECT 10 / (5 - n) AS n FROM generate_series(1, 9) n", [] -> ("n", Int4));
        for limit in [None, Some(size(2))] {
            let mut rows = session.stream(fails);
            if let Some(limit) = limit {
                rows = rows.fetch_size(limit);
            }
            let mut seen = 0;
            let error = loop {
                match rows.next().await.unwrap() {
                    Ok(_) => seen += 1,
                    Err(error) => break error,
                }
            };
            assert_eq!((seen, error.sql_state().unwrap().code()), (4, "22012"));
            assert!(rows.next().await.is_none());
            drop(rows);
            assert_in_step(&mut session).await;
        }
    }

    async fn the_time_between_two_rows_is_the_readers_own(db) {
        let config = db.config().call_limit(Some(Duration::from_millis(400)));
        let mut session = hathi::Session::connect(&config).await.unwrap();
        let mut rows = session.stream(COUNT_TO.bind((3,))).fetch_size(size(1));
        for expected in 1..=3 {
            assert_eq!(rows.next().await.unwrap().unwrap(), expected);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        assert!(rows.next().await.is_none());
    }

    async fn a_call_may_have_a_limit_of_its_own(db) {
        let mut session = db.session().await;
        let slow = crate::live::ask::SLEEP;
        let before = Instant::now();
        let error = session.fetch_one(slow.bind((20.0,))).within(Duration::from_millis(200)).await.unwrap_err();
        assert!(error.is_timeout() && before.elapsed() < Duration::from_secs(10), "{error}");
        assert_in_step(&mut session).await;
        assert_eq!(session.fetch_one(slow.bind((0.3,))).await.unwrap(), 1, "the next one has the usual limit");
        let error = session.execute(command!("SELECT pg_sleep(20)")).within(Duration::from_millis(200)).await;
        assert!(error.unwrap_err().is_timeout());
        assert_in_step(&mut session).await;
    }

    async fn dropped_at_every_poll_a_stream_leaves_the_session_in_step(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(hathi::Session::connect(&proxy.config())).await.unwrap();
        proxy.pieces(7, 11);
        for polls in 1.. {
            let work = async {
                let mut rows = session.stream(COUNT_TO.bind((6,))).fetch_size(size(2));
                while let Some(row) = rows.next().await {
                    row.unwrap();
                }
            };
            let done = matches!(proxy.drive(work, polls).await, Driven::Done((), _));
            proxy.open();
            proxy.run(assert_in_step(&mut session)).await;
            proxy.pieces(7, 11);
            if done {
                assert!(polls > 10);
                break;
            }
        }
        let mut rows = session.stream(COUNT_TO.bind((2,)));
        assert!(poll_times(rows.lend(), 0).await.is_none());
    }

    async fn one_function_takes_sessions_and_transactions(db) {
        async fn sum(mut client: impl Client) -> i32 {
            let mut total: i32 = client.fetch_all(COUNT_TO.bind((3,))).await.unwrap().iter().sum();
            let mut rows = client.stream(COUNT_TO.bind((2,)));
            while let Some(row) = rows.next().await {
                total += row.unwrap();
            }
            drop(rows);
            client.execute(command!("SELECT 1")).await.unwrap_err();
            total + client.fetch_one(COUNT_TO.bind((1,))).await.unwrap_or_default()
        }
        let mut session = db.session().await;
        assert_eq!(sum(&mut session).await, 10);
        let mut tx = session.begin();
        assert_eq!(sum(&mut tx).await, 10);
        drop(tx);
        let task = tokio::spawn(async move { sum(session).await });
        assert_eq!(task.await.unwrap(), 10);
    }
}
