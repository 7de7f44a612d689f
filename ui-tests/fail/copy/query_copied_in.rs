fn main() {
    let _ = hathi::copy_in!("SELECT name FROM crew");
}
