use hathi::{Query, query, sql};

const BY: Query<(sql::Int4, sql::Text), (i32,)> =
    query!("SELECT id FROM crew WHERE id > $id AND name = $name" as tuple);

fn main() {
    let _ = BY.bind((1,));
}
