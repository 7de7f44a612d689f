//! Every other public future, dropped after each of its polls: `tests/DROPS.md` says which test is whose.

mod calls;
mod cancel;
mod listening;
mod pool;
mod streams;
mod transactions;

use std::future::Future;

use hathi::sql::Int4;
use hathi::{Command, Session};
use hathi_tests::{Database, Driven, Proxy, command};

use crate::live::ask::{ECHO, number};

const INSERT: Command<(Int4,)> = command!("INSERT INTO t VALUES ($1)", [Int4]);

/// A session behind a proxy, and another one that sees what has become of its work.
async fn scene(db: &Database) -> (Proxy, Session, Session) {
    let witness = table(db).await;
    let mut proxy = Proxy::before(db);
    let config = proxy.config();
    let session = proxy.run(Session::connect(&config)).await.unwrap();
    (proxy, session, witness)
}

/// A session in whose database there is the table that the others write to.
async fn table(db: &Database) -> Session {
    let mut session = db.session().await;
    let table = "CREATE TABLE t (n int NOT NULL UNIQUE)";
    session.simple(table).await.unwrap();
    session
}

/// Polls a future so many times, its answer coming byte by byte, and drops it; its output if it ends before.
async fn slowly<F: Future>(proxy: &mut Proxy, polls: i32, future: F) -> Option<F::Output> {
    in_pieces(proxy, (1024, 1), polls, future).await
}

/// The same, in pieces of so many bytes to the server and back.
async fn in_pieces<F: Future>(
    proxy: &mut Proxy,
    (to_server, to_client): (usize, usize),
    polls: i32,
    future: F,
) -> Option<F::Output> {
    proxy.pieces(to_server, to_client);
    let polls = usize::try_from(polls).unwrap();
    let driven = proxy.drive(future, polls).await;
    proxy.open();
    match driven {
        Driven::Done(output, _) => Some(output),
        Driven::Dropped => None,
    }
}

/// Fails unless the session answers what it is asked, and nothing is open in it.
async fn assert_sound(proxy: &mut Proxy, session: &mut Session, polls: i32) {
    for echo in [polls, -polls] {
        let answer = proxy.run(session.fetch_one(ECHO.bind((echo,)))).await;
        assert_eq!(answer.unwrap(), echo, "after {polls} polls");
    }
    assert!(!session.in_transaction(), "after {polls} polls");
}

/// Whether the row is in the table for everybody to see.
async fn is_kept(witness: &mut Session, n: i32) -> bool {
    number(witness, &format!("SELECT count(*) FROM t WHERE n = {n}")).await > 0
}
