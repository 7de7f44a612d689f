hathi::query! {
    fn by_id(id: i32): "SELECT name FROM crew WHERE id = $id"
}

fn main() {}
