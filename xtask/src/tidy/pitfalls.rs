//! What goes wrong in drivers, and the tests that hold it off: `tests/PITFALLS.md` names them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::Finding;
use super::files::File;
use super::markdown::Table;
use super::named_test;

const PATH: &str = "tests/PITFALLS.md";

/// The lines of the table by their letters: how they are numbered, and the numbers that the document says it leaves out.
const LINES: &[(char, RangeInclusive<usize>, &[usize])] =
    &[('R', 1..=25, &[]), ('P', 1..=5, &[]), ('T', 1..=7, &[])];

/// Holds the table against the tests.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(file) = files.iter().find(|file| file.path == PATH) else {
        return vec![Finding::new(
            PATH,
            1,
            "there is no such document: its table names the tests of what goes wrong in drivers",
        )];
    };
    let Some(table) = Table::find(&file.text, &["line", "what must hold", "test"]) else {
        let words = "there is no table `| line | what must hold | test |`";
        return vec![Finding::new(PATH, 1, words)];
    };
    let mut findings = Vec::new();
    let mut missing = lines();
    for (line, cells) in &table.rows {
        let name = cells.first().copied().unwrap_or_default();
        if !missing.remove(name) {
            let words = format!("the line `{name}` is there twice, or nobody knows it");
            findings.push(Finding::new(PATH, *line, words));
        }
        let tests = cells.get(2).copied().unwrap_or_default();
        let mistakes = named_test::mistakes(files, tests);
        findings.extend(
            mistakes
                .into_iter()
                .map(|words| Finding::new(PATH, *line, words)),
        );
    }
    findings.extend(missing.into_iter().map(|name| {
        let words = format!("the line {name} is missing: say what must hold, and name its test");
        Finding::new(PATH, table.line, words)
    }));
    findings
}

/// The names of all lines that there must be.
fn lines() -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (letter, numbers, left_out) in LINES {
        for number in numbers.clone() {
            if !left_out.contains(&number) {
                lines.insert(format!("{letter}{number}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_rows(change: impl Fn(&str) -> Option<String>, expected: &[&str]) {
        let rows: Vec<String> = lines().iter().filter_map(|name| change(name)).collect();
        let head = "| line | what must hold | test |\n| --- | --- | --- |\n";
        let file = |path: &str, text: String| File {
            path: path.to_owned(),
            text,
        };
        let files = [
            file(PATH, format!("{head}{}", rows.concat())),
            file("a.rs", "#[test]\nfn t() {}".to_owned()),
        ];
        let found: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    fn row(name: &str) -> String {
        format!("| {name} | words | `a.rs::t` |\n")
    }

    #[test]
    fn every_line_names_its_test() {
        check_rows(|name| Some(row(name)), &[]);
    }

    #[test]
    fn a_line_that_is_missing_is_named() {
        check_rows(
            |name| (name != "T4").then(|| row(name)),
            &["the line T4 is missing"],
        );
    }

    #[test]
    fn a_line_nobody_knows_is_named() {
        let twice = |name: &str| {
            if name == "R1" {
                row(name).repeat(2)
            } else {
                row(name)
            }
        };
        check_rows(|name| Some(twice(name)), &["the line `R1` is there twice"]);
    }

    #[test]
    fn a_test_that_does_not_exist_is_named() {
        let other = |name: &str| {
            if name == "R1" {
                row(name).replace("::t", "::u")
            } else {
                row(name)
            }
        };
        check_rows(|name| Some(other(name)), &["no test `u`"]);
    }

    #[test]
    fn without_the_document_nothing_is_shown() {
        let found = check(&[]);
        assert!(
            found
                .first()
                .is_some_and(|found| found.words.contains("no such document"))
        );
    }
}
