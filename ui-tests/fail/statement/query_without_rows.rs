fn main() {
    let _ = hathi::query!("DELETE FROM crew");
}
