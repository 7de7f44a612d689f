hathi::query! {
    fn by_id(id): "SELECT name FROM crew WHERE id = $id"
}

fn main() {
    let _ = by_id("1");
}
