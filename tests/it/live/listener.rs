//! Listeners: what they tell, and what becomes of them when the connection, the server or the reader fails.

mod lost;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hathi::{
    Channel, Config, Event, Gap, Listener, ListenerOptions, Overflow, Session, TargetSessionAttrs,
};
use hathi_tests::{Database, Pair, Part, Proxy, on_every_major, on_every_server, within};

use crate::live::ask::number;

/// The next event, which comes soon.
async fn event(listener: &mut Listener) -> Event {
    within(30, listener.next())
        .await
        .expect("no end")
        .expect("no error")
}

/// The next event, which is a notification.
async fn told(listener: &mut Listener) -> String {
    match event(listener).await {
        Event::Notification(told) => told.payload,
        other => panic!("a notification, not {other:?}"),
    }
}

/// The next event, which is a gap.
async fn gap(listener: &mut Listener) -> Gap {
    event(listener).await.gap().expect("a gap")
}

/// Ends the connection of a listener, and returns which process it was.
async fn end(listener: &Listener, by: &mut Session) -> u32 {
    let process = listener.process().expect("a listener that is connected");
    let end = format!("SELECT pg_terminate_backend({process})");
    by.simple(&end).await.unwrap();
    process
}

/// A listener that does not wait long before it connects again.
async fn eager(config: &Config) -> Listener {
    let options =
        ListenerOptions::new().backoff(Duration::from_millis(5), Duration::from_millis(50));
    Listener::connect_with(config, options).await.unwrap()
}

async fn is_gone(process: u32, db: &Database) {
    let mut session = db.session().await;
    let question = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
    while number(&mut session, &question).await > 0 {}
}

on_every_server! {
    async fn channels_come_and_go_while_it_runs(db) {
        let mut session = db.session().await;
        let mut listener = Listener::connect(&db.config()).await.unwrap();
        session.notify("a", "too early").await.unwrap();
        listener.listen("a").await.unwrap();
        listener.listen("a").await.unwrap();
        listener.listen("odd \" name").await.unwrap();
        for number in 0..20 {
            session.notify("a", &number.to_string()).await.unwrap();
            session.notify("odd \" name", "x").await.unwrap();
        }
        for number in 0..20 {
            assert_eq!(told(&mut listener).await, number.to_string());
            assert_eq!(told(&mut listener).await, "x");
        }
        listener.unlisten("a").await.unwrap();
        session.notify("a", "too late").await.unwrap();
        session.notify("odd \" name", "last").await.unwrap();
        assert_eq!(told(&mut listener).await, "last");
        assert!(listener.listen("").await.unwrap_err().to_string().starts_with("expected the name of a channel"));
        assert!(listener.unlisten("x".repeat(64)).await.unwrap_err().to_string().contains("at most 63 bytes"));
    }

    async fn it_leaves_with_its_session_closed_or_dropped(db) {
        for close in [true, false] {
            let listener = Listener::connect(&db.config()).await.unwrap();
            listener.listen("c").await.unwrap();
            let process = listener.process().unwrap();
            if close {
                listener.close().await.unwrap();
            } else {
                drop(listener);
            }
            within(20, is_gone(process, db)).await;
        }
    }

    async fn a_payload_that_cannot_be_read_is_an_error_and_the_stream_goes_on(db) {
        const NUMBERS: Channel<i32> = Channel::new("numbers");
        let mut session = db.session().await;
        let mut numbers = NUMBERS.subscribe(&db.config()).await.unwrap();
        session.notify(&NUMBERS, &1).await.unwrap();
        session.notify("numbers", "two").await.unwrap();
        session.notify(&NUMBERS, &3).await.unwrap();
        let first = within(20, numbers.next()).await.unwrap().unwrap();
        assert_eq!(first.notification().unwrap().payload, 1);
        let error = within(20, numbers.next()).await.unwrap().unwrap_err();
        assert!(error.is_codec(), "{error}");
        let third = within(20, numbers.next()).await.unwrap().unwrap().notification().unwrap();
        assert_eq!((third.payload, third.channel.as_str()), (3, "numbers"));
        assert_eq!(Some(third.process_id), session.process());
        end(numbers.listener(), &mut session).await;
        let gap = within(20, numbers.next()).await.unwrap().unwrap();
        assert!(gap.gap().is_some());
        numbers.close().await.unwrap();
    }

    async fn a_reader_that_is_too_slow_is_told_how_many_it_has_missed(db) {
        let mut session = db.session().await;
        let options = ListenerOptions::new().queue(10);
        let mut listener = Listener::connect_with(&db.config(), options).await.unwrap();
        listener.listen("c").await.unwrap();
        session.simple("SELECT pg_notify('c', n::text) FROM generate_series(1, 100) n").await.unwrap();
        // The server answers behind what it has told; when this is answered, all of it has arrived.
        for _ in 0..50 {
            listener.listen("c").await.unwrap();
        }
        let (mut last, mut dropped) = (0, 0);
        while last < 100 {
            match event(&mut listener).await {
                Event::Notification(told) => {
                    let number: u64 = told.payload.parse().unwrap();
                    assert_eq!(number, last + dropped + 1);
                    (last, dropped) = (number, 0);
                }
                Event::Gap(gap) => {
                    assert!(gap.dropped() > 0 && gap.cause().is_none());
                    dropped = gap.dropped();
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(dropped, 0);
    }

    async fn one_that_waits_for_its_reader_loses_nothing(db) {
        let mut session = db.session().await;
        let options = ListenerOptions::new().queue(5).overflow(Overflow::Wait);
        let mut listener = Listener::connect_with(&db.config(), options).await.unwrap();
        listener.listen("c").await.unwrap();
        session.simple("SELECT pg_notify('c', n || repeat(' ', 5000)) FROM generate_series(1, 1000) n").await.unwrap();
        for number in 1..=1000 {
            assert_eq!(told(&mut listener).await.trim_end(), number.to_string());
        }
    }

    async fn a_server_that_is_silent_is_asked_for_a_sign_of_life_and_gives_it(db) {
        let mut proxy = Proxy::before(db);
        let every = Duration::from_millis(20);
        let options = ListenerOptions::new().check(every, Duration::from_secs(20));
        let mut listener = proxy.run(Listener::connect_with(&proxy.config(), options)).await.unwrap();
        proxy.run(listener.listen("c")).await.unwrap();
        proxy.recorded();
        let mut asked = 0;
        while asked < 3 {
            let silence = tokio::time::timeout(every, listener.next());
            assert!(proxy.run(silence).await.is_err(), "nothing is told");
            asked += proxy.recorded().iter().filter(|byte| **byte == b'Q').count();
        }
        assert_eq!(proxy.connections(), 1);
        db.session().await.notify("c", "x").await.unwrap();
        assert_eq!(proxy.run(told(&mut listener)).await, "x");
    }

    async fn a_connection_that_leads_nowhere_is_found_out_and_replaced(db) {
        let mut proxy = Proxy::before(db);
        let options = ListenerOptions::new()
            .check(Duration::from_millis(50), Duration::from_millis(200))
            .backoff(Duration::from_millis(5), Duration::from_millis(50));
        let config = proxy.config().connect_limit(Duration::from_millis(300));
        let mut listener = proxy.run(Listener::connect_with(&config, options)).await.unwrap();
        proxy.run(listener.listen("c")).await.unwrap();
        proxy.pieces(0, 0);
        let lost = async { while listener.process().is_some() { tokio::task::yield_now().await } };
        proxy.run(lost).await;
        db.session().await.notify("c", "into the void").await.unwrap();
        proxy.open();
        let gap = proxy.run(gap(&mut listener)).await;
        assert_eq!(
            gap.cause().unwrap().to_string(),
            "no answer within 200ms while asking the server for a sign of life"
        );
        db.session().await.notify("c", "x").await.unwrap();
        assert_eq!(proxy.run(told(&mut listener)).await, "x");
    }

    async fn what_is_wrong_from_the_beginning_is_told_at_once(db) {
        let config = db.config().database("no such database");
        let error = Listener::connect(&config).await.unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "3D000");
        let channel: Channel<str> = Channel::named("x".repeat(64));
        assert!(channel.subscribe(&db.config()).await.is_err());
    }

    async fn one_that_may_give_up_tells_why_and_ends(db) {
        let troubles = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&troubles);
        let options = ListenerOptions::new()
            .backoff(Duration::from_millis(1), Duration::from_millis(5))
            .give_up_after(Some(Duration::from_millis(50)))
            .on_trouble(move |error| told.lock().unwrap().push(error.to_string()));
        let mut listener = Listener::connect_with(&db.config(), options).await.unwrap();
        listener.listen("c").await.unwrap();
        let name = db.name();
        let mut other = Session::connect(&db.config().database("postgres")).await.unwrap();
        other.simple(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
        end(&listener, &mut other).await;
        let error = within(30, listener.next()).await.unwrap().unwrap_err();
        assert_eq!(error.sql_state().unwrap().code(), "55000");
        assert!(listener.next().await.is_none());
        assert!(listener.listen("d").await.unwrap_err().is_closed());
        let troubles = troubles.lock().unwrap().clone();
        assert!(troubles[0].contains("terminating connection"), "{troubles:?}");
        assert!(troubles.len() > 2 && troubles.last() == Some(&error.to_string()), "{troubles:?}");
        other.simple(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    }
}

on_every_major! {
    async fn a_standby_refuses_and_the_target_is_kept(major) {
        let pair = Pair::shared(major).await;
        let standby = Listener::connect(&pair.config(&[Part::Standby])).await.unwrap();
        let error = standby.listen("c").await.unwrap_err();
        assert!(error.to_string().starts_with("cannot execute LISTEN during recovery"), "{error}");
        let both = pair.config(&[Part::Standby, Part::Primary]);
        let mut listener = eager(&both.target_session_attrs(TargetSessionAttrs::ReadWrite)).await;
        listener.listen("c").await.unwrap();
        let mut session = pair.session(Part::Primary).await;
        end(&listener, &mut session).await;
        assert!(gap(&mut listener).await.cause().is_some());
        session.notify("c", "x").await.unwrap();
        assert_eq!(told(&mut listener).await, "x");
    }
}
