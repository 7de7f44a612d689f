//! Connections that are lost: each leaves one gap, nothing is told twice, and what is missing lies in a gap.

use std::time::{Duration, SystemTime};

use hathi::{Event, Listener, ListenerOptions, Session};
use hathi_tests::{Restartable, on_every_major, on_every_server, within};

use super::{eager, end, event, gap, is_gone, told};

/// Reads up to the notification that says so, and returns the numbers that were told before it, the first of which should
/// be this one, and how many gaps there were. Fails if a number is told twice, or in another order, or is missing and no
/// gap lies before the next one.
async fn numbers(listener: &mut Listener, from: u64, last: &str) -> (Vec<u64>, usize) {
    let (mut numbers, mut gaps, mut may_miss) = (Vec::new(), 0, false);
    loop {
        match event(listener).await {
            Event::Notification(told) if told.payload == last => return (numbers, gaps),
            Event::Notification(told) => {
                let number: u64 = told.payload.parse().unwrap();
                let expected = numbers.last().map_or(from, |last| last + 1);
                assert!(
                    number == expected || (may_miss && number > expected),
                    "{number} after {numbers:?}"
                );
                numbers.push(number);
                may_miss = false;
            }
            Event::Gap(gap) => {
                assert!(gap.cause().is_some(), "{gap}");
                gaps += 1;
                may_miss = true;
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Counts on the channel, as fast as the server goes, for as long as the server lives.
async fn count(session: &mut Session, from: u64, to: u64) -> u64 {
    for number in from..to {
        if session.notify("c", &number.to_string()).await.is_err() {
            return number + 1;
        }
    }
    to
}

on_every_server! {
    async fn a_killed_connection_leaves_one_gap_and_nothing_is_told_twice(db) {
        let mut session = db.session().await;
        let mut listener = eager(&db.config()).await;
        for channel in ["c", "d", "odd \" name"] {
            listener.listen(channel).await.unwrap();
        }
        listener.unlisten("d").await.unwrap();
        let before = SystemTime::now();
        session.notify("c", "before").await.unwrap();
        assert_eq!(told(&mut listener).await, "before");
        end(&listener, &mut session).await;
        let gap = gap(&mut listener).await;
        assert_eq!(gap.cause().unwrap().sql_state().unwrap().code(), "57P01");
        assert!(gap.since() >= before && gap.since() <= SystemTime::now());
        // When the gap is told, all channels are listened to.
        for channel in ["c", "d", "odd \" name"] {
            session.notify(channel, channel).await.unwrap();
        }
        assert_eq!(told(&mut listener).await, "c");
        assert_eq!(told(&mut listener).await, "odd \" name");
    }

    async fn connections_killed_again_and_again_while_much_is_said_lose_nothing_without_a_gap(db) {
        let mut session = db.session().await;
        let mut listener = eager(&db.config()).await;
        listener.listen("c").await.unwrap();
        let mut counter = db.session().await;
        let counting = tokio::spawn(async move { count(&mut counter, 0, 3000).await });
        let (mut killed, mut last) = (0, 0);
        while !counting.is_finished() && killed < 20 {
            if listener.process().is_some() {
                last = end(&listener, &mut session).await;
                killed += 1;
            }
            tokio::task::yield_now().await;
        }
        counting.await.unwrap();
        // The last one is told on a connection that stays.
        within(20, is_gone(last, db)).await;
        listener.listen("settled").await.unwrap();
        session.notify("c", "end").await.unwrap();
        let (numbers, gaps) = numbers(&mut listener, 0, "end").await;
        assert!(gaps >= 1 && gaps <= killed, "{gaps} gaps of {killed} connections, {} told", numbers.len());
    }

    async fn who_asks_to_listen_while_there_is_no_connection_is_answered_on_the_next(db) {
        let mut session = db.session().await;
        let options = ListenerOptions::new().backoff(Duration::from_millis(100), Duration::from_millis(100));
        let mut listener = Listener::connect_with(&db.config(), options).await.unwrap();
        end(&listener, &mut session).await;
        while listener.process().is_some() {
            tokio::task::yield_now().await;
        }
        listener.listen("c").await.unwrap();
        session.notify("c", "x").await.unwrap();
        assert!(gap(&mut listener).await.cause().is_some());
        assert_eq!(told(&mut listener).await, "x");
    }

    async fn a_listener_without_a_connection_closes_at_once(db) {
        let mut session = db.session().await;
        let options = ListenerOptions::new().backoff(Duration::from_secs(3600), Duration::from_secs(3600));
        let listener = Listener::connect_with(&db.config(), options).await.unwrap();
        end(&listener, &mut session).await;
        while listener.process().is_some() {
            tokio::task::yield_now().await;
        }
        within(2, listener.close()).await.unwrap();
    }
}

on_every_major! {
    async fn a_restarted_server_leaves_a_gap_and_nothing_is_told_twice(major) {
        let server = Restartable::start(major);
        let config = server.config();
        let mut listener = eager(&config).await;
        listener.listen("c").await.unwrap();
        let mut session = Session::connect(&config).await.unwrap();
        let mut next = count(&mut session, 0, 5).await;
        let mut first = 0;
        for round in 0..2 {
            let counting = tokio::spawn(async move { count(&mut session, next, next + 2000).await });
            server.restart().await;
            next = counting.await.unwrap();
            // Connected again, and asked behind what was told before.
            listener.listen("c").await.unwrap();
            session = Session::connect(&config).await.unwrap();
            next = count(&mut session, next, next + 5).await;
            let last = format!("end {round}");
            session.notify("c", &last).await.unwrap();
            let (numbers, gaps) = numbers(&mut listener, first, &last).await;
            assert_eq!((numbers.last(), gaps), (Some(&(next - 1)), 1));
            first = next;
        }
        listener.close().await.unwrap();
        server.stop().await;
    }
}
