//! Five checked statements against a private PostgreSQL: started, migrated, asked and stopped by this program.
//!
//! The SQL below was checked by PostgreSQL. Its answers are the files in `.hathi/`, so no server is needed to compile.

use hathi::{Config, Query, Session, bind, command, query, sql};
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

/// A sailor, as statements fill it: by the names of its fields.
#[derive(Debug)]
struct Sailor {
    id: i32,
    name: String,
    nick: Option<String>, // The column may be NULL; a `String` here would not compile.
}

// A statement is a value: typed, const, and bound as often as you like.
const NAMED: Query<(sql::Text,), Sailor> =
    query!("SELECT id, name, nick FROM sailor WHERE name LIKE $pattern ORDER BY id" as Sailor);

query! {
    /// Where a ship has been: a statement with a name, whose rows are of the type `Ports`.
    fn ports(ship): "SELECT port, departed FROM voyage JOIN ship ON ship.id = ship_id WHERE ship.name = $ship ORDER BY voyage.id"
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    // Stops with this program, however it ends.
    let server = Server::owned()
        .progress(|step| eprintln!("{step}"))
        .start()?;
    let mut session = Session::connect(&server.url().parse::<Config>()?).await?;
    for migration in [
        include_str!("../migrations/1__crew.up.sql"),
        include_str!("../migrations/2__voyages.up.sql"),
    ] {
        session.simple(migration).await?;
    }
    run(&mut session).await?;
    session.close().await?;
    server.stop()?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
async fn run(session: &mut Session) -> Result<(), hathi::Error> {
    // 1. Variables are captured as in format!, and sent as parameters, never as text.
    let name = "Beagle";
    let ship = session
        .fetch_one(query!(
            "INSERT INTO ship (name) VALUES ({name}) RETURNING id"
        ))
        .await?;

    // 2. A command answers how many rows it has touched. A column that may be NULL takes an Option.
    for (name, nick) in [("Ada", Some("Countess")), ("Grace", None), ("Anita", None)] {
        session
            .execute(command!(
                "INSERT INTO sailor (name, nick, ship_id) VALUES ({name}, {nick}, {ship.id})"
            ))
            .await?;
    }
    session
        .execute(command!(
            "INSERT INTO voyage (ship_id, port) VALUES ({ship.id}, 'Bahia'), ({ship.id}, 'Hobart')"
        ))
        .await?;

    // 3. The statement of above, its parameter brought by name.
    for sailor in session.fetch_all(bind!(NAMED; pattern = "A%")).await? {
        println!(
            "sailor {}: {}, called {}",
            sailor.id,
            sailor.name,
            sailor.nick.as_deref().unwrap_or("nothing else")
        );
    }

    // 4. The named statement: a function of its values.
    for Ports { port, departed } in session.fetch_all(ports("Beagle")).await? {
        println!("{name} left {port} at {departed}");
    }

    // 5. One column alone. The LEFT JOIN may find no ship: hathi knows, and the row is an Option.
    let berths: Vec<Option<String>> = session
        .fetch_all(query!(
            "SELECT ship.name FROM sailor LEFT JOIN ship ON ship.id = ship_id ORDER BY sailor.id"
                as scalar
        ))
        .await?;
    println!("berths: {berths:?}");
    Ok(())
}
