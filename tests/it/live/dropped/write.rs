//! Futures dropped while the statement goes out: a socket takes only the first part of it, at every place there is.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;

use hathi::sql::{Int4, Text};
use hathi::{Command, Session};
use hathi_tests::{
    Database, Driven, Made, Proxy, command, frontend_messages, on_every_server, poll_times,
};

use crate::live::ask::{ECHO, number};

/// How many bytes a fresh socket takes while nobody reads at its other end.
fn capacity() -> usize {
    let (mut near, _far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    let bytes = vec![0; 16 << 20];
    let mut taken = 0;
    loop {
        match near.write(&bytes) {
            Ok(count) => taken += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return taken,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A session behind a proxy, and another one that sees what has run.
struct Scene {
    capacity: usize,
    proxy: Proxy,
    session: Session,
    witness: Session,
}

impl Scene {
    async fn new(db: &Database) -> Self {
        let mut witness = db.session().await;
        witness
            .simple("CREATE TABLE marks (mark int NOT NULL)")
            .await
            .unwrap();
        let mut proxy = Proxy::before(db);
        let config = proxy.config().statement_cache(4);
        let session = proxy.run(Session::connect(&config)).await.unwrap();
        Self {
            capacity: capacity(),
            proxy,
            session,
            witness,
        }
    }

    /// Polls once while nobody reads, drops, and uses the session again. Returns all that was sent.
    async fn drop_while_writing(&mut self, victim: impl AsyncFnOnce(&mut Session)) -> Vec<u8> {
        self.proxy.recorded();
        self.proxy.pieces(0, 1024);
        assert!(matches!(
            self.proxy.drive(victim(&mut self.session), 1).await,
            Driven::Dropped
        ));
        self.proxy.open();
        let echo = self
            .proxy
            .run(self.session.fetch_one(ECHO.bind((42,))))
            .await;
        assert_eq!(echo.unwrap(), 42);
        self.proxy.recorded()
    }

    async fn marks(&mut self, mark: i32) -> i64 {
        number(
            &mut self.witness,
            &format!("SELECT count(*) FROM marks WHERE mark = {mark} --"),
        )
        .await
    }
}

/// The tags and the lengths of the messages of a flight, in its order.
type Flight = Vec<(u8, usize)>;

/// Where the socket stopped taking bytes, counted from the end of the flight, if it did.
fn unsent(flight: &Flight, capacity: usize) -> Option<usize> {
    flight
        .iter()
        .map(|(_, length)| length)
        .sum::<usize>()
        .checked_sub(capacity)
}

/// What must have been sent: the messages that were begun, whole, and a Sync.
fn expected(flight: &Flight, capacity: usize) -> String {
    let mut tags = String::new();
    let mut start = 0;
    for (tag, length) in flight {
        if start < capacity {
            tags.push(char::from(*tag));
        }
        start += length;
    }
    if !tags.ends_with('S') {
        tags.push('S');
    }
    tags
}

/// The tags up to the first Sync.
fn sent(bytes: &[u8]) -> String {
    let tags: String = frontend_messages(bytes)
        .iter()
        .map(|message| char::from(message.tag))
        .collect();
    tags.split_inclusive('S').next().unwrap().to_owned()
}

/// The length of the name of the statement that a flight begins to prepare.
fn name_length(bytes: &[u8]) -> usize {
    bytes[5..].iter().position(|byte| *byte == 0).unwrap()
}

/// The flight of a statement with one `int4` parameter on its first use.
fn first_use(name: usize, sql: usize, last: u8) -> Flight {
    let parse = 5 + name + 1 + sql + 1 + 2 + 4;
    let bind = 5 + 1 + name + 1 + 4 + 2 + 8 + 4;
    vec![
        (b'P', parse),
        (b'D', 5 + 1 + name + 1),
        (b'B', bind),
        (b'E', 10),
        (last, 5),
    ]
}

/// Drops a statement at its first use with 0, 1, 2, … bytes unsent, down to somewhere in its Parse.
async fn drop_at_every_write(db: &Database, sql: &str, columns: bool) {
    let mut scene = Scene::new(db).await;
    // One text for all of them: each statement is a part of it that ends somewhere in its comment.
    let text: &'static str =
        Box::leak(format!("{sql} --{}", "x".repeat(scene.capacity)).into_boxed_str());
    let last = if columns { b'H' } else { b'S' };
    let mut name = 35;
    let tail = |name| {
        first_use(name, 0, last)[1..]
            .iter()
            .map(|(_, length)| length)
            .sum::<usize>()
    };
    let mut missing: BTreeSet<usize> = (0..tail(name) + 8).collect();
    let mut mark = 0;
    while let Some(wanted) = missing.first().copied() {
        mark += 1;
        let without_sql: usize = first_use(name, 0, last)
            .iter()
            .map(|(_, length)| length)
            .sum();
        let length = scene.capacity + wanted - without_sql;
        let mut victim = Made::new(&text[..length]).writes().parameter::<Int4>();
        if columns {
            victim = victim.column::<Int4>("mark");
        }
        let victim = victim.bound::<(Int4,), _, _>(|row| Ok(row.get::<Int4, i32>(0)?), (mark,));
        let bytes = scene
            .drop_while_writing(async |session| drop(session.fetch_all(victim).await))
            .await;
        name = name_length(&bytes);
        let flight = first_use(name, length, last);
        let expected = expected(&flight, scene.capacity);
        let place = unsent(&flight, scene.capacity);
        assert_eq!(sent(&bytes), expected, "{place:?} bytes unsent");
        assert_eq!(
            scene.marks(mark).await,
            i64::from(expected.contains('E')),
            "{place:?} bytes unsent"
        );
        if let Some(place) = place {
            missing.remove(&place);
        }
        assert!(mark < 1000, "{missing:?} bytes unsent were never reached");
    }
    assert!(mark > 100, "only {mark} places");
}

on_every_server! {
    async fn a_command_dropped_at_every_partial_write_runs_if_its_execute_was_begun(db) {
        drop_at_every_write(db, "INSERT INTO marks VALUES ($1)", false).await;
    }

    async fn a_write_that_returns_rows_dropped_at_every_partial_write_runs_if_its_execute_was_begun(db) {
        drop_at_every_write(db, "INSERT INTO marks VALUES ($1) RETURNING mark", true).await;
    }

    async fn a_known_command_dropped_at_every_partial_write_runs_if_its_execute_was_begun(db) {
        const INSERT: Command<(Int4, Text)> =
            command!("INSERT INTO marks SELECT $1 WHERE length($2) >= 0", [Int4, Text]);
        let mut scene = Scene::new(db).await;
        scene.proxy.recorded();
        scene.proxy.run(scene.session.execute(INSERT.bind((0, "")))).await.unwrap();
        let name = name_length(&scene.proxy.recorded());
        let without_text = 5 + 1 + name + 1 + 4 + 2 + 8 + 4 + 4;
        for wanted in 0..40 {
            let length = scene.capacity + wanted - without_text - 15;
            let text = "x".repeat(length);
            let mark = i32::try_from(wanted).unwrap() + 1;
            let bytes = scene
                .drop_while_writing(async |session| drop(session.execute(INSERT.bind((mark, &text))).await))
                .await;
            let flight = vec![(b'B', without_text + length), (b'E', 10), (b'S', 5)];
            assert_eq!(unsent(&flight, scene.capacity), Some(wanted));
            let expected = expected(&flight, scene.capacity);
            assert_eq!(sent(&bytes), expected, "{wanted} bytes unsent");
            assert_eq!(scene.marks(mark).await, i64::from(expected.contains('E')), "{wanted} bytes unsent");
        }
    }

    async fn a_script_dropped_at_a_partial_write_runs_as_a_whole(db) {
        let mut scene = Scene::new(db).await;
        let script = format!("INSERT INTO marks VALUES (1); /*{}*/ INSERT INTO marks VALUES (2)", "x".repeat(scene.capacity));
        scene.drop_while_writing(async |session| drop(session.simple(&script).await)).await;
        assert_eq!((scene.marks(1).await, scene.marks(2).await), (1, 1));
    }

    async fn a_statement_that_was_never_polled_never_runs(db) {
        let mut scene = Scene::new(db).await;
        let insert = command!("INSERT INTO marks VALUES ($1)", [Int4]);
        for mark in 0..3 {
            drop(scene.session.execute(insert.bind((mark,))));
            drop(scene.session.simple("INSERT INTO marks VALUES (0)"));
            assert!(poll_times(scene.session.execute(insert.bind((mark,))), 0).await.is_none());
            let echo = scene.proxy.run(scene.session.fetch_one(ECHO.bind((mark,)))).await;
            assert_eq!(echo.unwrap(), mark);
            assert_eq!(scene.marks(mark).await, 0);
        }
        assert_eq!(scene.proxy.run(scene.session.execute(insert.bind((3,)))).await.unwrap(), 1);
    }

    async fn a_statement_dropped_behind_one_that_is_still_being_written_never_runs(db) {
        let mut scene = Scene::new(db).await;
        let text = "x".repeat(scene.capacity);
        let first = Made::new("SELECT length($1) AS n").parameter::<Text>().column::<Int4>("n");
        let first = first.bound::<(Text,), _, _>(|row| Ok(row.get::<Int4, i32>(0)?), (text,));
        scene.proxy.pieces(0, 1024);
        assert!(matches!(scene.proxy.drive(scene.session.fetch_one(first), 1).await, Driven::Dropped));
        let insert = command!("INSERT INTO marks VALUES (1)");
        for polls in 0..5 {
            let victim = scene.session.execute(insert);
            assert!(poll_times(victim, polls.min(1)).await.is_none());
        }
        scene.proxy.open();
        assert_eq!(scene.proxy.run(scene.session.fetch_one(ECHO.bind((7,)))).await.unwrap(), 7);
        assert_eq!(scene.marks(1).await, 0);
    }

    async fn large_statements_written_in_pieces_arrive_whole(db) {
        let mut scene = Scene::new(db).await;
        let text = "äöü".repeat(500_000);
        let echo = Made::new("SELECT $1 AS echo").parameter::<Text>().column::<Text>("echo");
        let echo = echo.bound::<(Text,), _, _>(|row| Ok(row.get::<Text, String>(0)?), (text.clone(),));
        scene.proxy.pieces(30_000, 50_000);
        let mut proxy = scene.proxy;
        match proxy.drive(scene.session.fetch_one(echo), usize::MAX).await {
            Driven::Done(answer, polls) => {
                assert!(answer.unwrap() == text);
                assert!(polls > 20, "only {polls} polls");
            }
            Driven::Dropped => unreachable!(),
        }
    }
}
