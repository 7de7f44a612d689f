fn main() {
    let _ = hathi::command!("SELECT id FROM crew");
}
