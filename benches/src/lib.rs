//! The statements and the table that the benchmarks share.

mod counting;

use hathi::__private::{Column, Needs, Origin, Parts, TypeRef};
use hathi::sql::{Int4, Text};
use hathi::{Config, DataRow, Error, Many, Query, Session};

pub use self::counting::instructions_each;

/// One row of three columns.
#[derive(Debug)]
pub struct Sailor {
    /// The key.
    pub id: i32,
    /// The name: the one allocation of a row.
    pub name: String,
    /// The age.
    pub age: i32,
}

/// How many rows the table has.
pub const ROWS: i32 = 1_000;

const PARTS: Parts = Parts {
    sql: "SELECT id, name, age FROM sailor WHERE id = $1",
    parameters: &[TypeRef::Oid(23)],
    names: &["id"],
    columns: &[
        Column {
            name: "id",
            ty: TypeRef::Oid(23),
        },
        Column {
            name: "name",
            ty: TypeRef::Oid(25),
        },
        Column {
            name: "age",
            ty: TypeRef::Oid(23),
        },
    ],
    writes: false,
    summary: "SELECT sailor",
    needs: Needs::NONE,
    origin: Origin {
        file: file!(),
        line: line!(),
        column: column!(),
    },
};

/// One sailor by the key.
pub const BY_ID: Query<(Int4,), Sailor, Many> = Query::__new(&PARTS, decode);

/// Sailors up to a key.
pub const UP_TO: Query<(Int4,), Sailor, Many> = Query::__new(
    &Parts {
        sql: "SELECT id, name, age FROM sailor WHERE id <= $1",
        ..PARTS
    },
    decode,
);

fn decode(row: &DataRow<'_>) -> Result<Sailor, Error> {
    Ok(Sailor {
        id: row.get::<Int4, _>(0)?,
        name: row.get::<Text, _>(1)?,
        age: row.get::<Int4, _>(2)?,
    })
}

/// Makes the table anew.
///
/// # Errors
///
/// If the server refuses.
pub async fn set_up(config: &Config) -> Result<(), Error> {
    let mut session = Session::connect(config).await?;
    let script = format!(
        "DROP TABLE IF EXISTS sailor;
         CREATE TABLE sailor (id integer PRIMARY KEY, name text NOT NULL, age integer NOT NULL);
         INSERT INTO sailor SELECT i, 'sailor ' || i, i % 90 FROM generate_series(1, {ROWS}) AS i;
         ANALYZE sailor"
    );
    session.simple(&script).await?;
    session.close().await
}
