//! The public futures of the runtime, and the tests that drop each of them after each poll: `tests/DROPS.md` names them.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::files::File;
use super::markdown::{Table, code_spans};
use super::mask::Mask;
use super::named_test;

const PATH: &str = "tests/DROPS.md";

/// Where the futures are.
const SOURCES: &str = "runtime/src/";

/// What makes a type something to be awaited, or to be polled for items.
const TRAITS: &[&str] = &["Future", "IntoFuture", "Stream"];

/// A public future: a type, or what an `async fn` returns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    /// `Fetch`, or `Session::connect`.
    pub(super) name: String,
    pub(super) path: String,
    pub(super) line: usize,
}

/// Holds the table against the futures and the tests.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let futures = of(files);
    let mut missing: BTreeMap<&str, &Found> = futures
        .iter()
        .map(|found| (found.name.as_str(), found))
        .collect();
    let mut findings = Vec::new();
    let document = files.iter().find(|file| file.path == PATH);
    let table = document.and_then(|file| Table::find(&file.text, &["future", "test"]));
    for (line, cells) in table.iter().flat_map(|table| &table.rows) {
        let first = cells.first().copied().unwrap_or_default();
        for name in code_spans(first) {
            if missing.remove(name).is_none() {
                let words = format!(
                    "`{name}` is there twice, or is no public future of {SOURCES}: take it out"
                );
                findings.push(Finding::new(PATH, *line, words));
            }
        }
        let tests = cells.get(1).copied().unwrap_or_default();
        let mistakes = named_test::mistakes(files, tests);
        findings.extend(
            mistakes
                .into_iter()
                .map(|words| Finding::new(PATH, *line, words)),
        );
    }
    findings.extend(missing.into_values().map(|found| {
        let words = format!(
            "`{}` is not in {PATH}: write a test that drops it after each poll, and name it there",
            found.name
        );
        Finding::new(&found.path, found.line, words)
    }));
    findings
}

/// The public futures of the runtime, each once, by name.
pub(super) fn of(files: &[File]) -> Vec<Found> {
    let sources: Vec<(&File, String)> = files
        .iter()
        .filter(|file| file.is_rust() && file.path.starts_with(SOURCES) && !is_test(&file.path))
        .map(|file| (file, without_tests(&Mask::of(&file.text).code)))
        .collect();
    let public: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(_, code)| public_types(code))
        .collect();
    let mut by_name = BTreeMap::new();
    for (file, code) in &sources {
        for (line, name) in futures(code, &public) {
            by_name.entry(name.clone()).or_insert_with(|| Found {
                name,
                path: file.path.clone(),
                line,
            });
        }
    }
    by_name.into_values().collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// The code before its tests; they stand last.
fn without_tests(code: &str) -> String {
    let end = code.find("\n#[cfg(test)]\nmod ").unwrap_or(code.len());
    code.get(..end).unwrap_or(code).to_owned()
}

/// The types that others see: a `pub` that reaches nobody is refused by the compiler.
fn public_types(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| {
        ["pub struct ", "pub enum ", "pub trait "]
            .iter()
            .find_map(|words| line.strip_prefix(words))
            .map(word)
    })
}

/// What stands around a function.
enum Scope {
    /// Nothing: it is free.
    Module,
    /// An `impl` of a public type, or a public trait; whether its functions are as public as it.
    Of { name: String, is_trait: bool },
    /// Something that others do not see.
    Hidden,
}

fn futures(code: &str, public: &BTreeSet<&str>) -> Vec<(usize, String)> {
    let mut futures = Vec::new();
    let mut scope = Scope::Module;
    let mut at = 0;
    for (index, line) in code.lines().enumerate() {
        let rest = code.get(at..).unwrap_or_default();
        at += line.len() + 1;
        if line.starts_with('}') {
            scope = Scope::Module;
        } else if let Some(behind) = line
            .strip_prefix("impl")
            .filter(|behind| behind.starts_with([' ', '<']))
        {
            let header = rest.split('{').next().unwrap_or_default();
            let head = Implementation::of(header.strip_prefix("impl").unwrap_or(behind));
            let seen = public.contains(head.subject);
            if seen
                && head
                    .of_trait
                    .is_some_and(|of_trait| TRAITS.contains(&of_trait))
            {
                futures.push((index + 1, head.subject.to_owned()));
            }
            scope = if seen && head.of_trait.is_none() {
                Scope::Of {
                    name: head.subject.to_owned(),
                    is_trait: false,
                }
            } else {
                Scope::Hidden
            };
        } else if let Some(behind) = line.strip_prefix("pub trait ") {
            scope = Scope::Of {
                name: word(behind).to_owned(),
                is_trait: true,
            };
        } else if let Some(name) = awaited(line.trim_start(), rest.trim_start(), &scope) {
            futures.push((index + 1, name));
        }
    }
    futures
}

/// The future that a function returns, if one begins in this line that others can call.
fn awaited(line: &str, rest: &str, scope: &Scope) -> Option<String> {
    let is_trait = matches!(scope, Scope::Of { is_trait: true, .. });
    let line = match line.strip_prefix("pub ") {
        Some(line) => line,
        None if is_trait => line,
        None => return None,
    };
    let (before, name) = line.split_once("fn ")?;
    let qualifiers: Vec<&str> = before.split_whitespace().collect();
    if !qualifiers
        .iter()
        .all(|word| matches!(*word, "async" | "const" | "unsafe"))
    {
        return None;
    }
    let signature = rest.split(['{', ';']).next().unwrap_or_default();
    if !qualifiers.contains(&"async") && !returns_future(signature) {
        return None;
    }
    match scope {
        Scope::Module => Some(word(name).to_owned()),
        Scope::Of { name: ty, .. } => Some(format!("{ty}::{}", word(name))),
        Scope::Hidden => None,
    }
}

/// Whether what stands behind the parameters is a future without a name.
fn returns_future(signature: &str) -> bool {
    let mut depth = 0_usize;
    let behind = signature.char_indices().find_map(|(at, character)| {
        match character {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return (depth == 0).then(|| signature.get(at + 1..)).flatten();
            }
            _ => {}
        }
        None
    });
    let returned = behind
        .and_then(|behind| behind.trim_start().strip_prefix("->"))
        .and_then(|returned| returned.split("where").next())
        .unwrap_or_default();
    ["impl Future", "dyn Future"]
        .iter()
        .any(|words| returned.contains(words))
}

/// The head of an `impl`.
struct Implementation<'a> {
    of_trait: Option<&'a str>,
    subject: &'a str,
}

impl<'a> Implementation<'a> {
    /// Reads what stands between `impl` and its brace.
    fn of(header: &'a str) -> Self {
        let header = without_generics(header).trim();
        let header = header.split("where").next().unwrap_or(header);
        match header.split_once(" for ") {
            Some((of_trait, subject)) => Self {
                of_trait: Some(last_segment(of_trait)),
                subject: last_segment(subject),
            },
            None => Self {
                of_trait: None,
                subject: last_segment(header),
            },
        }
    }
}

/// The text behind the generics that it begins with.
fn without_generics(text: &str) -> &str {
    if !text.starts_with('<') {
        return text;
    }
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            // Not the arrow of a function's type.
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = character;
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    text
}

/// `Future` of `std::future::Future<Output = u8>`.
fn last_segment(path: &str) -> &str {
    let path = path.trim().trim_start_matches('&');
    let path = path.split('<').next().unwrap_or(path);
    word(path.rsplit("::").next().unwrap_or(path))
}

/// The word that the text begins with.
fn word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or(text)
}

#[cfg(test)]
mod tests;
