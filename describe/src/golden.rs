//! Dumps that servers of every supported version have printed, byte for byte: `cargo xtask dumps` records them.

mod claims;
mod damage;
mod reading;

use std::fs;
use std::path::PathBuf;

use crate::catalog::{Catalog, Row};

const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// A dump of a statement.
struct Golden {
    major: u32,
    name: String,
    detail: String,
}

/// All dumps.
fn all() -> impl Iterator<Item = Golden> {
    MAJORS.into_iter().flat_map(dumps)
}

/// All dumps of a major by their names.
fn dumps(major: u32) -> Vec<Golden> {
    let entries = fs::read_dir(folder().join(major.to_string())).unwrap();
    let mut dumps: Vec<Golden> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let is_dump = path.extension().is_some_and(|end| end == "dump");
            is_dump.then(|| Golden {
                major,
                name: path.file_stem().unwrap().to_string_lossy().into_owned(),
                detail: fs::read_to_string(path).unwrap(),
            })
        })
        .collect();
    dumps.sort_by(|one, other| one.name.cmp(&other.name));
    dumps
}

/// What the catalog of a major says of all that its dumps speak of.
fn catalog(major: u32) -> Catalog {
    let text = fs::read_to_string(folder().join(format!("{major}/catalog.tsv"))).unwrap();
    let mut catalog = Catalog::default();
    for line in text.lines() {
        let values: Vec<Option<String>> = line.split('\t').map(read).collect();
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let row = Row::read(&values).unwrap_or_else(|| panic!("{major}: {line}"));
        catalog.take(row, major);
    }
    catalog
}

fn read(written: &str) -> Option<String> {
    if written == r"\N" {
        return None;
    }
    let mut value = String::new();
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        value.push(match character {
            '\\' => match characters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                other => other.unwrap(),
            },
            other => other,
        });
    }
    Some(value)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}
