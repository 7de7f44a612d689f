//! Listening, on sessions and by listeners.

use hathi::{Channel, Event, Listener};
use hathi_tests::{Database, Driven, Proxy, on_every_server, within};

use super::{assert_sound, in_pieces, scene, slowly};
use crate::live::ask::number;

const NUMBERS: Channel<i32> = Channel::new("numbers");

/// How many sessions of a database listen, or might.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity \
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";

/// The payload of a notification.
fn payload<T>(event: Event<T>) -> T {
    event
        .notification()
        .expect("a notification and no gap")
        .payload
}

/// A listener behind a proxy, which listens to the numbers; and a session that says some.
async fn heard(db: &Database, from: i32, to: i32) -> (Proxy, Listener) {
    let mut proxy = Proxy::before(db);
    let config = proxy.config();
    let listener = proxy.run(Listener::connect(&config)).await.unwrap();
    proxy.run(listener.listen(&NUMBERS)).await.unwrap();
    let mut session = db.session().await;
    for number in from..to {
        session.notify(&NUMBERS, &number).await.unwrap();
    }
    (proxy, listener)
}

on_every_server! {
    async fn listen_and_unlisten_dropped_after_each_poll_leave_the_session_in_step(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for listens in [true, false] {
            for polls in 0.. {
                let outcome = match listens {
                    true => slowly(&mut proxy, polls, session.listen("c")).await,
                    false => slowly(&mut proxy, polls, session.unlisten("c")).await,
                };
                assert_sound(&mut proxy, &mut session, polls).await;
                if let Some(outcome) = outcome {
                    outcome.unwrap();
                    assert!(polls > 10, "only {polls} polls");
                    break;
                }
            }
            let channels = "SELECT count(*) FROM pg_listening_channels()";
            let channels = proxy.run(number(&mut session, channels)).await;
            assert_eq!(channels, i64::from(listens));
        }
    }

    async fn notifications_of_a_session_waited_for_by_futures_dropped_after_each_poll_are_all_told_once(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        proxy.run(session.listen(&NUMBERS)).await.unwrap();
        for stream in [true, false] {
            witness.simple("SELECT pg_notify('numbers', n::text) FROM generate_series(0, 4) n").await.unwrap();
            let (mut polls, mut numbers) = (0, Vec::new());
            while numbers.len() < 5 {
                let outcome = if stream {
                    let mut notifications = session.notifications();
                    in_pieces(&mut proxy, (1024, 1), polls % 8, notifications.next()).await.flatten()
                } else {
                    in_pieces(&mut proxy, (1024, 1), polls % 8, session.next_notification()).await
                };
                numbers.extend(outcome.map(|event| payload(event.unwrap())));
                polls += 1;
            }
            assert_eq!(numbers, ["0", "1", "2", "3", "4"]);
        }
        assert_sound(&mut proxy, &mut session, 1).await;
    }

    async fn connecting_a_listener_dropped_after_each_poll_leaves_no_session_behind(db) {
        let mut witness = db.session().await;
        for subscribes in [true, false] {
            for polls in 0.. {
                let mut proxy = Proxy::before(db);
                let config = proxy.config();
                proxy.pieces(1024, 64);
                let done = match subscribes {
                    true => matches!(proxy.drive(NUMBERS.subscribe(&config), polls).await, Driven::Done(..)),
                    false => matches!(proxy.drive(Listener::connect(&config), polls).await, Driven::Done(..)),
                };
                proxy.open();
                let gone = async { while number(&mut witness, OTHERS).await > 0 {} };
                within(20, proxy.run(gone)).await;
                if done {
                    assert!(polls > 5, "only {polls} polls");
                    break;
                }
            }
        }
    }

    async fn channels_of_a_listener_changed_by_futures_dropped_after_each_poll_can_be_changed_again(db) {
        let (mut proxy, mut listener) = heard(db, 0, 0).await;
        let mut session = db.session().await;
        for polls in 0..12 {
            drop(slowly(&mut proxy, polls, listener.listen("c")).await);
            proxy.run(listener.listen("c")).await.unwrap();
            session.notify("c", &polls.to_string()).await.unwrap();
            let told = proxy.run(listener.next()).await.unwrap().unwrap();
            assert_eq!(payload(told), polls.to_string());
            drop(slowly(&mut proxy, polls, listener.unlisten("c")).await);
            proxy.run(listener.unlisten("c")).await.unwrap();
            session.notify("c", "nobody listens").await.unwrap();
        }
    }

    async fn what_a_listener_tells_to_futures_dropped_after_each_poll_is_told_once(db) {
        let (mut proxy, mut listener) = heard(db, 0, 10).await;
        let (mut polls, mut numbers) = (0, Vec::new());
        while numbers.len() < 10 {
            let outcome = slowly(&mut proxy, polls % 8, listener.next()).await.flatten();
            numbers.extend(outcome.map(|event| payload(event.unwrap())));
            polls += 1;
        }
        assert_eq!(numbers, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    async fn what_a_subscription_tells_to_futures_dropped_after_each_poll_is_told_once(db) {
        let mut session = db.session().await;
        let mut proxy = Proxy::before(db);
        let config = proxy.config();
        let mut subscription = proxy.run(NUMBERS.subscribe(&config)).await.unwrap();
        for number in 0..10 {
            session.notify(&NUMBERS, &number).await.unwrap();
        }
        let (mut polls, mut numbers) = (0, Vec::new());
        while numbers.len() < 10 {
            let outcome = slowly(&mut proxy, polls % 8, subscription.next()).await.flatten();
            numbers.extend(outcome.map(|event| payload(event.unwrap())));
            polls += 1;
        }
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    async fn closing_a_listener_dropped_after_each_poll_closes_all_the_same(db) {
        let mut witness = db.session().await;
        for polls in 0.. {
            let mut proxy = Proxy::before(db);
            let config = proxy.config();
            let mut done = true;
            for subscribed in [true, false] {
                let driven = if subscribed {
                    let subscription = proxy.run(NUMBERS.subscribe(&config)).await.unwrap();
                    proxy.drive(subscription.close(), polls).await
                } else {
                    let listener = proxy.run(Listener::connect(&config)).await.unwrap();
                    proxy.drive(listener.close(), polls).await
                };
                let gone = async { while number(&mut witness, OTHERS).await > 0 {} };
                within(20, proxy.run(gone)).await;
                match driven {
                    Driven::Done(closed, _) => closed.unwrap(),
                    Driven::Dropped => done = false,
                }
            }
            if done {
                break;
            }
        }
    }
}
