//! What is measured of calls, pools and prepared statements: names, labels and how often, and no value of anybody's.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, but not in the functions that several tests share"
)]

mod recorder;

use std::time::Duration;

use hathi::sql::{int4, text};
use hathi::{Command, CopyIn, CopyOut, Pool, PoolOptions, Query, Session};
use hathi_tests::on_every_server;

use self::recorder::Measured;

const DURATION: &str = "db.client.operation.duration";
const ROWS: &str = "db.client.response.returned_rows";

on_every_server! {
    async fn calls_are_measured_with_what_they_are_and_how_they_ended(db) {
        let mut session = Session::connect(&db.config()).await.unwrap();
        session.simple("CREATE TEMPORARY TABLE crew (id integer PRIMARY KEY, name text)").await.unwrap();
        let measured = Measured::start();
        let add = Command::raw("INSERT INTO crew (id, name) VALUES ($1, $2)", (int4, text));
        session.execute(add.bind((4711, "secret"))).await.unwrap();
        session.execute(add.bind((4711, "secret"))).await.unwrap_err();
        let all = Query::raw("SELECT name FROM crew", (), text);
        assert_eq!(session.fetch_all(all).await.unwrap(), ["secret"]);
        session.close().await.unwrap();

        let namespace = format!("db.namespace={}", db.name());
        let insert = [namespace.as_str(), "db.system.name=postgresql", "db.operation.name=INSERT", "db.collection.name=crew", "db.query.summary=INSERT crew"];
        assert_eq!(measured.values(DURATION, &insert).len(), 2);
        let refused = ["db.response.status_code=23505", "error.type=23505", "db.query.summary=INSERT crew"];
        assert_eq!(measured.values(DURATION, &refused).len(), 1);
        let select = [namespace.as_str(), "db.operation.name=SELECT", "db.query.summary=SELECT crew"];
        let took = measured.values(DURATION, &select);
        assert!(took.len() == 1 && took[0] > 0.0 && took[0] < 60.0, "{took:?}");
        assert_eq!(measured.values(ROWS, &select), [1.0]);
        assert_eq!(measured.values(ROWS, &[]), [1.0], "of queries alone");
        assert_eq!(measured.sum("hathi.statement_cache.misses"), 2.0);
        assert_eq!(measured.sum("hathi.statement_cache.hits"), 1.0);
        let everything = measured.everything();
        assert!(!everything.contains("secret") && !everything.contains("4711"), "{everything}");
    }

    async fn a_copy_is_measured_with_its_rows_and_how_it_ended(db) {
        let mut session = Session::connect(&db.config()).await.unwrap();
        session.simple("CREATE TEMPORARY TABLE crew (id integer PRIMARY KEY, name text)").await.unwrap();
        let measured = Measured::start();
        let into = CopyIn::raw("crew (id, name)", (int4, text));
        let rows = [(4711, "secret"), (2, "other")];
        assert_eq!(session.copy_in_rows(into, rows).await.unwrap(), 2);
        let copies = ["db.operation.name=COPY", "db.system.name=postgresql"];
        let took = measured.values(DURATION, &copies);
        assert!(took.len() == 1 && took[0] > 0.0 && took[0] < 60.0, "{took:?}");
        session.copy_in_rows(into, rows).await.unwrap_err();
        let refused = [copies[0], "db.response.status_code=23505", "error.type=23505"];
        assert_eq!(measured.values(DURATION, &refused).len(), 1);
        drop(session.copy_in(into).await.unwrap());
        let dropped = [copies[0], "error.type=dropped"];
        assert_eq!(measured.values(DURATION, &dropped).len(), 1);
        assert_eq!(measured.values(ROWS, &[]), [0.0; 0], "none were returned");

        let out = CopyOut::raw("SELECT id FROM crew", int4);
        assert_eq!(session.copy_out_to(out, &mut Vec::new()).await.unwrap(), 2);
        assert_eq!(measured.values(ROWS, &copies), [2.0]);
        assert_eq!(measured.values(DURATION, &copies).len(), 4);
        // Whoever has read enough drops what is left: that is no failure, and nobody has counted.
        let mut some = session.copy_out(out);
        some.next().await.unwrap().unwrap();
        drop(some);
        assert_eq!(measured.values(DURATION, &copies).len(), 5);
        assert_eq!(measured.values(DURATION, &dropped).len(), 1);
        let broken = CopyOut::raw("SELECT 1 / (id - 2) FROM crew", int4);
        session.copy_out_to(broken, &mut Vec::new()).await.unwrap_err();
        assert_eq!(measured.values(DURATION, &[copies[0], "error.type=22012"]).len(), 1);
        assert_eq!(measured.values(ROWS, &copies), [2.0]);
        session.close().await.unwrap();
        let everything = measured.everything();
        assert!(!everything.contains("secret") && !everything.contains("4711"), "{everything}");
    }

    async fn a_pool_measures_who_has_and_who_waits(db) {
        let measured = Measured::start();
        let limit = Duration::from_millis(50);
        let config = db.config().application_name("ship");
        let pool = Pool::new(config, PoolOptions::new().max(1).acquire_limit(limit));
        let name = "db.client.connection.pool.name=ship";
        // To open a connection may take longer than anybody is to wait below.
        let held = loop {
            if let Ok(held) = pool.acquire().await {
                break held;
            }
        };
        let before = measured.sum("db.client.connection.timeouts");
        pool.acquire().await.unwrap_err();
        assert_eq!(measured.sum("db.client.connection.timeouts"), before + 1.0);
        let used = [name, "db.client.connection.state=used"];
        let idle = [name, "db.client.connection.state=idle"];
        assert_eq!(measured.values("db.client.connection.count", &used).last(), Some(&1.0));
        assert_eq!(measured.values("db.client.connection.count", &idle).last(), Some(&0.0));
        let waiting = measured.values("db.client.connection.pending_requests", &[name]);
        assert!(waiting.contains(&1.0) && waiting.last() == Some(&0.0), "{waiting:?}");
        assert_eq!(measured.values("db.client.connection.use_time", &[name]), [0.0; 0]);
        drop(held);
        assert_eq!(measured.values("db.client.connection.count", &used).last(), Some(&0.0));
        assert_eq!(measured.values("db.client.connection.count", &idle).last(), Some(&1.0));
        for once in ["create_time", "wait_time", "use_time"] {
            let took = measured.values(&format!("db.client.connection.{once}"), &[name]);
            assert!(took.len() == 1 && took[0] > 0.0, "{once}: {took:?}");
        }
        pool.close().await.unwrap();
    }
}
