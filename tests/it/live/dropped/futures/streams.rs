//! The futures of a stream's rows: dropping one of them loses no row.

use std::num::NonZeroU32;

use hathi::sql::{Int4, Text};
use hathi::{Query, Rows};
use hathi_tests::{on_every_server, statement};

use super::{assert_sound, scene, slowly};

const NAMES: Query<(), (i32, String)> = statement!("SELECT n AS n, repeat('x', n) AS name FROM generate_series(1, 5) n", [] -> [("n", Int4), ("name", Text)]);

fn expected() -> Vec<(i32, String)> {
    let name = |n: i32| "x".repeat(usize::try_from(n).unwrap());
    (1..=5).map(|n| (n, name(n))).collect()
}

/// All at once, and in parts.
fn in_parts<R>(rows: Rows<'_, R>, parts: u32) -> Rows<'_, R> {
    match NonZeroU32::new(parts) {
        Some(size) => rows.fetch_size(size),
        None => rows,
    }
}

on_every_server! {
    async fn next_dropped_after_each_poll_loses_no_row(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for parts in [0, 2] {
            for polls in [2, 3, 8] {
                let mut rows = in_parts(session.stream(NAMES), parts);
                assert!(slowly(&mut proxy, 0, rows.next()).await.is_none());
                let mut seen = Vec::new();
                loop {
                    match slowly(&mut proxy, polls, rows.next()).await {
                        Some(Some(row)) => seen.push(row.unwrap()),
                        Some(None) => break,
                        None => {}
                    }
                }
                drop(rows);
                assert_eq!(seen, expected(), "{polls} polls at a time");
                assert_sound(&mut proxy, &mut session, polls).await;
            }
        }
    }

    async fn lend_dropped_after_each_poll_loses_no_row(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for parts in [0, 2] {
            for polls in [2, 3, 8] {
                let mut rows = in_parts(session.stream(NAMES), parts);
                assert!(slowly(&mut proxy, 0, rows.lend()).await.is_none());
                let mut seen = Vec::new();
                loop {
                    let lent = slowly(&mut proxy, polls, rows.lend()).await;
                    match lent.transpose().unwrap() {
                        Some(Some(row)) => {
                            let name: &str = row.get::<Text, _>(1).unwrap();
                            seen.push((row.get::<Int4, i32>(0).unwrap(), name.to_owned()));
                        }
                        Some(None) => break,
                        None => {}
                    }
                }
                drop(rows);
                assert_eq!(seen, expected(), "{polls} polls at a time");
                assert_sound(&mut proxy, &mut session, polls).await;
            }
        }
    }

    async fn a_stream_dropped_after_each_poll_of_its_rows_leaves_the_session_in_step(db) {
        let (mut proxy, mut session, _witness) = scene(db).await;
        for parts in [0, 2] {
            for polls in 0.. {
                let mut rows = in_parts(session.stream(NAMES), parts);
                let all = async {
                    let mut seen = Vec::new();
                    while let Some(row) = rows.next().await {
                        seen.push(row.unwrap());
                    }
                    seen
                };
                let outcome = slowly(&mut proxy, polls, all).await;
                drop(rows);
                assert_sound(&mut proxy, &mut session, polls).await;
                if let Some(seen) = outcome {
                    assert_eq!(seen, expected());
                    assert!(polls > 60, "only {polls} polls");
                    break;
                }
            }
        }
    }
}
