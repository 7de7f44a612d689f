fn main() {
    let _ = hathi::query!(concat!("SELECT name ", "FROM crew"));
}
