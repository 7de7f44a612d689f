//! Rules of the documents: a short README, links that lead somewhere, a book without loose pages.

use std::collections::BTreeSet;

use super::Finding;
use super::files::File;
use super::markdown::links;

/// What a newcomer reads before anything else.
const MOST_LINES_OF_README: usize = 150;

const SUMMARY: &str = "docs/src/SUMMARY.md";

/// Where the programs of the pages become doctests.
const BOOK: &str = "docs/book.rs";

/// The only documents that speak of plans.
const PLANS: &[&str] = &["MILESTONES.md"];

/// Holds the documents against the rules.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        findings.extend(dead_links(file, files));
        findings.extend(plans(file));
    }
    findings.extend(readme(files));
    findings.extend(loose_pages(files));
    findings.extend(programs_never_compiled(files));
    findings
}

fn readme(files: &[File]) -> Option<Finding> {
    let readme = files.iter().find(|file| file.path == "README.md")?;
    let lines = readme.text.lines().count();
    let words = format!(
        "the README has {lines} lines, and {MOST_LINES_OF_README} are the most: move what is not for the first minute to docs/"
    );
    (lines > MOST_LINES_OF_README).then(|| Finding::new(&readme.path, lines, words))
}

fn dead_links(file: &File, files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, target) in links(&file.text) {
        let path = target.split('#').next().unwrap_or_default();
        if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let resolved = resolve(&file.path, path);
        let folder = format!("{}/", resolved.trim_end_matches('/'));
        let exists = files
            .iter()
            .any(|other| other.path == resolved || other.path.starts_with(&folder));
        if !exists {
            let words = format!("the link to `{target}` leads nowhere: there is no `{resolved}`");
            findings.push(Finding::new(&file.path, line, words));
        }
    }
    findings
}

/// The path that a link in this document means, below the root.
fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Pages of the book that its summary does not name are never seen.
fn loose_pages(files: &[File]) -> Vec<Finding> {
    let Some(summary) = files.iter().find(|file| file.path == SUMMARY) else {
        return Vec::new();
    };
    let named: BTreeSet<String> = links(&summary.text)
        .iter()
        .map(|(_, target)| resolve(SUMMARY, target))
        .collect();
    let pages = files
        .iter()
        .filter(|file| file.path.starts_with("docs/src/") && file.path.ends_with(".md"));
    pages
        .filter(|page| page.path != SUMMARY && !named.contains(&page.path))
        .map(|page| {
            Finding::new(
                &page.path,
                1,
                format!("the page is not in {SUMMARY}: name it there"),
            )
        })
        .collect()
}

/// Programs that nothing compiles are wrong sooner or later.
fn programs_never_compiled(files: &[File]) -> Vec<Finding> {
    let Some(book) = files.iter().find(|file| file.path == BOOK) else {
        return Vec::new();
    };
    let pages = files
        .iter()
        .filter(|file| file.path.starts_with("docs/src/") && file.path.ends_with(".md"));
    let mut findings = Vec::new();
    for page in pages {
        let mut opening = page.text.lines().enumerate();
        let Some((index, _)) = opening.find(|(_, line)| line.starts_with("```rust")) else {
            continue;
        };
        let named = page.path.trim_start_matches("docs/");
        if !book.text.contains(&format!("\"{named}\"")) {
            let words =
                format!("the program is never compiled: name the page in {BOOK}, as \"{named}\"");
            findings.push(Finding::new(&page.path, index + 1, words));
        }
        for (index, line) in page.text.lines().enumerate() {
            if line.starts_with("```rust") && line.contains("ignore") {
                let words = "the program is not compiled: make it whole, with lines that begin with `# ` hidden";
                findings.push(Finding::new(&page.path, index + 1, words));
            }
        }
    }
    findings
}

fn plans(file: &File) -> Vec<Finding> {
    if PLANS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let words = line.split(|c: char| !c.is_alphanumeric() && c != '.');
        if words.into_iter().any(|word| {
            matches!(
                word,
                "milestone" | "milestones" | "Milestone" | "Milestones"
            )
        }) {
            let words = "a milestone outside of MILESTONES.md: say what is, and link to the plans";
            findings.push(Finding::new(&file.path, index + 1, words));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn findings(files: &[(&str, &str)], expected: &[&str]) {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        let files: Vec<File> = files.iter().map(file).collect();
        let found: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn links_lead_to_files_or_folders() {
        findings(
            &[
                ("a.md", "[b](docs/b.md) [d](docs/) [w](https://x) [h](#a)"),
                ("docs/b.md", "[a](../a.md#x)"),
            ],
            &[],
        );
        findings(
            &[("docs/b.md", "\n[a](../c.md)")],
            &["docs/b.md:2: the link to `../c.md`"],
        );
    }

    #[test]
    fn every_page_of_the_book_is_in_its_summary() {
        let summary = ("docs/src/SUMMARY.md", "- [A](a.md)");
        findings(&[summary, ("docs/src/a.md", "")], &[]);
        findings(
            &[summary, ("docs/src/a.md", ""), ("docs/src/b/c.md", "")],
            &["docs/src/b/c.md:1"],
        );
    }

    #[test]
    fn every_program_of_the_book_is_compiled() {
        let summary = ("docs/src/SUMMARY.md", "- [A](a.md)");
        let book = ("docs/book.rs", "pages! { a \"src/a.md\" }");
        let page = ("docs/src/a.md", "\n```rust,no_run\n```");
        findings(&[summary, book, page], &[]);
        findings(
            &[summary, ("docs/book.rs", ""), page],
            &["docs/src/a.md:2: the program is never compiled"],
        );
        let page = ("docs/src/a.md", "```rust,ignore\n```");
        findings(&[summary, book, page], &["docs/src/a.md:1"]);
    }

    #[test]
    fn the_readme_is_short() {
        findings(&[("README.md", &"\n".repeat(150))], &[]);
        findings(&[("README.md", &"\n".repeat(151))], &["has 151 lines"]);
    }

    #[test]
    fn only_one_document_speaks_of_plans() {
        findings(
            &[
                ("MILESTONES.md", "Milestone"),
                ("README.md", "see MILESTONES.md"),
            ],
            &[],
        );
        findings(
            &[("README.md", "the next milestone")],
            &["README.md:1: a milestone"],
        );
    }
}
