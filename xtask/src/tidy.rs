//! `cargo xtask tidy`: the rules of this tree that no compiler checks.
//!
//! Each finding is one line, `path:line: words`, and its words say what to do.

mod attributes;
mod budget;
mod comments;
mod compared;
mod corpus;
mod crates;
mod documents;
mod files;
mod futures;
mod fuzz;
mod markdown;
mod mask;
mod named_test;
mod pitfalls;

use std::fmt;
use std::process::ExitCode;

use anyhow::ensure;

use crate::cargo;

/// `cargo xtask tidy`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(
        arguments.is_empty(),
        "`tidy` takes no arguments: it looks at everything"
    );
    Ok(if is_tidy()? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `cargo xtask futures`
pub(crate) fn list_futures(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(
        arguments.is_empty(),
        "`futures` takes no arguments: it lists all of them"
    );
    for found in futures::of(&files::of(&cargo::root())?) {
        eprintln!("{:32} {}:{}", found.name, found.path, found.line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints every finding; there are none in a tidy tree.
pub(crate) fn is_tidy() -> anyhow::Result<bool> {
    let findings = findings()?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        eprintln!("{} places to tidy", findings.len());
    }
    Ok(findings.is_empty())
}

fn findings() -> anyhow::Result<Vec<Finding>> {
    let files = files::of(&cargo::root())?;
    let metadata = cargo::metadata()?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(files::check(file));
        findings.extend(comments::check(file));
        findings.extend(attributes::check(file));
    }
    findings.extend(documents::check(&files));
    findings.extend(compared::check(&files));
    findings.extend(corpus::check(&files));
    findings.extend(futures::check(&files));
    findings.extend(fuzz::check(&files));
    findings.extend(pitfalls::check(&files));
    findings.extend(crates::check(&files, &metadata)?);
    findings.extend(budget::check(&files, &metadata)?);
    findings.sort();
    Ok(findings)
}

/// One thing to tidy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    words: String,
}

impl Finding {
    fn new(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            words: words.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_is_tidy() {
        let findings: Vec<String> = findings()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
