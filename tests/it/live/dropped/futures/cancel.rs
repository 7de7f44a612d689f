//! Cancel requests that nobody waits for any more.

use hathi_tests::{Driven, on_every_server, within};

use super::{assert_sound, scene};
use crate::live::ask::{SLEEP, number};

on_every_server! {
    async fn cancel_dropped_after_each_poll_stops_no_later_statement(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        let token = session.cancel_token();
        for polls in 0.. {
            proxy.pieces(1, 1);
            let driven = proxy.drive(token.cancel(), polls).await;
            proxy.open();
            let polls = i32::try_from(polls).unwrap();
            assert_sound(&mut proxy, &mut session, polls).await;
            if let Driven::Done(heard, _) = driven {
                heard.unwrap();
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
    }

    async fn cancel_dropped_once_it_was_polled_leaves_the_server_free(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        let asleep = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND wait_event = 'PgSleep'",
            session.process().unwrap()
        );
        let token = session.cancel_token();
        for polls in 1..8 {
            {
                let mut sleep = Box::pin(session.fetch_one(SLEEP.bind((600.0,))));
                assert!(matches!(proxy.drive(sleep.as_mut(), 1).await, Driven::Dropped));
                proxy.run(async { while number(&mut witness, &asleep).await == 0 {} }).await;
                drop(proxy.drive(token.cancel(), polls).await);
            }
            let polls = i32::try_from(polls).unwrap();
            within(20, assert_sound(&mut proxy, &mut session, polls)).await;
        }
    }
}
