fn main() {
    let _ = hathi::query!(
        r#"
        SELECT id
          FROM crew
         WHERE name = 'Ada
        "#
    );
}
