const SQL: &str = "SELECT name FROM crew";

fn main() {
    let _ = hathi::query!(SQL);
}
