//! Statements as constants: in items, in traits, in arrays, bound by order and by name.

use hathi::{Command, Many, Query, bind, command, query, sql};

struct Hand {
    id: i32,
    nick: Option<String>,
}

const ALL: Query<(), Hand, Many> = query!("SELECT id, nick FROM crew" as Hand);
static BY: Query<(sql::Int4, sql::Text), Hand> = query!("SELECT id, nick FROM crew WHERE id > $1 AND name = $2" as Hand);
const RENAME: Command<(sql::Text, sql::Int4)> = command!("UPDATE crew SET name = $name WHERE id = $id");

trait Statements {
    const COUNT: Query<(), (i32,)>;
    const TYPE: Query<(sql::Text,), i64>;
}

impl Statements for Hand {
    const COUNT: Query<(), (i32,)> = query!("SELECT id FROM crew" as tuple);
    const TYPE: Query<(sql::Text,), i64> = query!("SELECT id FROM voyage WHERE type = $type" as scalar);
}

mod statements {
    pub const DISMISS: hathi::Command<(hathi::sql::Int4,)> = hathi::command!("DELETE FROM crew WHERE id = $id");
}

// What a statement needs is known when it is compiled, too.
const _: () = {
    let needs = ALL.dependencies().unwrap();
    assert!(needs.is_read_only() && needs.may_run_in_transactions() && needs.least_server() == 14);
    assert!(!RENAME.dependencies().unwrap().is_read_only());
};

fn main() {
    assert_eq!(RENAME.sql(), "UPDATE crew SET name = $1 WHERE id = $2");
    assert_eq!(RENAME.names(), ["name", "id"]);
    assert_eq!(BY.names(), ["", ""]);
    assert_eq!(ALL.origin().line, 10);
    let bound = BY.bind((1, String::from("Ada")));
    assert_eq!(bound.dependencies().unwrap().reads(), ["public.crew"]);
    let renamed = bind!(RENAME; name = "Ada", id = 1).dependencies().unwrap();
    assert_eq!((renamed.statement(), renamed.writes()), (hathi::StatementKind::Update, &["public.crew"][..]));
    let _ = bind!(RENAME; name = "Ada", id = 1);
    let _ = bind!(statements::DISMISS; id = &1);
    let _ = bind!(<Hand as Statements>::TYPE; r#type = "trade",);
    let _ = [Hand::COUNT, Hand::COUNT.as_many()];
    let _ = |hand: Hand| (hand.id, hand.nick);
}
