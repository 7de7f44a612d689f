use hathi::{Query, query, sql};

const OLDER: Query<(sql::Int4,), (i32,)> = query!("SELECT id FROM crew WHERE id > $id" as tuple);

fn main() {
    let _ = hathi::bind!(OLDER; 30);
}
