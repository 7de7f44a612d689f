#![deny(deprecated)]

fn main() {
    let _ = hathi::command!("DELETE FROM voyage");
}
