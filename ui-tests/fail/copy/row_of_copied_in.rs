fn main() {
    let _ = hathi::copy_in!("crew (name)" as tuple);
}
