//! Counts the crates behind the macros against the budget that ARCHITECTURE states.
//!
//! Every user of the macros compiles these crates before anything else, so their number is a promise.

use super::Finding;
use super::files::File;
use super::markdown::{Table, code_spans};
use crate::cargo::{self, Metadata};

const DOCUMENT: &str = "ARCHITECTURE.md";
const HEAD: &[&str] = &["features", "crates, at most"];
const MACROS: &str = "hathi-macros";

/// Holds the budget against `cargo tree`.
pub(super) fn check(files: &[File], metadata: &Metadata) -> anyhow::Result<Vec<Finding>> {
    let table = files
        .iter()
        .find(|file| file.path == DOCUMENT)
        .and_then(|file| Table::find(&file.text, HEAD));
    let Some(table) = table else {
        let words = format!(
            "there is no table with the head {HEAD:?}: write one line per feature of `{MACROS}`"
        );
        return Ok(vec![Finding::new(DOCUMENT, 1, words)]);
    };
    let rows: Vec<Row> = table
        .rows
        .iter()
        .map(|(line, cells)| Row::read(*line, cells))
        .collect();
    let features = metadata
        .packages
        .iter()
        .filter(|package| package.name == MACROS)
        .flat_map(|p| p.features.keys());
    let mut findings = features_without_budget(&rows, table.line, features.map(String::as_str));
    for row in &rows {
        let arguments: Vec<&str> = row.arguments.split_whitespace().collect();
        let count = cargo::tree(MACROS, "normal", &arguments)?.len();
        findings.extend(row.held_by(count));
    }
    Ok(findings)
}

/// One line of the budget: arguments for `cargo tree`, and how many crates they may give.
#[derive(Debug, PartialEq)]
struct Row<'a> {
    line: usize,
    arguments: &'a str,
    most: Option<usize>,
}

impl<'a> Row<'a> {
    fn read(line: usize, cells: &[&'a str]) -> Self {
        let arguments = cells
            .first()
            .map(|cell| code_spans(cell))
            .and_then(|spans| spans.first().copied());
        let most = cells.get(1).and_then(|cell| cell.parse().ok());
        Self {
            line,
            arguments: arguments.unwrap_or_default(),
            most,
        }
    }

    fn held_by(&self, count: usize) -> Option<Finding> {
        let Some(most) = self.most else {
            return Some(Finding::new(
                DOCUMENT,
                self.line,
                "the line has no number: say how many crates are the most",
            ));
        };
        let words = format!(
            "{count} crates are behind `{MACROS}` with `{}`, and {most} are the most: `cargo tree -p {MACROS} -e normal` shows them",
            self.arguments
        );
        (count > most).then(|| Finding::new(DOCUMENT, self.line, words))
    }
}

/// A feature that may bring crates has a line of its own.
fn features_without_budget<'a>(
    rows: &[Row<'_>],
    line: usize,
    features: impl Iterator<Item = &'a str>,
) -> Vec<Finding> {
    let counted = |feature: &str| {
        rows.iter()
            .any(|row| row.arguments.split([' ', ',']).any(|word| word == feature))
    };
    features
        .filter(|feature| *feature != "default" && !counted(feature))
        .map(|feature| {
            let words = format!("the feature `{feature}` of `{MACROS}` has no line: say how many crates it may bring");
            Finding::new(DOCUMENT, line, words)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_up_to_its_number() {
        let row = Row::read(4, &["with a server: `--features live`", "50"]);
        assert_eq!(
            row,
            Row {
                line: 4,
                arguments: "--features live",
                most: Some(50)
            }
        );
        assert_eq!(row.held_by(50), None);
        assert!(
            row.held_by(51)
                .unwrap()
                .to_string()
                .starts_with("ARCHITECTURE.md:4: 51 crates")
        );
    }

    #[test]
    fn a_line_without_a_number_is_a_mistake() {
        assert!(
            Row::read(4, &["`--features live`", "few"])
                .held_by(1)
                .is_some()
        );
    }

    #[test]
    fn every_feature_has_a_line() {
        let rows = [Row::read(
            4,
            &["`--no-default-features --features live`", "50"],
        )];
        assert!(features_without_budget(&rows, 1, ["default", "live"].into_iter()).is_empty());
        assert_eq!(
            features_without_budget(&rows, 1, ["rustls"].into_iter()).len(),
            1
        );
    }
}
