fn main() {
    let _ = hathi::query!("SELECT id FROM crew" as i32);
}
