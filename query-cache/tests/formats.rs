//! Files of every released format still load, and the ones of the current format are written as they were.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in the functions around it too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use hathi_query_cache::{Cardinality, StatementKind, Store, Template, UserType};

/// The statements of `tests/v1`, as users wrote them.
const STATEMENTS: [&str; 5] = [
    "SELECT id, nick\n  FROM users -- by name\n WHERE nick = {nick}",
    "INSERT INTO users (nick, mood) VALUES ($nick, $mood) RETURNING id, mood;",
    "update users set nick = $2 where id = $1",
    "CREATE TABLE \"Größe\" (a int)",
    "SELECT FROM users WHERE note = 'one'\n  ' two'",
];

/// And what they copied.
fn copies() -> [Template; 3] {
    [
        Template::copy_in("users (id, nick)").unwrap(),
        Template::copy_out("users (nick)").unwrap(),
        Template::copy_out("SELECT id FROM users;").unwrap(),
    ]
}

fn all() -> impl Iterator<Item = Template> {
    let statements = STATEMENTS.map(|statement| Template::parse(statement).unwrap());
    statements.into_iter().chain(copies())
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/v1")
}

#[test]
fn every_file_of_format_1_is_found_by_its_statement() {
    let store = Store::open(golden());
    let entries = store.entries().unwrap();
    assert_eq!(entries.len(), all().count());
    for template in all() {
        let statement = template.text();
        let path = store.path_of(&template);
        assert!(
            store.get(&template).unwrap().is_some(),
            "{statement}: no {}",
            path.display()
        );
        assert!(
            entries
                .iter()
                .any(|(listed, entry)| *listed == path && entry.is_ok())
        );
    }
}

#[test]
fn files_of_format_1_mean_what_they_meant() {
    let store = Store::open(golden());
    let of = |number: usize| {
        store
            .get(&Template::parse(STATEMENTS[number]).unwrap())
            .unwrap()
            .unwrap()
    };
    let select = of(0);
    assert_eq!(
        (select.statement, select.cardinality),
        (StatementKind::Select, Some(Cardinality::Optional))
    );
    let columns = select.columns.unwrap();
    assert_eq!(columns[1].origin.as_deref(), Some("public.users.nick"));
    assert!(columns[1].nullable && !columns[0].nullable);
    let insert = of(1);
    assert_eq!(insert.parameters[1].name.as_deref(), Some("mood"));
    assert_eq!(insert.parameters[1].ty, "public.mood");
    assert!(insert.is_write());
    assert_eq!(of(2).columns, None);
    assert_eq!(of(4).columns, Some(Vec::new()));
    let schema = store.schema().unwrap().unwrap();
    assert_eq!(schema.server_version, "18.4");
    let labels = ["sad", "ok", "happy"].map(str::to_owned).to_vec();
    assert_eq!(schema.types["public.mood"], UserType::Enum { labels });
    assert_eq!(schema.types.len(), 3);
}

#[test]
fn copies_of_format_1_mean_what_they_meant() {
    let store = Store::open(golden());
    let [into, table, query] = copies().map(|copy| store.get(&copy).unwrap().unwrap());
    assert_eq!(into.statement, StatementKind::CopyIn);
    assert_eq!(into.writes, ["public.users"]);
    assert!(into.is_write() && into.cardinality.is_none());
    let columns = into.columns.unwrap();
    assert_eq!((&*columns[0].ty, columns[0].nullable), ("int8", false));
    assert_eq!((&*columns[1].ty, columns[1].nullable), ("text", true));
    for out in [table, query] {
        assert_eq!(out.statement, StatementKind::CopyOut);
        assert_eq!(out.cardinality, Some(Cardinality::Many));
        assert!(!out.is_write() && out.reads == ["public.users"]);
    }
}

#[test]
fn the_current_format_is_written_byte_for_byte() {
    let (golden, folder) = (
        Store::open(golden()),
        std::env::temp_dir().join(format!("hathi-formats-{}", std::process::id())),
    );
    let written = Store::open(&folder);
    for template in all() {
        let path = written
            .put(&template, &golden.get(&template).unwrap().unwrap())
            .unwrap();
        let text = |path: &Path| fs::read_to_string(path).unwrap().replace("\r\n", "\n");
        assert_eq!(text(&path), text(&golden.path_of(&template)));
    }
    let path = written
        .put_schema(&golden.schema().unwrap().unwrap())
        .unwrap();
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        fs::read_to_string(golden.schema_path())
            .unwrap()
            .replace("\r\n", "\n")
    );
    fs::remove_dir_all(folder).unwrap();
}
