hathi::query! {
    fn by_id(id, name): "SELECT name FROM crew WHERE id = $id"
}

fn main() {}
