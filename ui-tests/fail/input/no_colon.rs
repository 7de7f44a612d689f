hathi::query! {
    fn everyone() "SELECT name FROM crew"
}

fn main() {}
