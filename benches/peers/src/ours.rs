//! Our pool, given single statements.

use std::hint::black_box;
use std::time::Duration;

use hathi::__private::{Column, Needs, Origin, Parts, TypeRef};
use hathi::sql::{Int4, Text};
use hathi::{Config, DataRow, Many, Pool, PoolOptions, Query, Session};

use crate::{CONNECTIONS, Outcome, ROWS, TASKS, cpu};

/// One row of three columns.
struct Sailor {
    _id: i32,
    _name: String,
    _age: i32,
}

const BY_ID: Query<(Int4,), Sailor, Many> = Query::__new(
    &Parts {
        sql: "SELECT id, name, age FROM sailor WHERE id = $1",
        parameters: &[TypeRef::Oid(23)],
        names: &["id"],
        columns: &[column("id", 23), column("name", 25), column("age", 23)],
        writes: false,
        summary: "SELECT sailor",
        needs: Needs::NONE,
        origin: Origin {
            file: file!(),
            line: line!(),
            column: column!(),
        },
    },
    decode,
);

const fn column(name: &'static str, oid: u32) -> Column {
    Column {
        name,
        ty: TypeRef::Oid(oid),
    }
}

fn decode(row: &DataRow<'_>) -> Result<Sailor, hathi::Error> {
    Ok(Sailor {
        _id: row.get::<Int4, _>(0)?,
        _name: row.get::<Text, _>(1)?,
        _age: row.get::<Int4, _>(2)?,
    })
}

/// Makes the table.
pub async fn set_up(url: &str) -> Outcome<()> {
    let mut session = Session::connect(&url.parse::<Config>()?).await?;
    let script = format!(
        "DROP TABLE IF EXISTS sailor;
         CREATE TABLE sailor (id integer PRIMARY KEY, name text NOT NULL, age integer NOT NULL);
         INSERT INTO sailor SELECT i, 'sailor ' || i, i % 90 FROM generate_series(1, {ROWS}) AS i;
         ANALYZE sailor"
    );
    session.simple(&script).await?;
    Ok(())
}

/// Runs so many statements and returns what they cost.
pub async fn run(url: &str, statements: usize) -> Outcome<Duration> {
    let pool = Pool::new(url.parse()?, PoolOptions::new().max(CONNECTIONS));
    pool.warm_up(CONNECTIONS).await?;
    spread(&pool, TASKS * 20).await?;
    let before = cpu::spent();
    spread(&pool, statements).await?;
    let spent = cpu::spent() - before;
    if std::env::var_os("PEERS_STATUS").is_some() {
        eprintln!("{:?}", pool.status());
    }
    pool.close().await?;
    Ok(spent)
}

async fn spread(pool: &Pool, statements: usize) -> Outcome<()> {
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let pool = pool.clone();
            tokio::spawn(async move {
                for round in 0..statements / TASKS {
                    let id = i32::try_from((task * 31 + round) % 1000)? % ROWS + 1;
                    black_box(pool.fetch_one(BY_ID.bind((id,))).await?);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}
