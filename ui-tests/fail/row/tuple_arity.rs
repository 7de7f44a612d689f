fn main() {
    let _ = hathi::query!("SELECT id, name FROM crew" as (i32,));
}
