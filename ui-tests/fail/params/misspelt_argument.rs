hathi::query! {
    fn by_name(name): "SELECT id FROM crew WHERE name = $nmae"
}

fn main() {}
