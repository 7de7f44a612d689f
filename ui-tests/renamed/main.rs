//! The crate has another name in the manifest, a module of the user has its usual one, and the edition is 2021.

use elephant::{Query, bind, command, copy_in, copy_out, query, sql};

mod hathi {}

const BY_NAME: Query<(sql::Text,), (i32,)> = query!("SELECT id FROM crew WHERE name = $name" as tuple);

query! {
    fn by_id(id): "SELECT name, joined FROM crew WHERE id = $id"
}

fn main() {
    let id = 1;
    let _ = query!("SELECT id, name, joined FROM crew WHERE id = {id}");
    let _ = command!("DELETE FROM crew WHERE id = {id}");
    let _ = bind!(BY_NAME; name = "Ada");
    let _ = by_id(id);
    let _ = (copy_in!("crew (name, nick)"), copy_out!("crew (id, name)" as tuple));
}
