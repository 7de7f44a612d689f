fn main() {
    let _ = hathi::query_file!("queries/two.sql");
}
