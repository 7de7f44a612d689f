//! A primary and its streaming standby: which of them a session finds, and what it can do there.

mod pool;

use std::collections::HashSet;

use hathi::sql::{Int4, Int8};
use hathi::{
    Error, Isolation, LoadBalanceHosts, Query, Session, TargetSessionAttrs, TransactionOptions,
};
use hathi_tests::{Pair, Part, command, on_every_major, statement, within};

use crate::live::ask::{ECHO, SLEEP, assert_in_step, number};
use Part::{Primary, Standby};

const TARGETS: [TargetSessionAttrs; 6] = [
    TargetSessionAttrs::Any,
    TargetSessionAttrs::ReadWrite,
    TargetSessionAttrs::ReadOnly,
    TargetSessionAttrs::Primary,
    TargetSessionAttrs::Standby,
    TargetSessionAttrs::PreferStandby,
];

/// An effect that a standby allows, and that outlives its statement.
const LOCK: Query<(Int8,), i32> =
    statement!("SELECT 1 AS taken FROM pg_advisory_lock($1)", [Int8] -> ("taken", Int4));

/// The first host that such a target takes.
fn fitting(target: TargetSessionAttrs, hosts: &[Part]) -> Option<Part> {
    let first = |part: Part| hosts.iter().copied().find(|host| *host == part);
    match target {
        TargetSessionAttrs::ReadWrite | TargetSessionAttrs::Primary => first(Primary),
        TargetSessionAttrs::ReadOnly | TargetSessionAttrs::Standby => first(Standby),
        TargetSessionAttrs::PreferStandby => first(Standby).or(first(Primary)),
        _ => hosts.first().copied(),
    }
}

/// What an error says of a server that was not taken.
fn turned_down(target: TargetSessionAttrs, part: Part) -> &'static str {
    match (target, part) {
        (TargetSessionAttrs::ReadWrite | TargetSessionAttrs::ReadOnly, Primary) => "takes writes",
        (TargetSessionAttrs::ReadWrite | TargetSessionAttrs::ReadOnly, Standby) => {
            "takes no writes"
        }
        (_, Primary) => "is a primary",
        (_, Standby) => "is a standby",
    }
}

async fn connect(
    pair: &Pair,
    hosts: &[Part],
    target: TargetSessionAttrs,
) -> Result<Session, Error> {
    let config = pair.config(hosts).target_session_attrs(target);
    within(20, Session::connect(&config)).await
}

on_every_major! {
    async fn each_target_finds_its_server_whatever_the_order_of_hosts(major) {
        let pair = Pair::shared(major).await;
        for hosts in [&[Primary, Standby][..], &[Standby, Primary], &[Primary], &[Standby]] {
            for target in TARGETS {
                match (connect(pair, hosts, target).await, fitting(target, hosts)) {
                    (Ok(mut session), Some(expected)) => {
                        assert_eq!(pair.found(&mut session).await, expected, "{target} of {hosts:?}");
                        session.close().await.unwrap();
                    }
                    (Err(error), None) => {
                        let line = format!("{}: the server {}", pair.name(hosts[0]), turned_down(target, hosts[0]));
                        assert!(error.to_string().contains(&line), "{error}");
                    }
                    (outcome, expected) => panic!("{target} of {hosts:?}: {outcome:?} instead of {expected:?}"),
                }
            }
        }
    }

    async fn where_no_host_fits_the_error_names_each_of_them(major) {
        let pair = Pair::shared(major).await;
        for (part, target) in [
            (Standby, TargetSessionAttrs::ReadWrite),
            (Standby, TargetSessionAttrs::Primary),
            (Primary, TargetSessionAttrs::ReadOnly),
            (Primary, TargetSessionAttrs::Standby),
        ] {
            let error = connect(pair, &[part, part], target).await.unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("cannot connect to any of 2 hosts:\n"), "{text}");
            let line = format!("{}: the server {}", pair.name(part), turned_down(target, part));
            assert_eq!(text.matches(&line).count(), 2, "{text}");
            assert_eq!(text.matches(&target.to_string()).count(), 2, "{text}");
        }
    }

    async fn hosts_in_random_order_share_the_sessions(major) {
        let pair = Pair::shared(major).await;
        let config = pair.config(&[Primary, Standby]);
        let random = config.clone().load_balance_hosts(LoadBalanceHosts::Random);
        let mut reached = HashSet::new();
        for _ in 0..40 {
            let mut session = Session::connect(&random).await.unwrap();
            reached.insert(pair.found(&mut session).await == Primary);
            let mut session = Session::connect(&config).await.unwrap();
            assert_eq!(pair.found(&mut session).await, Primary);
        }
        assert_eq!(reached.len(), 2);
        let writer = random.target_session_attrs(TargetSessionAttrs::ReadWrite);
        for _ in 0..10 {
            let mut session = Session::connect(&writer).await.unwrap();
            assert_eq!(pair.found(&mut session).await, Primary, "the order does not change what fits");
        }
    }

    async fn a_primary_whose_sessions_begin_read_only_is_no_place_to_write(major) {
        let pair = Pair::shared(major).await;
        let mut session = pair.session(Primary).await;
        session.simple("CREATE DATABASE calm").await.unwrap();
        session.simple("ALTER DATABASE calm SET default_transaction_read_only = on").await.unwrap();
        for (target, fits) in TARGETS.into_iter().zip([true, false, true, true, false, true]) {
            let config = pair.config(&[Primary]).database("calm").target_session_attrs(target);
            match Session::connect(&config).await {
                Ok(session) => {
                    assert!(fits, "{target}");
                    session.close().await.unwrap();
                }
                Err(error) => assert!(!fits, "{target}: {error}"),
            }
        }
        session.simple("DROP DATABASE calm WITH (FORCE)").await.unwrap();
    }

    async fn what_is_committed_on_the_primary_is_read_on_the_standby_and_not_written_there(major) {
        let pair = Pair::shared(major).await;
        let mut writer = pair.session(Primary).await;
        let mut reader = pair.session(Standby).await;
        assert_eq!([writer.parameter("in_hot_standby"), reader.parameter("in_hot_standby")], [Some("off"), Some("on")]);
        writer.simple("CREATE TABLE crew (n int NOT NULL)").await.unwrap();
        writer.execute(command!("INSERT INTO crew SELECT generate_series(1, 9)")).await.unwrap();
        assert_eq!(number(&mut reader, "SELECT count(*) FROM crew").await, 9);
        let error = reader.execute(command!("INSERT INTO crew VALUES (10)")).await.unwrap_err();
        assert!(error.is_read_only(), "{error}");
        assert_in_step(&mut reader).await;
        writer.simple("DROP TABLE crew").await.unwrap();
    }

    async fn a_read_only_transaction_works_on_a_standby(major) {
        let pair = Pair::shared(major).await;
        let mut session = pair.session(Standby).await;
        for isolation in [Isolation::ReadCommitted, Isolation::RepeatableRead] {
            let options = TransactionOptions::new().isolation(isolation).read_only();
            let echo = session.transaction_with(options, async |tx| tx.fetch_one(ECHO.bind((5,))).await);
            assert_eq!(echo.await.unwrap(), 5);
        }
        let error = session.transaction_with(TransactionOptions::new().read_write(), async |tx| {
            tx.fetch_one(ECHO.bind((5,))).await
        });
        assert_eq!(error.await.unwrap_err().sql_state().unwrap().code(), "0A000");
        assert!(!session.in_transaction());
        assert_in_step(&mut session).await;
    }

    /// BEGIN fails there. A statement that travels behind it must not run on its own.
    async fn where_a_transaction_cannot_begin_nothing_of_it_runs(major) {
        let pair = Pair::shared(major).await;
        let mut session = pair.session(Standby).await;
        let process = session.process().unwrap();
        let held = format!("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = {process}");
        let options = TransactionOptions::new().isolation(Isolation::Serializable);
        for round in ["cold", "warm"] {
            let outcome = session.transaction_with(options, async |tx| {
                tx.fetch_one(LOCK.bind((7,))).await
            });
            let error = outcome.await.unwrap_err();
            assert_eq!(error.sql_state().unwrap().code(), "0A000", "{round}");
            assert!(error.to_string().contains("serializable mode in a hot standby"), "{error}");
            assert!(!session.in_transaction());
            assert_eq!(number(&mut session, &held).await, 0, "{round}: the lock was taken in autocommit");
            let outcome = session.transaction_with(options, async |tx| {
                tx.simple("SELECT pg_advisory_lock(8)").await
            });
            assert_eq!(outcome.await.unwrap_err().sql_state().unwrap().code(), "0A000");
            assert_eq!(number(&mut session, &held).await, 0, "{round}: the script was run in autocommit");
            // Outside it does what it says, and is prepared in the second round.
            assert_eq!(session.fetch_one(LOCK.bind((9,))).await.unwrap(), 1);
            assert_eq!(number(&mut session, &held).await, 1);
            session.simple("SELECT pg_advisory_unlock_all()").await.unwrap();
        }
        assert_in_step(&mut session).await;
    }

    async fn a_statement_on_a_standby_is_cancelled(major) {
        let pair = Pair::shared(major).await;
        let mut session = pair.session(Standby).await;
        let mut witness = pair.session(Standby).await;
        let process = session.process().unwrap();
        let token = session.cancel_token();
        let asleep = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND wait_event = 'PgSleep'");
        let cancel = async {
            within(20, async { while number(&mut witness, &asleep).await == 0 {} }).await;
            token.cancel().await
        };
        let (ended, heard) = tokio::join!(session.fetch_one(SLEEP.bind((60.0,))), cancel);
        assert_eq!(ended.unwrap_err().sql_state().unwrap().code(), "57014");
        heard.unwrap();
        assert_in_step(&mut session).await;
    }

    async fn after_a_promotion_writers_find_the_server_that_was_the_standby(major) {
        let mut pair = Pair::start(major);
        let both = [Primary, Standby];
        let mut writer = connect(&pair, &both, TargetSessionAttrs::ReadWrite).await.unwrap();
        let mut reader = connect(&pair, &both, TargetSessionAttrs::Standby).await.unwrap();
        writer.simple("CREATE TABLE crew (n int NOT NULL); INSERT INTO crew VALUES (1)").await.unwrap();
        pair.lose_primary();
        let error = writer.simple("INSERT INTO crew VALUES (2)").await.unwrap_err();
        assert!(error.is_closed() || error.sql_state().is_some(), "{error}");
        let error = connect(&pair, &both, TargetSessionAttrs::ReadWrite).await.unwrap_err().to_string();
        assert!(both.into_iter().all(|part| error.contains(&pair.name(part))), "{error}");
        assert!(reader.execute(command!("INSERT INTO crew VALUES (3)")).await.unwrap_err().is_read_only());

        pair.promote().await;
        let mut writer = connect(&pair, &both, TargetSessionAttrs::ReadWrite).await.unwrap();
        assert_eq!(pair.found(&mut writer).await, Standby);
        assert_eq!(writer.execute(command!("INSERT INTO crew VALUES (4)")).await.unwrap(), 1);
        let error = connect(&pair, &both, TargetSessionAttrs::Standby).await.unwrap_err().to_string();
        assert!(error.contains("is a primary"), "{error}");
        // Whoever was there before writes too, and has been told what its server is.
        assert_eq!(reader.execute(command!("INSERT INTO crew VALUES (5)")).await.unwrap(), 1);
        assert_eq!(reader.parameter("in_hot_standby"), Some("off"));
        assert_eq!(number(&mut reader, "SELECT sum(n) FROM crew").await, 1 + 4 + 5);
    }
}
