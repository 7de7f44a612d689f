//! A session that lives long and is treated badly: calls of all sorts in random order, many dropped half-way.

use std::collections::BTreeMap;

use hathi::sql::{Int4, Text};
use hathi::{Command, Query, Session};
use hathi_tests::{Database, Made, command, on_every_server, poll_times, statement, within};

use crate::live::ask::{ECHO, assert_in_step, number};

const INSERT: Command<(Int4,)> = command!("INSERT INTO t VALUES ($1)", [Int4]);
const INSERT_RETURNING: Query<(Int4,), i32> =
    statement!(writes "INSERT INTO t VALUES ($1) RETURNING id", [Int4] -> ("id", Int4));
const LARGE: Query<(Int4,), String> =
    statement!("SELECT repeat('x', $1) AS s", [Int4] -> ("s", Text));
const FAILING: Query<(Int4,), i32> = statement!("SELECT 1 / ($1 - $1) AS n", [Int4] -> ("n", Int4));
const ROWS: Query<(Int4,), i32> =
    statement!("SELECT n AS n FROM generate_series(1, $1) n", [Int4] -> ("n", Int4));

/// Numbers that look random and are the same each time.
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % sides
    }
}

/// How often a row must be there, may be there, or must not.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Once,
    OnceOrNever,
    Never,
}

/// One call, polled so many times; returns what must have become of the row.
async fn call(session: &mut Session, sort: u32, id: i32, polls: usize) -> Fate {
    let inserted = match sort {
        0 => poll_times(session.execute(INSERT.bind((id,))), polls)
            .await
            .map(|rows| rows.unwrap() == 1),
        1 => poll_times(session.fetch_one(INSERT_RETURNING.bind((id,))), polls)
            .await
            .map(|found| found.unwrap() == id),
        2 => {
            let fresh = Made::new(format!("INSERT INTO t VALUES ({id})"))
                .writes()
                .command();
            poll_times(session.execute(fresh), polls)
                .await
                .map(|rows| rows.unwrap() == 1)
        }
        _ => {
            let script = format!("INSERT INTO t VALUES ({id}); SELECT 1");
            poll_times(session.simple(&script), polls)
                .await
                .map(|rows| rows.unwrap() == 2)
        }
    };
    match inserted {
        Some(inserted) => {
            assert!(inserted);
            Fate::Once
        }
        None if polls == 0 => Fate::Never,
        None => Fate::OnceOrNever,
    }
}

/// One call that changes nothing, polled so many times.
async fn noise(session: &mut Session, sort: u32, polls: usize) {
    match sort {
        0 => drop(
            poll_times(session.fetch_all(ROWS.bind((3000,))), polls)
                .await
                .map(|rows| assert_eq!(rows.unwrap().len(), 3000)),
        ),
        1 => drop(
            poll_times(session.fetch_one(FAILING.bind((5,))), polls)
                .await
                .map(|outcome| outcome.unwrap_err()),
        ),
        2 => drop(
            poll_times(session.fetch_one(LARGE.bind((300_000,))), polls)
                .await
                .map(|text| assert_eq!(text.unwrap().len(), 300_000)),
        ),
        3 => drop(poll_times(session.simple("DISCARD ALL"), polls).await),
        4 => drop(
            poll_times(session.simple("SELECT 1 / 0; SELECT 2"), polls)
                .await
                .map(|outcome| outcome.unwrap_err()),
        ),
        5 => drop(poll_times(session.simple("SELECT generate_series(1, 100000)"), polls).await),
        _ => drop(
            poll_times(session.fetch_one(ROWS.bind((2,))), polls)
                .await
                .map(|outcome| outcome.unwrap_err()),
        ),
    }
}

/// Lives a while; then every row is there as often as it must be.
async fn live(db: &Database, mut session: Session, seed: u32, rounds: i32) {
    let mut dice = Dice(seed);
    let mut fates = BTreeMap::new();
    for id in 1..=rounds {
        let polls = [0, 1, 1, 2, 3, usize::MAX][usize::try_from(dice.roll(6)).unwrap()];
        if dice.roll(2) == 0 {
            fates.insert(id, call(&mut session, dice.roll(4), id, polls).await);
        } else {
            noise(&mut session, dice.roll(7), polls).await;
        }
        if dice.roll(3) == 0 {
            assert_eq!(
                session.fetch_one(ECHO.bind((id,))).await.unwrap(),
                id,
                "round {id} of {seed}"
            );
        }
    }
    assert_in_step(&mut session).await;
    assert!(!session.in_transaction() && !session.is_closed());
    let mut witness = db.session().await;
    for (id, fate) in fates {
        let found = number(
            &mut witness,
            &format!("SELECT count(*) FROM t WHERE id = {id}"),
        )
        .await;
        let fits = match fate {
            Fate::Once => found == 1,
            Fate::OnceOrNever => found <= 1,
            Fate::Never => found == 0,
        };
        assert!(
            fits,
            "row {id} of {seed} is there {found} times, expected {fate:?}"
        );
    }
}

on_every_server! {
    async fn a_session_treated_badly_stays_in_step(db) {
        let mut witness = db.session().await;
        witness.simple("CREATE TABLE t (id int NOT NULL)").await.unwrap();
        for (seed, config) in [(1, db.config()), (2, db.tcp()), (3, db.config().statement_cache(2))] {
            witness.simple("TRUNCATE t").await.unwrap();
            live(db, Session::connect(&config).await.unwrap(), seed, 150).await;
        }
    }

    async fn many_sessions_live_side_by_side(db) {
        let mut sessions = Vec::new();
        for number in 0..20 {
            let mut session = db.session().await;
            sessions.push(tokio::spawn(async move {
                for round in 0..50 {
                    let echo = number * 1000 + round;
                    assert_eq!(session.fetch_one(ECHO.bind((echo,))).await.unwrap(), echo);
                }
            }));
        }
        for session in sessions {
            session.await.unwrap();
        }
    }
}

#[test]
fn sessions_and_their_futures_go_to_any_thread() {
    fn assert_send<T: Send>(_: &T) {}
    fn never(session: &mut Session) {
        assert_send(session);
        assert_send(&session.fetch_all(ROWS.bind((1,))));
        assert_send(&session.execute(INSERT.bind((1,))));
        assert_send(&session.simple(""));
        assert_send(&Session::connect(&hathi::Config::new()));
    }
    let _ = never;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn sessions_move_between_the_threads_of_a_runtime() {
    let db = Database::create(18).await;
    let mut tasks = Vec::new();
    for number in 0..8 {
        let mut session = db.session().await;
        tasks.push(tokio::spawn(async move {
            for round in 0..100 {
                let echo = number * 1000 + round;
                poll_times(session.fetch_all(ROWS.bind((echo,))), 2).await;
                tokio::task::yield_now().await;
                assert_eq!(session.fetch_one(ECHO.bind((echo,))).await.unwrap(), echo);
            }
        }));
    }
    for task in tasks {
        within(60, task).await.unwrap();
    }
    db.remove().await;
}
