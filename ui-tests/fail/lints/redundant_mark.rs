#![deny(deprecated)]

fn main() {
    let _ = hathi::query!(r#"SELECT count(*) AS "total!" FROM crew"# as scalar);
}
