#![deny(deprecated)]

fn main() {
    let nick = Some("Ada");
    let _ = hathi::command!("UPDATE crew SET nick = {nick} WHERE nick = {nick}");
}
