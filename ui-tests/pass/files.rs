//! Statements in files of their own.

hathi::query_file! {
    /// Who has a name.
    fn by_name(name): "queries/by_name.sql"
}

fn main() {
    let name = "Ada";
    let _ = by_name(name);
    let _ = hathi::query_file!("queries/by_name.sql").bind((name,));
    let _ = hathi::query_file!("queries/by_name.sql" as (i32, _)).bind((name,));
    let _ = hathi::command_file!("queries/dismiss.sql").bind((1,));
}
