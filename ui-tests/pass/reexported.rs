//! The macros reach the user through another crate's modules.

mod database {
    pub mod prelude {
        pub use hathi::{command as run, query as ask};
    }
}

mod app {
    use super::database::prelude::{ask, run};

    ask! {
        pub fn by_id(id): "SELECT name, joined FROM crew WHERE id = $id"
    }

    pub fn calls(id: i32) {
        let _ = ask!("SELECT id, name, joined FROM crew WHERE id = {id}");
        let _ = run!("DELETE FROM crew WHERE id = {id}");
    }
}

fn main() {
    app::calls(1);
    let _ = app::by_id(1);
}
