fn main() {
    let rank = "mate";
    let _ = hathi::query!("SELECT name, rank FROM crew WHERE rank > {rank}");
}
