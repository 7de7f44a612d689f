struct Hand {
    name: Option<String>,
}

fn main() {
    let _ = hathi::copy_in!("crew (name)" as Hand);
}
