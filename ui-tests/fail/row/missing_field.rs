struct Hand {
    id: i32,
    name: String,
}

fn main() {
    let _ = hathi::query!("SELECT id FROM crew" as Hand);
}
