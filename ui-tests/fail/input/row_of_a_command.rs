fn main() {
    let _ = hathi::command!("DELETE FROM crew" as scalar);
}
