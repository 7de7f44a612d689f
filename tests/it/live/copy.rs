//! COPY: rows and bytes, in and out, ended anywhere.

mod anywhere;
mod bytes;
mod dropped;
mod failures;
mod rows;
mod sinks;
mod unfed;

use hathi::sql::{Int4, Nullable, Text, int4, nullable, text};
use hathi::{CopyIn, CopyOptions, CopyOut, Session};
use hathi_tests::Database;

use crate::live::ask::number;

/// The columns of the table that tests copy into.
type Columns = (Int4, Nullable<Text>);

const USERS: CopyIn<Columns> = CopyIn::raw("users (id, name)", (int4, nullable(text)));

const ALL_USERS: CopyOut<(i32, Option<String>)> = CopyOut::raw(
    "SELECT id, name FROM users ORDER BY id",
    (int4, nullable(text)),
);

/// Every format, with what may differ within it.
const FORMATS: &[CopyOptions] = &[
    CopyOptions::binary(),
    CopyOptions::text(),
    CopyOptions::text().delimiter('|'),
    CopyOptions::csv(),
    CopyOptions::csv().header(true).delimiter(';'),
    CopyOptions::csv().null("none").quote('\'').escape('\\'),
];

/// A session in whose database there is the table.
async fn session(db: &Database) -> Session {
    let mut session = db.session().await;
    let table = "CREATE TABLE users (id int PRIMARY KEY CHECK (id < 1000000), name text)";
    session.simple(table).await.unwrap();
    session
}

/// How many rows are in the table for everybody to see.
async fn kept(session: &mut Session) -> i64 {
    number(session, "SELECT count(*) FROM users").await
}

/// All rows that are copied out.
async fn all(session: &mut Session, options: CopyOptions) -> Vec<(i32, Option<String>)> {
    let mut rows = session.copy_out(ALL_USERS.with(options));
    let mut all = Vec::new();
    while let Some(row) = rows.next().await {
        all.push(row.unwrap());
    }
    assert!(rows.next().await.is_none(), "the end stays the end");
    all
}
