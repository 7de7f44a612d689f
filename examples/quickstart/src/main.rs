//! Five checked statements against a private PostgreSQL.
//!
//! Every statement below was checked against PostgreSQL while this file was compiled: its names, its types, and where
//! NULL can come. What the server said is in `.hathi/`, so that compiling it again needs no server. After a change of a
//! statement or a migration, `cargo hathi prepare` asks again.
#![allow(clippy::print_stdout, reason = "the example shows its rows")]

use std::error::Error;

use hathi::{Query, Session, bind, command, query, sql};
use hathi_local::Server;

// A statement with a name is a function. Its rows are of a struct of the same name: `ByEmail`.
query! {
    /// The member with this address.
    fn by_email(email): "SELECT id, name, nick FROM crew WHERE email = $email"
}

/// A struct of ours: every field is compared with its column.
struct Member {
    id: i32,
    name: String,
    // The table allows NULL here. Without `Option` this would not compile.
    nick: Option<String>,
}

// A statement is a value: the SQL types of its parameters, and what a row becomes. It is bound later, by name.
const JOINED_AFTER: Query<(sql::Int4,), Member> =
    query!("SELECT id, name, nick FROM crew WHERE id > $id ORDER BY id" as Member);

const MIGRATIONS: [&str; 2] = [
    include_str!("../migrations/0001__crew.up.sql"),
    include_str!("../migrations/0002__voyage.up.sql"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The programs of PostgreSQL are found on this machine, or fetched once. The server stops with this process.
    let server = Server::owned().progress(|step| eprintln!("{step}"));
    let server = server.start()?;
    let mut session = Session::connect(&server.url().parse()?).await?;
    for script in MIGRATIONS {
        session.simple(script).await?;
    }
    sail(&mut session).await?;
    session.close().await?;
    server.stop()?;
    Ok(())
}

async fn sail(session: &mut Session) -> Result<(), hathi::Error> {
    // Variables are captured as in `format!`. They travel beside the SQL, never inside it.
    let (name, email, nick) = ("Barbara", "barbara@example.org", None::<&str>);
    let join = command!("INSERT INTO crew (name, email, nick) VALUES ({name}, {email}, {nick})");
    let joined = session.execute(join).await?;
    println!("{joined} member joined");

    // The named statement. An address belongs to one member at most: `fetch_optional` is an `Option`.
    let address = "grace@example.org";
    if let Some(ByEmail { id, name, nick }) = session.fetch_optional(by_email(address)).await? {
        println!("{name} is number {id}, called {nick:?}");
    }

    // The statement of above, and its rows as our struct. Names cannot be swapped as positions can.
    for member in session.fetch_all(bind!(JOINED_AFTER; id = 1)).await? {
        let nick = member.nick.unwrap_or_else(|| "just that".to_owned());
        println!("number {} is {}, called {nick}", member.id, member.name);
    }

    // The column is NOT NULL in its table; the outer join makes it an `Option` all the same.
    let voyages = query!(
        "SELECT crew.name, voyage.destination"
        "FROM crew LEFT JOIN voyage ON voyage.captain = crew.id"
        "ORDER BY crew.name"
    );
    for row in session.fetch_all(voyages).await? {
        let destination = row.destination.unwrap_or_else(|| "nowhere yet".to_owned());
        println!("{} sails to {destination}", row.name);
    }

    // One value, without a row around it. The `!` says what we know better: a count is never NULL.
    let count = query!("SELECT count(*) AS total FROM crew" as scalar);
    println!("{} members in all", session.fetch_one(count).await?);
    Ok(())
}
