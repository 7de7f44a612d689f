use hathi::{Command, command, sql};

const RENAME: Command<(sql::Text, sql::Text)> =
    command!("UPDATE crew SET name = $new WHERE name = $old");

fn main() {
    let _ = hathi::bind!(RENAME; old = "Ada", new = "Augusta");
}
