//! The page that compares hathi with other drivers: each line names the test that shows what is said of hathi.

use super::Finding;
use super::files::File;
use super::named_test;

const PATH: &str = "docs/src/compared.md";

/// The last cell of the head of each table that is held against the tests.
const TEST: &str = "test";

/// Holds every table of the page that has a column of tests against them.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|file| file.path == PATH) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut columns = None;
    for (index, line) in page.text.lines().enumerate() {
        let Some(row) = line
            .strip_prefix('|')
            .and_then(|rest| rest.strip_suffix('|'))
        else {
            columns = None;
            continue;
        };
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let last = cells.last().copied().unwrap_or_default();
        match columns {
            None => columns = Some((cells.len(), last == TEST)),
            Some((count, _)) if cells.len() != count => {
                let words = format!("the row has {} cells, and its head {count}", cells.len());
                findings.push(Finding::new(PATH, index + 1, words));
            }
            Some((_, true)) if !last.starts_with("---") => {
                let mistakes = named_test::mistakes(files, last);
                findings.extend(
                    mistakes
                        .into_iter()
                        .map(|words| Finding::new(PATH, index + 1, words)),
                );
            }
            Some(_) => {}
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_rows(rows: &str, expected: &[&str]) {
        let file = |path: &str, text: String| File {
            path: path.to_owned(),
            text,
        };
        let head = "| feature | hathi | test |\n| --- | --- | --- |\n";
        let files = [
            file(PATH, format!("{head}{rows}")),
            file(
                "a.rs",
                "    async fn shown(db) {\n// fn in_a_comment(\n".to_owned(),
            ),
        ];
        let found: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn every_row_names_a_test_that_is_there() {
        check_rows("| a | yes | `a.rs::shown` |\n", &[]);
        check_rows("| a | yes | |\n", &[":3: no test is named"]);
        check_rows(
            "| a | yes | `a.rs::show` |\n",
            &["no test `show` in `a.rs`"],
        );
        check_rows("| a | yes | `b.rs::shown` |\n", &["no file `b.rs`"]);
        check_rows("| a | yes | `a.rs::in_a_comment` |\n", &["in_a_comment"]);
    }

    #[test]
    fn a_row_has_as_many_cells_as_its_head() {
        check_rows("| a | `a.rs::shown` |\n", &["the row has 2 cells"]);
    }

    #[test]
    fn tables_without_a_column_of_tests_are_left_alone() {
        check_rows("\n| feature | hathi |\n| --- | --- |\n| a | no |\n", &[]);
    }
}
