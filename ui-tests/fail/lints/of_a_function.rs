#![deny(deprecated)]

hathi::query! {
    /// Somebody.
    pub fn somebody(): "SELECT name FROM crew LIMIT 1"
}

fn main() {}
