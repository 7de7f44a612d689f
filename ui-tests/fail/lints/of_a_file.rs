#![deny(deprecated)]

fn main() {
    let _ = hathi::command_file!("queries/dismiss_all.sql");
}
