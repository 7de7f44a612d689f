fn main() {
    let _ = hathi::copy_in!("crew (name, nik)");
}
