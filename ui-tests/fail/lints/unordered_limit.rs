#![deny(warnings)]

fn main() {
    let count = 10_i64;
    let crew = hathi::query!("SELECT id, name FROM crew LIMIT {count}");
    drop(crew);
}
