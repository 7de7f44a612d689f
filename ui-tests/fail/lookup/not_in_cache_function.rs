hathi::query! {
    pub fn unprepared(id): "SELECT nobody_prepared_this AS name FROM crew WHERE id = $id"
}

fn first(row: &Unprepared) -> &str {
    &row.name
}

fn main() {
    let _ = unprepared(1);
    let _ = first;
}
