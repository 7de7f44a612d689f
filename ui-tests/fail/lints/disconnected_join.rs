#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT c.name, v.ports FROM crew c, voyage v" as tuple);
}
