//! A lint is silent where the call allows it, and where the compiler is told to allow what is deprecated.

#![deny(warnings, clippy::all, clippy::pedantic)]

use hathi::{Command, Query, command, command_file, copy_out, query, sql};

const DISMISS: Command<()> = command!("DELETE FROM crew", allow(no_where));
const SOME: Query<(sql::Int8,), (i32, String)> =
    query!("SELECT id, name FROM crew LIMIT $count" as tuple, allow(unordered_limit));

query! {
    /// Somebody.
    pub fn somebody(): "SELECT name FROM crew LIMIT 1", allow(unordered_limit)
}

command! {
    /// Sells the ship.
    pub fn sell(): "DELETE FROM voyage", allow(no_where);
}

copy_out! {
    /// A few.
    pub fn few(): "SELECT id, name FROM crew LIMIT 10", allow(unordered_limit)
}

#[allow(deprecated, reason = "all lints of the function")]
fn pairs() {
    let _ = query!("SELECT c.name, v.ports FROM crew c, voyage v" as tuple);
    let _ = command!("DELETE FROM voyage");
}

#[expect(deprecated, reason = "the lint is expected")]
fn nobody() {
    let _ = query!("SELECT id FROM crew WHERE nick = NULL");
}

fn main() {
    let count = 10_i64;
    let _ = query!(
        r#"SELECT id AS "id!" FROM crew LIMIT {count}"#,
        allow(unordered_limit, redundant_mark),
    );
    let _ = command_file!("queries/dismiss_all.sql", allow(no_where));
    let _ = (DISMISS, SOME, somebody(), sell(), few());
    pairs();
    nobody();
}
