#![deny(deprecated)]

fn main() {
    let _ = hathi::query!(
        "WITH captains AS (SELECT captain FROM voyage)
         SELECT name FROM crew"
    );
}
