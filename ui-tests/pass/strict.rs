//! Every lint that a careful crate denies is silent about expansions. `tests/strict.rs` shows the same to clippy.

#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes
)]
#![deny(
    elided_lifetimes_in_paths,
    trivial_casts,
    unused_lifetimes,
    non_ascii_idents,
    unsafe_code
)]

use hathi::{Query, bind, command, copy_in, copy_out, query, sql};

/// One of the crew.
#[derive(Debug)]
pub struct Hand {
    /// The number.
    pub id: i32,
    /// What the others say.
    pub nick: Option<String>,
}

const LATER: Query<(sql::Int4,), Hand> = query!("SELECT id, nick FROM crew WHERE id > $id" as Hand);

/// Named statements.
pub mod statements {
    use hathi::{command, copy_in, copy_out, query};

    query! {
        /// Who has this number.
        pub fn by_id(id): "SELECT name, joined FROM crew WHERE id = $id"
    }

    command! {
        /// Gives somebody another name.
        pub fn rename(id, name): "UPDATE crew SET name = $name WHERE id = $id"
    }

    copy_in! {
        /// Lets many in.
        pub fn newcomers(): "crew (name, nick)"
    }

    copy_in! {
        /// Lets others in.
        pub fn others() -> super::Name: "crew (name)"
    }

    copy_out! {
        /// Everybody.
        pub fn everybody(): "SELECT name, joined FROM crew"
    }

    query! {
        /// Any of nine.
        pub fn any_of(a, b, c, d, e, f, g, h, i):
            "SELECT id, \"nick\" FROM crew WHERE id IN ($a, $b, $c, $d, $e, $f, $g, $h, $i)"
    }
}

/// Somebody who signs on.
#[derive(Debug)]
pub struct Name {
    /// The name.
    pub name: String,
}

struct Ship {
    captain: i32,
}

impl Ship {
    fn captain(&self) {
        let _ = query!("SELECT name FROM crew WHERE id = {self.captain}");
    }
}

fn main() {
    let (id, name) = (1, String::from("Ada"));
    // A row none of whose fields is read, and parameters that are read once.
    let _ = query!("SELECT id, name, joined FROM crew WHERE id = {id}");
    let _ = query!("SELECT id, nick FROM crew WHERE name = {name}" as (i32, _));
    let _ = query!("SELECT ports FROM voyage" as scalar);
    let _ = command!("UPDATE crew SET name = {name} WHERE id = {id}");
    let _ = bind!(LATER; id = 1);
    let _ = (
        statements::by_id(id),
        statements::rename(id, &name),
        statements::any_of(1, 2, 3, 4, 5, 6, 7, 8, 9),
    );
    let _ = (
        copy_in!("crew (name)" as Name),
        copy_in!("crew (name, nick)"),
    );
    let _ = (
        copy_out!("crew (id, name)"),
        copy_out!("crew (id)" as scalar),
    );
    let _ = (
        statements::newcomers(),
        statements::others(),
        statements::everybody(),
    );
    Ship { captain: id }.captain();
}
