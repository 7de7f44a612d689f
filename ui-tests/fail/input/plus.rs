fn main() {
    let _ = hathi::query!("SELECT name " + "FROM crew");
}
