#![deny(deprecated)]

fn main() {
    let _ = hathi::query!("SELECT id::bigint unsigned FROM crew");
}
