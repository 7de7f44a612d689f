fn main() {
    let _ = hathi::copy_in!("voyage (captain)");
}
