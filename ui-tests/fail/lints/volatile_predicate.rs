#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT name FROM crew WHERE id = floor(random() * 10)::integer");
}
