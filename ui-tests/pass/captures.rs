//! What can be captured, and that the names of expansions are in nobody's way.

struct Captain {
    id: i32,
    names: (String, &'static str),
}

struct Ship {
    captain: Captain,
}

impl Ship {
    fn captain(&self) {
        let _ = hathi::query!("SELECT nick FROM crew WHERE id = {self.captain.id} AND name = {self.captain.names.0}");
    }
}

fn generic<T: hathi::Encode<hathi::sql::Text>>(name: &T) {
    let _ = hathi::query!("SELECT id FROM crew WHERE name = {name}");
}

fn main() {
    let ship = Ship { captain: Captain { id: 1, names: ("Ada".to_owned(), "Lovelace") } };
    ship.captain();
    generic(&"Ada");
    let r#type = "trade";
    let _ = hathi::query!("SELECT id FROM voyage WHERE type = {r#type}");
    let Captain { id, names } = &ship.captain;
    let _ = hathi::query!("SELECT id FROM crew WHERE id = {id} OR name = {names.1} OR id = { ship . captain . id }");
    let (row, decode) = (1, "Ada");
    #[allow(non_snake_case, reason = "an expansion has a constant of this name")]
    let PARTS = Some("Ada");
    let _ = hathi::query!("SELECT id FROM crew WHERE id = {row} AND name = {decode}");
    let _ = hathi::command!("UPDATE crew SET nick = {PARTS} WHERE true");
    let nick = None::<String>;
    let _ = hathi::command!("UPDATE crew SET nick = {nick} WHERE true");
    // In quotes and comments braces are text.
    let _ = hathi::query!(r#"SELECT '{"a": 1}' AS "a{b}", id /* {nobody} */ FROM crew -- {nobody}"# as tuple);
}
