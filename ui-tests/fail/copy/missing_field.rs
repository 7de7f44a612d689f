struct Hand {
    name: String,
}

fn main() {
    let _ = hathi::copy_in!("crew (name, nick)" as Hand);
}
