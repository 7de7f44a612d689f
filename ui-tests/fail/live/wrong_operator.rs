fn main() {
    let name = "Ada";
    let _ = hathi::query!("SELECT 'größe', id FROM crew WHERE id || name = {name} AND joined > 1");
}
