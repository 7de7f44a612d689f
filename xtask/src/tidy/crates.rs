//! Holds ARCHITECTURE's table of crates against `cargo metadata` and `cargo tree`.
//!
//! The table is the rule: its column "may use" equals the dependencies of each crate's manifest, in
//! both directions, and nothing of its column "never" is behind the crate at any distance.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::files::File;
use super::markdown::{Table, code_spans};
use crate::cargo::{self, Metadata, Package};

const DOCUMENT: &str = "ARCHITECTURE.md";
const HEAD: &[&str] = &["crate", "folder", "may use", "never"];

/// What users import. Without its default features it must be free of macros and of all that they need.
const RUNTIME: &str = "hathi";

/// What no crate without macros builds.
const MACRO_CRATES: &[&str] = &["hathi-macros", "proc-macro2", "quote", "syn"];

/// Holds the table against the workspace.
pub(super) fn check(files: &[File], metadata: &Metadata) -> anyhow::Result<Vec<Finding>> {
    let table = files
        .iter()
        .find(|file| file.path == DOCUMENT)
        .and_then(|file| Table::find(&file.text, HEAD));
    let Some(table) = table else {
        let words = format!("there is no table with the head {HEAD:?}: write one line per crate");
        return Ok(vec![Finding::new(DOCUMENT, 1, words)]);
    };
    let rows: Vec<Row> = table
        .rows
        .iter()
        .map(|(line, cells)| Row::read(*line, cells))
        .collect();
    let mut findings = members(&rows, table.line, metadata);
    for row in &rows {
        findings.extend(words_never_used(row, files));
        if metadata
            .packages
            .iter()
            .any(|package| package.name == row.name)
        {
            findings.extend(row.behind(&behind(row.name)?));
        }
    }
    findings.extend(without_macros(&cargo::tree(
        RUNTIME,
        "normal",
        &["--no-default-features"],
    )?));
    Ok(findings)
}

/// The crates behind a crate. What only a procedural macro needs is not behind the crate that uses it.
fn behind(name: &str) -> anyhow::Result<BTreeSet<String>> {
    let features = if name == RUNTIME {
        "--no-default-features"
    } else {
        "--all-features"
    };
    cargo::tree(name, "normal,no-proc-macro", &[features])
}

/// One line of the table.
#[derive(Debug)]
struct Row<'a> {
    line: usize,
    name: &'a str,
    folder: &'a str,
    uses: BTreeSet<&'a str>,
    never: Vec<&'a str>,
}

impl<'a> Row<'a> {
    fn read(line: usize, cells: &[&'a str]) -> Self {
        let spans = |index: usize| code_spans(cells.get(index).copied().unwrap_or_default());
        let first = |index: usize| spans(index).first().copied().unwrap_or_default();
        Self {
            line,
            name: first(0),
            folder: first(1).trim_end_matches('/'),
            uses: spans(2).into_iter().collect(),
            never: spans(3),
        }
    }

    fn finding(&self, words: String) -> Finding {
        Finding::new(DOCUMENT, self.line, words)
    }

    /// The folder and the direct dependencies are those of the manifest.
    fn equals(&self, package: &Package) -> Vec<Finding> {
        let mut findings = Vec::new();
        let root = cargo::root();
        let folder = package
            .manifest_path
            .parent()
            .and_then(|folder| folder.strip_prefix(root).ok());
        let folder = folder
            .map(|folder| folder.to_string_lossy().replace('\\', "/"))
            .unwrap_or_default();
        if folder != self.folder {
            findings.push(self.finding(format!(
                "`{}` is in `{folder}/`, not in `{}/`",
                self.name, self.folder
            )));
        }
        let dependencies = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"));
        let uses: BTreeSet<&str> = dependencies
            .map(|dependency| dependency.name.as_str())
            .collect();
        for extra in uses.difference(&self.uses) {
            findings.push(self.finding(format!(
                "`{}` uses `{extra}`, which the table does not list: argue it in the table, or take it out of {folder}/Cargo.toml",
                self.name
            )));
        }
        for missing in self.uses.difference(&uses) {
            findings.push(self.finding(format!(
                "the table lists `{missing}` for `{}`, which {folder}/Cargo.toml does not: take it out of the table",
                self.name
            )));
        }
        findings
    }

    /// None of the crates that the row forbids is behind the crate.
    fn behind(&self, tree: &BTreeSet<String>) -> Vec<Finding> {
        let forbidden = self.never.iter().filter(|never| tree.contains(**never));
        let words = |never: &&str| {
            format!(
                "`{never}` is behind `{}`: `cargo tree -p {} -i {never}` shows the way",
                self.name, self.name
            )
        };
        forbidden.map(|never| self.finding(words(never))).collect()
    }
}

/// Every member has its row, and every row its member.
fn members(rows: &[Row<'_>], line: usize, metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rows: BTreeMap<&str, &Row<'_>> = rows.iter().map(|row| (row.name, row)).collect();
    for package in &metadata.packages {
        match rows.get(package.name.as_str()) {
            Some(row) => findings.extend(row.equals(package)),
            None => {
                let words = format!("the table has no line for `{}`: write one", package.name);
                findings.push(Finding::new(DOCUMENT, line, words));
            }
        }
    }
    for row in rows.values() {
        if !metadata
            .packages
            .iter()
            .any(|package| package.name == row.name)
        {
            findings.push(row.finding(format!(
                "`{}` is no member of the workspace: take its line out",
                row.name
            )));
        }
    }
    findings
}

/// Paths like `std::net` that a row forbids are not written in the crate.
fn words_never_used(row: &Row<'_>, files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let source = format!("{}/src/", row.folder);
    for path in row.never.iter().filter(|never| never.contains("::")) {
        for file in files
            .iter()
            .filter(|file| file.is_rust() && file.path.starts_with(&source))
        {
            let code = super::mask::Mask::of(&file.text).code;
            for (index, _) in code
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains(path))
            {
                let words = format!(
                    "`{}` never uses `{path}`: this belongs in a crate at the rim",
                    row.name
                );
                findings.push(Finding::new(&file.path, index + 1, words));
            }
        }
    }
    findings
}

fn without_macros(tree: &BTreeSet<String>) -> Vec<Finding> {
    let found = MACRO_CRATES.iter().filter(|name| tree.contains(**name));
    let words = |name: &&str| {
        format!(
            "`{name}` is behind `{RUNTIME}` without default features: `cargo tree -p {RUNTIME} --no-default-features -e normal -i {name}` shows the way"
        )
    };
    found
        .map(|name| Finding::new("runtime/Cargo.toml", 1, words(name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::Dependency;

    const ROW: &[&str] = &[
        "`hathi-wire`",
        "`wire/`",
        "`bytes`, and for `auth`",
        "`tokio`, `std::net`",
    ];

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        };
        Package {
            name: name.to_owned(),
            manifest_path: cargo::root().join("wire/Cargo.toml"),
            dependencies: dependencies.iter().map(dependency).collect(),
            features: BTreeMap::new(),
        }
    }

    #[track_caller]
    fn check_words(findings: &[Finding], expected: &[&str]) {
        assert_eq!(findings.len(), expected.len(), "{findings:?}");
        for (finding, expected) in findings.iter().zip(expected) {
            assert!(finding.words.contains(expected), "{finding}");
        }
    }

    #[test]
    fn a_row_equals_the_manifest_in_both_directions() {
        let row = Row::read(7, ROW);
        check_words(
            &row.equals(&package(
                "hathi-wire",
                &[("bytes", None), ("auth", None), ("insta", Some("dev"))],
            )),
            &[],
        );
        check_words(
            &row.equals(&package(
                "hathi-wire",
                &[("bytes", None), ("tokio", Some("build"))],
            )),
            &["uses `tokio`", "lists `auth`"],
        );
    }

    #[test]
    fn a_row_names_the_crates_folder() {
        let row = Row::read(7, &["`a`", "`elsewhere/`", "", ""]);
        check_words(
            &row.equals(&package("a", &[])),
            &["is in `wire/`, not in `elsewhere/`"],
        );
    }

    #[test]
    fn rows_and_members_are_the_same() {
        let metadata = Metadata {
            packages: vec![package("hathi", &[])],
        };
        let rows = [Row::read(7, &["`gone`", "`wire/`", "", ""])];
        check_words(
            &members(&rows, 5, &metadata),
            &["no line for `hathi`", "`gone` is no member"],
        );
    }

    #[test]
    fn a_forbidden_crate_is_found_at_any_distance() {
        let row = Row::read(7, ROW);
        let tree = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<_>>()
        };
        check_words(
            &row.behind(&tree(&["bytes", "tokio"])),
            &["`tokio` is behind `hathi-wire`"],
        );
        check_words(&row.behind(&tree(&["bytes", "tokio-util"])), &[]);
        check_words(
            &without_macros(&tree(&["hathi", "syn"])),
            &["`syn` is behind `hathi`"],
        );
    }

    #[test]
    fn a_forbidden_path_is_found_in_code_and_not_in_comments() {
        let file = |path: &str, text: &str| File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files = [
            file(
                "wire/src/a.rs",
                "//! No std::net here.\nuse std::net::TcpStream;",
            ),
            file("describe/src/a.rs", "use std::net::TcpStream;"),
        ];
        let findings = words_never_used(&Row::read(7, ROW), &files);
        check_words(&findings, &["never uses `std::net`"]);
        assert_eq!(
            (findings[0].path.as_str(), findings[0].line),
            ("wire/src/a.rs", 2)
        );
    }
}
