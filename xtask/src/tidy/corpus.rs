//! The corpus of the analysis, `describe/tests/corpus`: enough statements, and every rule has one.

use std::collections::BTreeSet;

use super::Finding;
use super::files::File;

const FOLDER: &str = "describe/tests/corpus/";
const RULES: &str = "describe/src/analysis/rule.rs";

/// As many statements there are at least.
const STATEMENTS: usize = 400;

/// Counts statements, and looks for the rules without which one of them is described otherwise.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let topics: Vec<&File> = files
        .iter()
        .filter(|file| file.path.starts_with(FOLDER))
        .collect();
    let mut findings = Vec::new();
    let count: usize = topics.iter().map(|file| statements(&file.text)).sum();
    if count < STATEMENTS {
        let words = format!("the corpus has {count} statements: {STATEMENTS} are the least");
        findings.push(Finding::new(FOLDER, 1, words));
    }
    let needed: BTreeSet<&str> = topics.iter().flat_map(|file| needed(&file.text)).collect();
    let Some(file) = files.iter().find(|file| file.path == RULES) else {
        findings.push(Finding::new(
            RULES,
            1,
            "there is no such file: it names the rules of the analysis",
        ));
        return findings;
    };
    for (line, name) in rules(&file.text) {
        if !needed.contains(name) {
            let words = format!(
                "no statement of {FOLDER} needs the rule `{name}`: write one, with `| rule {name}`"
            );
            findings.push(Finding::new(RULES, line, words));
        }
    }
    findings
}

/// How many statements a topic has; a statement with an answer for each of several versions counts once.
fn statements(text: &str) -> usize {
    let mut lines = text.lines().peekable();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let goes_on = lines.peek().is_some_and(|next| next.starts_with("--: "));
        if line.starts_with("--: ") && !goes_on {
            count += 1;
        }
    }
    count
}

/// The rules that the statements of a topic need.
fn needed(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("--: "))
        .flat_map(|line| line.split(" | "))
        .filter_map(|part| part.strip_prefix("rule "))
        .flat_map(str::split_whitespace)
}

/// The names of all rules and their lines.
fn rules(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let table = text.lines().enumerate();
    let table = table
        .skip_while(|(_, line)| *line != "rules! {")
        .take_while(|(_, line)| *line != "}");
    table.filter_map(|(at, line)| {
        let name = line.split_once(" = \"")?.1.strip_suffix("\",")?;
        Some((at + 1, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn rules_without_a_statement_are_found() {
        let rules = file(
            RULES,
            "rules! {\n    /// One.\n    One = \"one\",\n    /// Two.\n    Two = \"two\",\n}\nlet x = \"\",\n",
        );
        let case = "--: ! one | since 15 | rule one\nSELECT 1;\n";
        let topic = file("describe/tests/corpus/a.sql", &case.repeat(STATEMENTS));
        let found = check(&[rules, topic]);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "describe/src/analysis/rule.rs:5: no statement of describe/tests/corpus/ needs the rule `two`: write one, \
                 with `| rule two`"
            ]
        );
    }

    #[test]
    fn a_corpus_that_is_too_small_is_found() {
        let topic = file(
            "describe/tests/corpus/a.sql",
            "CREATE TABLE a ();\n\n--: ! one | until 15\n--: ? one | since 16\nSELECT 1;\n--: ! one\nSELECT 2;\n",
        );
        let found = check(&[file(RULES, "rules! {\n}\n"), topic]);
        assert_eq!(
            found[0].words,
            "the corpus has 2 statements: 400 are the least"
        );
    }
}
