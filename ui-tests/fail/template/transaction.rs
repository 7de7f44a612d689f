fn main() {
    let _ = hathi::command!("BEGIN");
}
