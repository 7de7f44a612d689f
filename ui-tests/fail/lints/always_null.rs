#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT id FROM crew WHERE nick = NULL");
}
