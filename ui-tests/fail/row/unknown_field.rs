struct Hand {
    id: i32,
}

fn main() {
    let _ = hathi::query!("SELECT id, name FROM crew" as Hand);
}
