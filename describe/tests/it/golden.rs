//! The dumps that were recorded are what servers print.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use hathi_describe::Database;

use crate::support::{MAJORS, scratch};

#[test]
fn servers_print_what_was_recorded() {
    let schema = read("schema.sql");
    let text = read("statements.sql");
    let mut wrong = Vec::new();
    for major in MAJORS {
        let mut scratch = scratch(major, &schema);
        let statements = named(&text, major);
        let texts: Vec<&str> = statements.iter().map(|(_, sql)| *sql).collect();
        let record = scratch.database.record(&texts).unwrap();
        for ((name, _), dump) in statements.iter().zip(record.dumps) {
            let recorded = read(&format!("{major}/{name}.dump"));
            if without_oids(&dump.unwrap()) != without_oids(&recorded) {
                wrong.push(format!("{name} on {}", scratch.database.server_version()));
            }
        }
        let files = fs::read_dir(folder().join(major.to_string())).unwrap();
        // What the catalog says stands beside the dumps.
        assert_eq!(files.count(), statements.len() + 1, "on {major}");
    }
    assert!(
        wrong.is_empty(),
        "servers print other dumps than were recorded, run `cargo xtask dumps` and read what changed: {wrong:?}"
    );
}

/// The kinds of nodes in what a server prints of statements that no recorded dump of its major holds.
pub(crate) fn unrecorded(database: &mut Database, major: u32, statements: &[&str]) -> Vec<String> {
    let record = database.record(statements).unwrap();
    let found = match record.kinds() {
        Ok(found) => found,
        Err(dump) => return vec![format!("unreadable: {dump}")],
    };
    let listed = read("kinds.txt");
    let listed: BTreeSet<String> = listed
        .lines()
        .filter_map(|line| listed_on(line, major))
        .collect();
    found.difference(&listed).cloned().collect()
}

/// The kind on a line: a name, the first major that prints it, and the last one if it is gone.
fn listed_on(line: &str, major: u32) -> Option<String> {
    let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
    let kind = words.next()?;
    let mut majors = words.map(|word| word.parse::<u32>().unwrap());
    let is_printed = majors.next()? <= major && majors.next().is_none_or(|last| major <= last);
    is_printed.then(|| kind.to_owned())
}

/// The statements that a major accepts, with their names: each stands behind `-- name major`.
fn named(text: &str, major: u32) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for paragraph in text.split("\n\n").skip(1) {
        let (head, sql) = paragraph.split_once('\n').unwrap();
        let (name, from) = head.strip_prefix("-- ").unwrap().split_once(' ').unwrap();
        if from.parse::<u32>().unwrap() <= major {
            found.push((name, sql.trim_end()));
        }
    }
    found
}

/// The words of a dump. What users create has other OIDs in each database, and lines are broken elsewhere for it.
fn without_oids(dump: &str) -> Vec<&str> {
    const USERS: u32 = 16_384;
    let words = dump.split_ascii_whitespace();
    words
        .map(|word| {
            let end = word.trim_end_matches(['}', ')']).len();
            let (number, behind) = word.split_at(end);
            let is_of_user = number.parse::<u32>().is_ok_and(|oid| oid >= USERS);
            if is_of_user { behind } else { word }
        })
        .collect()
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}
