//! Named statements: documented, conditional, generic in what is sent, with rows of their own or of the user.

#![deny(missing_docs)]

/// Statements about the crew.
pub mod crew {
    /// One of the crew.
    #[derive(Debug)]
    pub struct Hand {
        /// The number.
        pub id: i32,
        /// The name.
        pub name: String,
    }

    hathi::query! {
        /// Everyone of a name, from a number on.
        pub fn by_name(from, name) -> Hand: "SELECT id, name FROM crew WHERE name = $name AND id >= $from"
    }

    hathi::query! {
        /// Somebody.
        #[cfg(not(all()))]
        pub fn left_out(): "SELECT id, name FROM crew"
    }

    hathi::query! {
        /// The names alone.
        pub(crate) fn names() -> scalar: "SELECT name FROM crew"
    }

    hathi::query! {
        /// Names and nicknames.
        pub fn nicks() -> (String, Option<String>): "SELECT name, nick FROM crew"
    }

    hathi::command! {
        /// Signs somebody on.
        pub fn sign_on(name, nick): "INSERT INTO crew (name, nick) VALUES ($name, $nick)"
    }
}

fn main() {
    let _ = crew::by_name(1_i32, "Ada");
    let _ = crew::by_name(&1, String::from("Ada"));
    let _ = crew::names();
    let _ = crew::nicks();
    let _ = crew::sign_on("Ada", Some("Countess"));
    let _ = crew::sign_on("Ada", None::<String>);
    hathi::query! { fn within(r#type): "SELECT id, ports FROM voyage WHERE type = $type" }
    let _ = within("trade");
    let _ = |row: Within| (row.id, row.ports.len());
}
