#![deny(deprecated)]

fn main() {
    let _ = hathi::query!(r#"SELECT id AS "id!" FROM crew LIMIT 10"#, allow(redundant_mark));
}
