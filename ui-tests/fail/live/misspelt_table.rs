hathi::query! {
    fn everyone(): r#"
        SELECT name
          FROM "crwe"
    "#
}

fn main() {
    let _ = everyone();
}
