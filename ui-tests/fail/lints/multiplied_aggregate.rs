#![deny(deprecated)]

fn main() {
    let _ = hathi::query!(
        "SELECT sum(c.pay) FROM crew c"
        "JOIN voyage v ON v.captain = c.id"
    );
}
