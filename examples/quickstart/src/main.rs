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
    let server = Server::owned()
        .progress(|step| eprintln!("{step}"))
        .start()?;
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
    let added = session
        .execute(command!(
            "INSERT INTO crew (name, email, nick) VALUES ({name}, {email}, {nick})"
        ))
        .await?;
    println!("{added} member joined");

    // The rows of the named statement: at most one here, since the address is unique.
    if let Some(grace) = session
        .fetch_optional(by_email("grace@example.org"))
        .await?
    {
        println!(
            "{} is number {}, called {:?}",
            grace.name, grace.id, grace.nick
        );
        for Member { id, name, nick } in session
            .fetch_all(bind!(JOINED_AFTER; id = grace.id))
            .await?
        {
            println!("after her came {name}, number {id}, called {nick:?}");
        }
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
    let total = session
        .fetch_one(query!("SELECT count(*) AS \"total!\" FROM crew" as scalar))
        .await?;
    println!("{total} members in all");
    Ok(())
}
