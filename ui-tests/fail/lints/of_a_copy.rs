#![deny(deprecated)]

fn main() {
    let _ = hathi::copy_out!("SELECT id, name FROM crew LIMIT 10");
}
