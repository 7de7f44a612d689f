fn main() {
    let id = 1;
    let _ = hathi::query!("SELECT name FROM crew WHERE id = $1", id);
}
