fn main() {
    let _ = hathi::query_file!("queries/missing.sql");
}
