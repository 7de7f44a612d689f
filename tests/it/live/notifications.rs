//! Notifications of plain sessions: saying and hearing, in transactions and beside queries, and what may be said where.

use std::time::Duration;

use hathi::types::Json;
use hathi::{
    Channel, Client, Error, Event, Notification, Pool, PoolOptions, Reset, Session, SqlState,
};
use hathi_tests::{Proxy, on_every_server, poll_times, within};
use tokio::time::timeout;

use crate::live::ask::{assert_in_step, number};

/// The next notification, which comes soon and is no gap.
pub(crate) async fn told(session: &mut Session) -> Notification {
    let event = within(20, session.next_notification()).await.unwrap();
    event.notification().expect("a notification and no gap")
}

/// What is said in the notifications that have arrived; the server answers a call behind those that it has sent.
async fn arrived(session: &mut Session) -> Vec<String> {
    session.simple("").await.unwrap();
    std::iter::from_fn(|| session.take_notification())
        .map(|event| {
            event
                .notification()
                .expect("a notification and no gap")
                .payload
        })
        .collect()
}

async fn say(mut db: impl Client, payload: &str) -> Result<(), Error> {
    db.notify("c", payload).await
}

on_every_server! {
    async fn what_is_said_is_told_to_all_who_listen_in_the_order_in_which_it_was_said(db) {
        let mut sessions = [db.session().await, db.session().await, db.session().await];
        let [first, second, deaf] = &mut sessions;
        for session in [&mut *first, &mut *second] {
            session.listen("a").await.unwrap();
            session.listen("b").await.unwrap();
            session.listen("b").await.unwrap();
        }
        for number in 0..50 {
            let channel = if number % 3 == 0 { "a" } else { "b" };
            deaf.notify(channel, &number.to_string()).await.unwrap();
        }
        deaf.notify("nobody listens", "x").await.unwrap();
        let process = deaf.process();
        for session in [&mut *first, &mut *second] {
            for number in 0..50 {
                let told = told(session).await;
                assert_eq!(told.channel, if number % 3 == 0 { "a" } else { "b" });
                assert_eq!(told.payload, number.to_string());
                assert_eq!(Some(told.process_id), process);
            }
            assert_eq!(arrived(session).await, [""; 0]);
        }
        assert_eq!(arrived(deaf).await, [""; 0]);
    }

    async fn who_listens_hears_itself_and_knows_that(db) {
        let mut session = db.session().await;
        session.listen("c").await.unwrap();
        session.notify("c", "me").await.unwrap();
        let told = told(&mut session).await;
        assert_eq!((told.payload.as_str(), Some(told.process_id)), ("me", session.process()));
        session.unlisten("c").await.unwrap();
        session.notify("c", "me").await.unwrap();
        assert_eq!(arrived(&mut session).await, [""; 0]);
        session.unlisten("never listened to").await.unwrap();
    }

    async fn a_transaction_says_it_at_its_commit_or_never(db) {
        let (mut session, mut listener) = (db.session().await, db.session().await);
        listener.listen("c").await.unwrap();
        let mut tx = session.begin();
        tx.notify("c", "kept").await.unwrap();
        let mut inner = tx.begin();
        inner.notify("c", "undone").await.unwrap();
        inner.rollback().await.unwrap();
        assert_eq!(arrived(&mut listener).await, [""; 0]);
        tx.commit().await.unwrap();
        assert_eq!(told(&mut listener).await.payload, "kept");
        let mut tx = session.begin();
        tx.notify("c", "rolled back").await.unwrap();
        tx.rollback().await.unwrap();
        session.notify("c", "last").await.unwrap();
        assert_eq!(told(&mut listener).await.payload, "last");
    }

    async fn names_mean_what_is_written_and_those_that_the_server_would_cut_are_refused(db) {
        let mut session = db.session().await;
        let longest = "x".repeat(63);
        for name in ["Jobs", "jobs", "a b", "sel\"ect", "\"", "; DROP TABLE t; --", "$1 {x} 'y' \\", "grüße ☃", "\n", longest.as_str()] {
            session.listen(name).await.unwrap();
            session.notify(name, name).await.unwrap();
            let told = told(&mut session).await;
            assert_eq!((told.channel.as_str(), told.payload.as_str()), (name, name));
            session.unlisten(name).await.unwrap();
        }
        assert_eq!(number(&mut session, "SELECT count(*) FROM pg_listening_channels()").await, 0);
        let long = "x".repeat(64);
        for (name, words) in [
            ("", "expected the name of a channel, found an empty one"),
            (long.as_str(), "expected the name of a channel to have at most 63 bytes, found 64: the server would cut it off"),
            ("a\0b", "expected the name of a channel, found one with a zero byte, which no name can hold"),
        ] {
            assert_eq!(session.listen(name).await.unwrap_err().to_string(), words);
            assert_eq!(session.unlisten(name).await.unwrap_err().to_string(), words);
            let refused = session.notify(name, "x").await.unwrap_err().to_string();
            assert!(refused.starts_with(&format!("parameter $1 cannot be sent: {words}\n")), "{refused}");
        }
        assert_in_step(&mut session).await;
    }

    async fn the_longest_payload_is_told_and_a_longer_one_is_never_sent(db) {
        let mut proxy = Proxy::before(db);
        let mut session = proxy.run(Session::connect(&proxy.config())).await.unwrap();
        proxy.run(session.listen("c")).await.unwrap();
        let longest = "ö".repeat(3999) + "x";
        proxy.run(session.notify("c", &longest)).await.unwrap();
        assert_eq!(proxy.run(told(&mut session)).await.payload, longest);
        proxy.recorded();
        let refused = proxy.run(session.notify("c", &"x".repeat(8000))).await.unwrap_err();
        assert!(refused.is_codec());
        let words = "parameter $2 cannot be sent: expected a payload of at most 7999 bytes, found 8000: put it into a table and send its key\n";
        assert!(refused.to_string().starts_with(words), "{refused}");
        assert_eq!(proxy.recorded(), b"");
        // The limit is the server's own.
        let theirs = proxy.run(session.simple("SELECT pg_notify('c', repeat('x', 8000))")).await.unwrap_err();
        assert_eq!(theirs.sql_state(), Some(SqlState::INVALID_PARAMETER_VALUE));
        proxy.run(assert_in_step(&mut session)).await;
    }

    async fn payloads_are_values_and_what_is_none_is_an_error_of_its_own(db) {
        const NUMBERS: Channel<i64> = Channel::new("numbers");
        const LISTS: Channel<Json<Vec<i32>>> = Channel::new("lists");
        const BELL: Channel<()> = Channel::new("bell");
        let mut session = db.session().await;
        session.listen(&NUMBERS).await.unwrap();
        session.listen(&LISTS).await.unwrap();
        session.listen(&BELL).await.unwrap();
        session.notify(&NUMBERS, &-7).await.unwrap();
        session.notify(&LISTS, &Json(vec![1, 2])).await.unwrap();
        session.notify(&BELL, &()).await.unwrap();
        session.notify("numbers", "seven, which is a secret").await.unwrap();
        let number = told(&mut session).await;
        assert_eq!(NUMBERS.read(&number).unwrap().unwrap(), -7);
        assert!(LISTS.read(&number).is_none() && BELL.read(&number).is_none());
        assert_eq!(LISTS.read(&told(&mut session).await).unwrap().unwrap().0, [1, 2]);
        assert!(BELL.read(&told(&mut session).await).unwrap().is_ok());
        let error = NUMBERS.read(&told(&mut session).await).unwrap().unwrap_err();
        assert!(error.is_codec() && !error.is_closed());
        assert_eq!(error.to_string(), "a notification on \"numbers\" cannot be read: invalid digit found in string");
    }

    async fn what_comes_beside_queries_is_kept_and_a_gap_tells_what_made_room(db) {
        let mut session = db.session().await;
        session.listen("c").await.unwrap();
        let many = "SELECT pg_notify('c', n::text) FROM generate_series(1, 3000) n";
        session.simple(many).await.unwrap();
        assert_in_step(&mut session).await;
        let Event::Gap(gap) = session.next_notification().await.unwrap() else { panic!("a gap") };
        assert_eq!((gap.dropped(), gap.cause().is_none()), (3000 - 1024, true));
        for number in 3000 - 1024 + 1..=3000 {
            assert_eq!(told(&mut session).await.payload, number.to_string());
        }
        assert_eq!(arrived(&mut session).await, [""; 0]);
    }

    async fn whoever_only_waits_loses_nothing_however_much_comes_at_once(db) {
        let (mut session, mut other) = (db.session().await, db.session().await);
        session.listen("c").await.unwrap();
        other.simple("SELECT pg_notify('c', n::text) FROM generate_series(1, 5000) n").await.unwrap();
        let mut notifications = session.notifications();
        for number in 1..=5000 {
            let event = within(20, notifications.next()).await.unwrap().unwrap();
            assert_eq!(event.notification().unwrap().payload, number.to_string());
        }
    }

    async fn waiting_has_no_limit_but_the_callers_and_the_next_call_has_its_own_again(db) {
        let config = db.config().call_limit(Some(Duration::from_millis(100)));
        let mut session = Session::connect(&config).await.unwrap();
        session.listen("c").await.unwrap();
        assert!(timeout(Duration::from_millis(400), session.next_notification()).await.is_err());
        let late = session.simple("SELECT pg_sleep(10)").await.unwrap_err();
        assert!(late.is_timeout(), "{late}");
        // What still runs is stopped while somebody waits for others to speak.
        db.session().await.notify("c", "x").await.unwrap();
        assert_eq!(told(&mut session).await.payload, "x");
        assert_in_step(&mut session).await;
    }

    async fn waiting_in_a_transaction_is_refused_because_nothing_would_come(db) {
        let mut session = db.session().await;
        session.listen("c").await.unwrap();
        session.simple("BEGIN").await.unwrap();
        let error = session.next_notification().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected no open transaction, found one, in which no notification arrives: commit or roll back before waiting"
        );
        session.notify("c", "x").await.unwrap();
        session.simple("COMMIT").await.unwrap();
        assert_eq!(told(&mut session).await.payload, "x");
    }

    async fn a_session_that_was_ended_tells_what_had_come_and_then_the_servers_words(db) {
        let (mut session, mut other) = (db.session().await, db.session().await);
        session.listen("c").await.unwrap();
        other.notify("c", "last").await.unwrap();
        assert!(poll_times(std::future::pending::<()>(), 2).await.is_none());
        let process = session.process().unwrap();
        assert_eq!(told(&mut session).await.payload, "last");
        other.simple(&format!("SELECT pg_terminate_backend({process})")).await.unwrap();
        let mut notifications = session.notifications();
        let error = within(20, notifications.next()).await.unwrap().unwrap_err();
        assert_eq!(error.sql_state(), Some(SqlState::ADMIN_SHUTDOWN));
        assert!(notifications.next().await.is_none());
        assert!(session.next_notification().await.unwrap_err().is_closed());
        assert!(session.take_notification().is_none());
    }

    async fn sessions_transactions_and_pools_say_it_alike(db) {
        let (mut listener, mut session) = (db.session().await, db.session().await);
        listener.listen("c").await.unwrap();
        let pool = Pool::new(db.config(), PoolOptions::new());
        say(&mut session, "session").await.unwrap();
        let mut tx = session.begin();
        say(&mut tx, "transaction").await.unwrap();
        tx.commit().await.unwrap();
        say(&pool, "pool").await.unwrap();
        say(pool.acquire().await.unwrap(), "pooled").await.unwrap();
        for payload in ["session", "transaction", "pool", "pooled"] {
            assert_eq!(told(&mut listener).await.payload, payload);
        }
        let pool = Pool::new(db.config(), PoolOptions::new().sharing(false));
        pool.notify("c", "alone").await.unwrap();
        assert_eq!(told(&mut listener).await.payload, "alone");
        assert!(pool.notify("", "x").await.unwrap_err().is_codec());
    }

    async fn a_session_never_comes_back_to_the_pool_listening(db) {
        for reset in [Reset::None, Reset::Rollback, Reset::Full] {
            for (listen, also) in [("", "LISTEN c"), ("LISTEN c", ""), ("BEGIN; LISTEN c", ""), ("LISTEN c; UNLISTEN c", "")] {
                let pool = Pool::new(db.config(), PoolOptions::new().max(1).reset(reset));
                let mut session = pool.acquire().await.unwrap();
                session.simple(listen).await.unwrap();
                if !also.is_empty() {
                    session.listen("c").await.unwrap();
                }
                if !session.in_transaction() {
                    session.notify("c", "not for the next one").await.unwrap();
                }
                drop(session);
                let mut session = within(20, pool.acquire()).await.unwrap();
                let channels = "SELECT count(*) FROM pg_listening_channels()";
                assert_eq!(number(&mut session, channels).await, 0, "{reset:?} {listen} {also}");
                session.notify("c", "x").await.unwrap();
                assert_eq!(arrived(&mut session).await, [""; 0], "{reset:?} {listen} {also}");
            }
        }
    }
}
