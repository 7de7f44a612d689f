struct Hand {
    name: i32,
}

fn main() {
    let _ = hathi::copy_in!("crew (name)" as Hand);
}
