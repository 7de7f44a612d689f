//! A crate that takes no warning, whose statements are found by two lints and whose `hathi.toml` allows both.

#![deny(warnings)]

use hathi::{command, query};

fn main() {
    let _ = command!("DELETE FROM voyage");
    let _ = query!("SELECT name FROM crew LIMIT 1" as scalar);
}
