fn main() {
    let id = 1;
    let _ = hathi::query!("SELECT nmae FROM crew WHERE id = {id}");
}
