#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT name FROM crew WHERE id = 1.5");
}
