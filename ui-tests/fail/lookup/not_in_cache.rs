fn main() {
    let _ = hathi::query!("SELECT nobody_prepared_this FROM crew");
}
