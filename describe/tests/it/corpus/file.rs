//! Reads a file of the corpus: a schema, and statements with what is expected of each.

use std::path::{Path, PathBuf};

use hathi_query_cache::{Cardinality, Description, Elements};

/// One file.
pub(crate) struct Topic {
    pub(crate) schema: String,
    pub(crate) cases: Vec<Case>,
}

/// One statement.
pub(crate) struct Case {
    pub(crate) line: usize,
    pub(crate) sql: String,
    expectations: Vec<Expectation>,
}

/// What is expected of a statement on some versions.
#[derive(Clone)]
pub(crate) struct Expectation {
    majors: (u32, u32),
    /// A sign for each column, see [`signs`]; `@` if only the number of rows is asked for.
    pub(crate) columns: String,
    pub(crate) cardinality: String,
    /// The rules without which the answer is another.
    pub(crate) rules: Vec<String>,
    /// Why columns may be NULL, with their numbers from 1.
    pub(crate) reasons: Vec<(usize, String)>,
    /// Arguments for the parameters, as EXECUTE takes them.
    pub(crate) arguments: Option<String>,
    /// It needs something to run that is not here, as another server.
    pub(crate) is_described_only: bool,
    /// What would refute the claim that a rule holds back takes chance, or another session.
    pub(crate) is_unseen: bool,
}

/// Where the files are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

impl Topic {
    /// Reads one file.
    pub(crate) fn read(name: &str) -> Self {
        let path = folder().join(format!("{name}.sql"));
        let text = std::fs::read_to_string(&path).unwrap();
        let mut schema = String::new();
        let mut cases: Vec<Case> = Vec::new();
        let mut expectations = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            if let Some(expected) = text.strip_prefix("--: ") {
                expectations.push(expectation(expected, line));
            } else if let Some(reason) = text.strip_prefix("--> ") {
                let (column, words) = reason.split_once(": ").unwrap();
                let last: &mut Expectation = expectations.last_mut().unwrap();
                last.reasons
                    .push((column.parse().unwrap(), words.to_owned()));
            } else if !expectations.is_empty() {
                cases.push(Case {
                    line,
                    sql: text.to_owned(),
                    expectations: std::mem::take(&mut expectations),
                });
            } else if let Some(case) = cases.last_mut() {
                if !text.starts_with("--") && !text.is_empty() {
                    case.sql.push('\n');
                    case.sql.push_str(text);
                }
            } else {
                schema.push_str(text);
                schema.push('\n');
            }
        }
        for case in &mut cases {
            let sql = case.sql.trim_end().strip_suffix(';');
            case.sql = sql
                .unwrap_or_else(|| panic!("{name}:{}: no semicolon ends it", case.line))
                .to_owned();
        }
        Self { schema, cases }
    }
}

impl Case {
    /// What is expected of it on a version; `None` if that version does not know such a statement.
    pub(crate) fn on(&self, major: u32) -> Option<&Expectation> {
        let within =
            |expected: &&Expectation| (expected.majors.0..=expected.majors.1).contains(&major);
        self.expectations.iter().find(within)
    }
}

fn expectation(text: &str, line: usize) -> Expectation {
    let mut parts = text.split(" | ");
    let (columns, cardinality) = parts.next().unwrap().split_once(' ').unwrap();
    let mut expected = Expectation {
        majors: (14, 18),
        columns: columns.to_owned(),
        cardinality: cardinality.to_owned(),
        rules: Vec::new(),
        reasons: Vec::new(),
        arguments: None,
        is_described_only: false,
        is_unseen: false,
    };
    for part in parts {
        match part.split_once(' ') {
            Some(("since", major)) => expected.majors.0 = major.parse().unwrap(),
            Some(("until", major)) => expected.majors.1 = major.parse().unwrap(),
            Some(("rule", names)) => {
                expected.rules = names.split(' ').map(str::to_owned).collect();
            }
            Some(("with", arguments)) => expected.arguments = Some(arguments.to_owned()),
            None if part == "described" => expected.is_described_only = true,
            None if part == "unseen" => expected.is_unseen = true,
            // For those who read: more could be known.
            None if part == "cautious" => {}
            _ => panic!("line {line}: `{part}` is not known"),
        }
    }
    expected
}

/// The claims about columns as the files write them: `!` for not NULL, `?` for the others, `[!]` behind it for an array
/// whose elements are not NULL.
pub(crate) fn signs(description: &Description) -> String {
    let mut signs = String::new();
    for column in description.columns.iter().flatten() {
        signs.push(if column.nullable { '?' } else { '!' });
        if column.elements == Some(Elements::NotNull) {
            signs.push_str("[!]");
        }
    }
    signs
}

/// How the files call a cardinality.
pub(crate) fn word(cardinality: Option<Cardinality>) -> &'static str {
    match cardinality {
        Some(Cardinality::One) => "one",
        Some(Cardinality::Optional) => "optional",
        Some(Cardinality::AtLeastOne) => "at-least-one",
        Some(Cardinality::Many) => "many",
        None => "none",
    }
}
