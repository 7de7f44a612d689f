fn main() {
    let id = 1;
    let _ = hathi::copy_out!("SELECT name FROM crew WHERE id = {id}");
}
