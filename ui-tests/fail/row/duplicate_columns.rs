fn main() {
    let _ = hathi::query!("SELECT c.id, v.id FROM crew c JOIN voyage v ON v.captain = c.id");
}
