struct Hand {
    nick: String,
}

fn main() {
    let _ = hathi::query!("SELECT nick FROM crew" as Hand);
}
