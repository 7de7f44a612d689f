fn main() {
    let _ = hathi::query!("SELECT id, id * 2 FROM crew");
}
