//! A query inside a `macro_rules!`: captures mean what they mean where the literal stands, as in `format!`.

macro_rules! captain {
    ($id:expr) => {{
        let id = $id;
        let _ = hathi::query!("SELECT name, joined FROM crew WHERE id = {id}");
    }};
}

macro_rules! ask {
    ($sql:literal as $row:ty) => {
        hathi::query!($sql as $row)
    };
    ($($sql:literal)+) => {
        hathi::query!($($sql)+)
    };
}

macro_rules! named {
    ($visibility:vis $name:ident, $argument:ident, $sql:literal) => {
        hathi::query! { $visibility fn $name($argument): $sql }
    };
}

struct Hand {
    id: i32,
}

named!(pub(crate) by_id, id, "SELECT name, joined FROM crew WHERE id = $id");

fn main() {
    let id = "not the one that is captured";
    captain!(1);
    let name = "Ada";
    let _ = ask!("SELECT id FROM crew WHERE name = {name}" as Hand);
    let _ = ask!("SELECT id FROM crew" "WHERE name = {name}");
    let _ = by_id(1);
    let _ = (id, Hand { id: 1 }.id);
}
