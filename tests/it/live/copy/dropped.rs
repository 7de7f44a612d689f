//! Futures of a COPY, dropped after each of their polls.

use futures_util::StreamExt as _;
use hathi::sql::{int4, text};
use hathi::{CopyOptions, CopyOut, Pool, PoolOptions, Session};
use hathi_tests::{Database, Driven, Proxy, on_every_server, poll_times, within};

use super::anywhere::every_way;
use super::{ALL_USERS, USERS, kept, session};
use crate::live::ask::{ECHO, assert_in_step};

const NAMES: CopyOut<(i32, String)> = CopyOut::raw(
    "SELECT n, repeat('x', n) FROM generate_series(1, 5) n",
    (int4, text),
);

/// A session behind a proxy, and another one that sees what has become of its work.
async fn scene(db: &Database) -> (Proxy, Session, Session) {
    let witness = session(db).await;
    let mut proxy = Proxy::before(db);
    let config = proxy.config();
    let session = proxy.run(Session::connect(&config)).await.unwrap();
    (proxy, session, witness)
}

/// Polls a future so many times, a few bytes moving between two of them, and drops it; its output if it ends before.
async fn slowly<F: Future>(proxy: &mut Proxy, polls: usize, future: F) -> Option<F::Output> {
    proxy.pieces(16, 7);
    let driven = proxy.drive(future, polls).await;
    proxy.open();
    match driven {
        Driven::Done(output, _) => Some(output),
        Driven::Dropped => None,
    }
}

/// Fails unless the session answers what it is asked, and nothing is open in it.
async fn assert_sound(proxy: &mut Proxy, session: &mut Session, polls: usize) {
    for echo in [3, 4] {
        let answer = within(20, proxy.run(session.fetch_one(ECHO.bind((echo,))))).await;
        assert_eq!(answer.unwrap(), echo, "after {polls} polls");
    }
    assert!(!session.in_transaction(), "after {polls} polls");
}

/// Drops a future after each number of polls: what it did is kept whole if it ended, and not at all before its end was
/// begun.
macro_rules! after_each_poll {
    ($db:ident, $rows:literal, |$session:ident| $copy:expr) => {{
        let (mut proxy, mut session, mut witness) = scene($db).await;
        let mut kept_dropped = 0;
        for polls in 0.. {
            let outcome = {
                let $session = &mut session;
                slowly(&mut proxy, polls, async { $copy }).await
            };
            assert_sound(&mut proxy, &mut session, polls).await;
            let rows = kept(&mut witness).await;
            if let Some(count) = outcome {
                assert_eq!((count.unwrap(), rows), ($rows, $rows));
                assert!(polls > 10, "only {polls} polls");
                break;
            }
            assert!([0, $rows].contains(&rows), "{rows} after {polls} polls");
            // Only while the answer to its end is on the way.
            kept_dropped += usize::from(rows > 0);
            witness.simple("TRUNCATE users").await.unwrap();
        }
        assert!(kept_dropped < 30, "kept {kept_dropped} times");
    }};
}

on_every_server! {
    async fn rows_of_an_iterator_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        after_each_poll!(db, 3, |session| session.copy_in_rows(USERS, [(1, "a"), (2, "b"), (3, "c")]).await);
    }

    async fn rows_one_by_one_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        after_each_poll!(db, 3, |session| {
            let mut copy = session.copy_in(USERS.with(CopyOptions::csv())).await?;
            for id in 1..=3 {
                copy.send((id, "name")).await?;
                copy.flush().await?;
            }
            copy.finish().await
        });
    }

    async fn rows_that_can_fail_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        after_each_poll!(db, 2, |session| {
            let mut copy = session.copy_in(USERS).await?;
            copy.try_send_all([Ok::<_, hathi::Error>((1, "a"))]).await?;
            copy.flush().await?;
            copy.try_send_all([Ok::<_, hathi::Error>((2, "a"))]).await?;
            copy.finish().await
        });
    }

    async fn rows_of_a_stream_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        let mut other = db.session().await;
        after_each_poll!(db, 5, |session| session.copy_in_stream(USERS, other.copy_out(NAMES)).await);
        assert_in_step(&mut other).await;
    }

    async fn rows_of_a_stream_that_cannot_fail_are_dropped_as_well(db) {
        let mut other = db.session().await;
        after_each_poll!(db, 5, |session| {
            let mut copy = session.copy_in(USERS).await?;
            copy.send_stream(Unfailing(other.copy_out(NAMES))).await?;
            copy.finish().await
        });
    }

    async fn a_forwarded_stream_of_bytes_dropped_after_each_poll_is_kept_whole_or_not_at_all(db) {
        let mut other = db.session().await;
        after_each_poll!(db, 5, |session| {
            let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await?;
            other.copy_out_raw(NAMES.with(CopyOptions::csv())).forward(&mut copy).await?;
            Ok::<_, hathi::Error>(i64::try_from(copy.progress().rows).unwrap())
        });
        assert_in_step(&mut other).await;
    }

    async fn a_forwarded_stream_dropped_after_each_poll_is_kept_whole_or_not_at_all(db) {
        let mut other = db.session().await;
        after_each_poll!(db, 5, |session| {
            let mut copy = session.copy_in(USERS).await?;
            other.copy_out(NAMES).forward(&mut copy).await?;
            Ok::<_, hathi::Error>(i64::try_from(copy.progress().rows).unwrap())
        });
        assert_in_step(&mut other).await;
    }

    async fn bytes_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        after_each_poll!(db, 2, |session| {
            let mut copy = session.copy_in_raw(USERS.with(CopyOptions::csv())).await?;
            copy.send(b"1,a\n2").await?;
            copy.flush().await?;
            copy.send_from(&b",b\n"[..]).await?;
            copy.finish().await
        });
    }

    async fn bytes_of_a_reader_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        after_each_poll!(db, 2, |session| session.copy_in_from(USERS.with(CopyOptions::csv()), &b"1,a\n2,b\n"[..]).await);
    }

    async fn a_copy_that_is_aborted_keeps_nothing_wherever_that_is_dropped(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for raw in [false, true] {
            for polls in 0.. {
                let outcome = if raw {
                    let copy = proxy.run(session.copy_in_raw(USERS.with(CopyOptions::csv()))).await.unwrap();
                    slowly(&mut proxy, polls, copy.abort("never mind")).await
                } else {
                    let mut copy = proxy.run(session.copy_in(USERS)).await.unwrap();
                    proxy.run(copy.send((1, "a"))).await.unwrap();
                    slowly(&mut proxy, polls, copy.abort("never mind")).await
                };
                assert_sound(&mut proxy, &mut session, polls).await;
                assert_eq!(kept(&mut witness).await, 0);
                if let Some(outcome) = outcome {
                    outcome.unwrap();
                    assert!(polls > 3, "only {polls} polls");
                    break;
                }
            }
        }
    }

    async fn rows_on_their_way_out_are_not_lost_with_a_future(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for options in [CopyOptions::binary(), CopyOptions::csv()] {
            for lends in [false, true] {
                let mut rows = session.copy_out(NAMES.with(options));
                let mut seen = Vec::new();
                loop {
                    let row = if lends {
                        let lent = slowly(&mut proxy, 3, rows.lend()).await;
                        lent.map(|lent| lent.unwrap().map(|row| row.get::<hathi::sql::Int4, i32>(0).unwrap()))
                    } else {
                        let row = slowly(&mut proxy, 3, rows.next()).await;
                        row.map(|row| row.map(|row| row.unwrap().0))
                    };
                    match row {
                        Some(Some(n)) => seen.push(n),
                        Some(None) => break,
                        None => {}
                    }
                }
                drop(rows);
                assert_eq!(seen, [1, 2, 3, 4, 5]);
                assert_sound(&mut proxy, &mut session, 3).await;
            }
        }
    }

    async fn rows_on_their_way_out_dropped_after_each_poll_leave_the_session_in_step(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for polls in 0.. {
            let mut rows = session.copy_out(NAMES);
            let all = async {
                let mut seen = 0;
                while let Some(row) = rows.next().await {
                    row.unwrap();
                    seen += 1;
                }
                seen
            };
            let outcome = slowly(&mut proxy, polls, all).await;
            drop(rows);
            assert_sound(&mut proxy, &mut session, polls).await;
            if let Some(seen) = outcome {
                assert!(seen == 5 && polls > 20, "{seen} rows, {polls} polls");
                break;
            }
        }
    }

    async fn bytes_on_their_way_out_dropped_after_each_poll_leave_the_session_in_step(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for polls in 0.. {
            let mut bytes = Vec::new();
            let outcome = slowly(&mut proxy, polls, session.copy_out_to(NAMES, &mut bytes)).await;
            assert_sound(&mut proxy, &mut session, polls).await;
            let mut bytes = session.copy_out_raw(NAMES);
            let piece = slowly(&mut proxy, polls, bytes.next()).await;
            drop(bytes);
            assert_sound(&mut proxy, &mut session, polls).await;
            if let (Some(rows), Some(piece)) = (outcome, piece) {
                assert_eq!(rows.unwrap(), 5);
                assert!(piece.is_some_and(|piece| piece.is_ok()));
                break;
            }
        }
    }

    async fn a_copy_of_a_pool_dropped_after_each_poll_gives_its_place_back(db) {
        let mut witness = session(db).await;
        let pool = Pool::new(db.config(), PoolOptions::new().max(1));
        for polls in 0..40 {
            let pending = poll_times(pool.copy_in_rows(USERS, [(1, "a")]), polls).await;
            let _ = pending;
            let pending = poll_times(pool.copy_in_from(USERS.with(CopyOptions::csv()), &b"2,b\n"[..]), polls).await;
            let _ = pending;
            let pending = poll_times(pool.copy_out_to(ALL_USERS, &mut Vec::new()), polls).await;
            let _ = pending;
            let pending = poll_times(async {
                let mut rows = pool.copy_out(ALL_USERS).await.unwrap();
                while let Some(row) = rows.next().await {
                    row.unwrap();
                }
                drop(rows);
                let mut bytes = pool.copy_out_raw(ALL_USERS).await.unwrap();
                while let Some(piece) = bytes.next().await {
                    piece.unwrap();
                }
            }, polls).await;
            let _ = pending;
            let pending = poll_times(async {
                let mut other = db.session().await;
                pool.copy_in_stream(USERS, other.copy_out(NAMES)).await
            }, polls).await;
            let _ = pending;
            let pending = poll_times(async {
                let mut copy = pool.copy_in_raw(USERS.with(CopyOptions::csv())).await.unwrap();
                copy.send(b"3,c\n").await.unwrap();
                copy.flush().await.unwrap();
            }, polls).await;
            let _ = pending;
            let answer = within(20, pool.fetch_one(ECHO.bind((7,)))).await;
            assert_eq!(answer.unwrap(), 7, "after {polls} polls");
            witness.simple("TRUNCATE users").await.unwrap();
        }
        within(20, pool.close()).await.unwrap();
    }

    async fn the_copies_of_any_client_dropped_after_each_poll_are_kept_whole_or_not_at_all(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            proxy.pieces(256, 128);
            let driven = proxy.drive(every_way(&mut session), polls).await;
            proxy.open();
            assert_sound(&mut proxy, &mut session, polls).await;
            let rows = kept(&mut witness).await;
            assert!([0, 2, 4, 5, 6, 7].contains(&rows), "{rows} after {polls} polls");
            if let Driven::Done(count, _) = driven {
                assert_eq!(count.unwrap(), 7);
                assert!(polls > 20, "only {polls} polls");
                break;
            }
            witness.simple("TRUNCATE users").await.unwrap();
        }
    }

    async fn a_copy_of_a_transaction_dropped_after_each_poll_ends_with_it(db) {
        let (mut proxy, mut session, mut witness) = scene(db).await;
        for polls in 0.. {
            let mut tx = session.begin();
            let done = slowly(&mut proxy, polls, async {
                tx.copy_in_rows(USERS, [(1, "a")]).await?;
                tx.copy_in_from(USERS.with(CopyOptions::csv()), &b"2,b\n"[..]).await?;
                tx.copy_out_to(ALL_USERS, &mut Vec::new()).await?;
                tx.copy_in_raw(USERS).await?.abort("enough").await
            }).await;
            drop(tx);
            assert_sound(&mut proxy, &mut session, polls).await;
            if done.is_some() {
                assert!(polls > 10, "only {polls} polls");
                break;
            }
        }
        assert_eq!(kept(&mut witness).await, 0);
    }

    async fn an_early_drop_of_a_long_copy_frees_the_session_soon(db) {
        let mut session = session(db).await;
        let long = CopyOut::raw("SELECT generate_series(1, 100000000) n", int4);
        for _ in 0..3 {
            let mut rows = session.copy_out(long);
            assert_eq!(rows.next().await.unwrap().unwrap(), 1);
            drop(rows);
            within(5, assert_in_step(&mut session)).await;
        }
        let mut copy = session.copy_in(USERS).await.unwrap();
        copy.send_all((0..200_000).map(|id| (id, "a"))).await.unwrap();
        drop(copy);
        within(5, assert_in_step(&mut session)).await;
        assert_eq!(kept(&mut session).await, 0);
    }
}

/// The rows of a stream whose errors are the test's.
struct Unfailing<'s>(hathi::CopyRows<'s, (i32, String)>);

impl futures_core::Stream for Unfailing<'_> {
    type Item = (i32, String);

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let row = std::pin::Pin::new(&mut self.0).poll_next(cx);
        row.map(|row| row.map(Result::unwrap))
    }
}
