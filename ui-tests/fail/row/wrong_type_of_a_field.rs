struct Hand {
    id: String,
}

fn main() {
    let _ = hathi::query!("SELECT id FROM crew" as Hand);
}
