fn main() {
    let _ = hathi::query!();
}
