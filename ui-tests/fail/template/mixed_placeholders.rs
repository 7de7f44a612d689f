fn main() {
    let id = 1;
    let _ = hathi::query!("SELECT id FROM crew WHERE id = {id} OR name = $name");
}
