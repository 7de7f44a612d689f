//! A CSV file loaded by one COPY, and exported in another order by another.
//!
//! `copy_in!` holds the struct of a row against the table while this compiles: each of its fields has a column of its type,
//! the one that can be missing is an `Option`, and no column that the table needs is left out. A line that is no reading
//! ends the COPY, and the table stays as it was. `copy_out!` checks a query in the same way; its rows arrive one by one, or
//! as CSV for another program.
#![allow(clippy::print_stdout, reason = "the example shows what became of it")]

mod database;
mod reading;

use std::error::Error;

use database::Database;
use hathi::{CopyOptions, Session, copy_in, copy_out};
use reading::Reading;

const MIGRATION: &str = include_str!("../migrations/0001__reading.up.sql");
const READINGS: &str = include_str!("../readings.csv");

copy_in! {
    /// Readings on their way into the table.
    fn readings() -> Reading: "reading (station, hour, celsius)"
}

copy_out! {
    /// All readings, the coldest first.
    fn by_warmth(): "
        SELECT station, hour, celsius
          FROM reading
         ORDER BY celsius, station
    "
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(MIGRATION).await?;
    let mut session = database.session().await?;

    let count = load(&mut session, READINGS).await?;
    println!("{count} readings loaded");
    if let Err(error) = load(&mut session, "station,hour,celsius\nOslo,6,cold\n").await {
        let reason = error.source().map(ToString::to_string);
        println!("nothing loaded: {}", reason.unwrap_or_default());
    }

    let mut rows = session.copy_out(by_warmth());
    while let Some(row) = rows.next().await {
        let ByWarmth {
            station,
            hour,
            celsius,
        } = row?;
        match celsius {
            Some(celsius) => println!("{station} at {hour}: {celsius} °C"),
            None => println!("{station} at {hour}: nothing"),
        }
    }
    drop(rows);

    let mut csv = Vec::new();
    let format = CopyOptions::csv().header(true);
    session
        .copy_out_to(by_warmth().with(format), &mut csv)
        .await?;
    print!("{}", String::from_utf8(csv)?);

    session.close().await?;
    database.close()?;
    Ok(())
}

/// Loads all lines behind the first, or none.
async fn load(session: &mut Session, csv: &str) -> Result<u64, hathi::Error> {
    let mut copy = session.copy_in(readings()).await?;
    let lines = csv.lines().skip(1);
    copy.try_send_all(lines.map(Reading::parse)).await?;
    copy.finish().await
}
