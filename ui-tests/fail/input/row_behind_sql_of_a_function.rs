struct Hand {
    id: i32,
}

hathi::query! {
    fn everyone(): "SELECT id FROM crew" as Hand
}

fn main() {}
