//! Tests that documents name as `path/to/file.rs::test_name`: each exists, and is a test. A program that must not compile is
//! named by its file alone.

use super::files::File;
use super::markdown::code_spans;
use super::mask::Mask;

/// What is wrong with the tests that a cell of a table names.
pub(super) fn mistakes(files: &[File], cell: &str) -> Vec<String> {
    let names = code_spans(cell);
    if names.is_empty() {
        return vec!["no test is named: write one, as `path/to/file.rs::test_name`".to_owned()];
    }
    let mistakes = names.into_iter().filter_map(|name| mistake(files, name));
    mistakes.collect()
}

/// Where the programs are that must not compile; each is a test of its own.
const PROGRAMS: &str = "ui-tests/fail/";

fn mistake(files: &[File], name: &str) -> Option<String> {
    if name.starts_with(PROGRAMS) && files.iter().any(|file| file.path == name) {
        return None;
    }
    let Some((path, test)) = name.split_once("::") else {
        return Some(format!(
            "`{name}` names no test: write `path/to/file.rs::test_name`"
        ));
    };
    let Some(file) = files.iter().find(|file| file.path == path) else {
        return Some(format!("there is no file `{path}`: name where the test is"));
    };
    let is_there = is_test(&Mask::of(&file.text).code, test);
    (!is_there)
        .then(|| format!("there is no test `{test}` in `{path}`: name the one that shows it"))
}

/// Whether the code has a test of this name: a function with an attribute for it, or one of a macro that writes a test for
/// each server, whose parameter has no type.
fn is_test(code: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(index, line)| {
        let Some((before, behind)) = line.split_once(&head) else {
            return false;
        };
        if !matches!(before.trim(), "" | "async") {
            return false;
        }
        let parameters = behind.split(')').next().unwrap_or_default();
        let for_each_server = !parameters.is_empty() && !parameters.contains(':');
        let above = lines.get(..index).unwrap_or_default();
        let attributes = above.iter().rev().take_while(|line| {
            // Comments are blank here.
            line.is_empty() || line.starts_with("#[")
        });
        for_each_server || attributes.into_iter().any(|line| is_test_attribute(line))
    })
}

fn is_test_attribute(line: &str) -> bool {
    ["#[test]", "#[tokio::test]", "#[tokio::test("]
        .iter()
        .any(|attribute| line.starts_with(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
//! Tests.
// fn in_a_comment() {}
fn helper() {}
#[test]
/// Documented.
fn plain() {}
    #[tokio::test(flavor = \"multi_thread\")]
    async fn indented() {}
on_every_server! {
    async fn on_each(db) {}
    async fn ask(session: &mut Session) {}
}
";

    #[track_caller]
    fn check(cell: &str, expected: &[&str]) {
        let files = ["tests/it/a.rs", "ui-tests/fail/a/b.rs"].map(|path| File {
            path: path.to_owned(),
            text: CODE.to_owned(),
        });
        let found = mistakes(&files, cell);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn tests_are_functions_with_an_attribute_or_of_a_macro_for_all_servers() {
        check("`tests/it/a.rs::plain`", &[]);
        check("`tests/it/a.rs::indented`, `tests/it/a.rs::on_each`", &[]);
        check("`ui-tests/fail/a/b.rs`", &[]);
    }

    #[test]
    fn what_is_no_test_is_found_out() {
        check("", &["no test is named"]);
        check("`plain`", &["`plain` names no test"]);
        check("`ui-tests/fail/a/c.rs`", &["names no test"]);
        check("`tests/it/b.rs::plain`", &["no file `tests/it/b.rs`"]);
        for name in ["helper", "ask", "in_a_comment", "plai"] {
            check(
                &format!("`tests/it/a.rs::{name}`"),
                &[&format!("no test `{name}`")],
            );
        }
    }
}
