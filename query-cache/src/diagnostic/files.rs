//! Mistakes in the files around a statement: the cache, its settings, files of SQL, migrations.

use std::fmt::Display;
use std::ops::Range;
use std::path::Path;

use super::Diagnostic;
use super::similar::similar;
use crate::description::LINTS;

const PREPARE: &str = "write it again: cargo hathi prepare";

impl Diagnostic {
    /// The file of `query_file!`.
    #[must_use]
    pub fn unreadable_query_file(path: &Path, reason: impl Display) -> Self {
        Self::new(format!(
            "the file \"{}\" cannot be read: {reason}",
            path.display()
        ))
        .help("paths start at the folder of the crate's Cargo.toml")
    }

    /// A cache file, or a folder of it, that cannot be read.
    #[must_use]
    pub fn unreadable_cache(path: &Path, reason: impl Display) -> Self {
        Self::new(format!("\"{}\" cannot be read: {reason}", path.display()))
            .help("see to its permissions, or write it again: cargo hathi prepare")
    }

    /// A cache file that cannot be written or removed.
    #[must_use]
    pub fn unwritable_cache(path: &Path, reason: impl Display) -> Self {
        Self::new(format!(
            "\"{}\" cannot be written: {reason}",
            path.display()
        ))
        .help("see to the permissions of the folder and the space on the disk")
    }

    /// A cache file that a later release wrote.
    #[must_use]
    pub fn newer_cache(path: &Path, found: u64, known: u32) -> Self {
        Self::new(format!(
            "\"{}\" has format {found}, this hathi reads up to {known}",
            path.display()
        ))
        .help("update hathi, or write the cache with this one: cargo hathi prepare")
    }

    /// A cache file that holds something else than it should.
    #[must_use]
    pub fn broken_cache(path: &Path, reason: impl Display) -> Self {
        Self::new(format!("\"{}\" is no cache file: {reason}", path.display())).help(PREPARE)
    }

    /// A folder of migrations with a file that is named wrongly.
    #[must_use]
    pub fn migrations(folder: &Path, reason: impl Display) -> Self {
        Self::new(format!(
            "the migrations in \"{}\" have no order: {reason}",
            folder.display()
        ))
        .help("name them <version>__<name>.up.sql")
    }

    /// A key of `hathi.toml` that means nothing; the place is one in that file.
    #[must_use]
    pub fn unknown_setting(key: &str, known: &[&'static str], place: Range<usize>) -> Self {
        let diagnostic = Self::new(format!("hathi.toml has no setting \"{key}\"")).at(place);
        match similar(key, known.iter().copied()) {
            Some(name) => diagnostic.help(format!("did you mean \"{name}\"?")),
            None => diagnostic.help(format!("settings are {}", known.join(", "))),
        }
    }

    /// A name in `[lints]` or `allow(…)` that is none of a lint.
    #[must_use]
    pub fn unknown_lint(name: &str) -> Self {
        let diagnostic = Self::new(format!("there is no lint \"{name}\""));
        match similar(name, LINTS) {
            Some(known) => diagnostic.help(format!("did you mean \"{known}\"?")),
            None => diagnostic.help(format!("lints are {}", LINTS.join(", "))),
        }
    }

    /// A setting of `hathi.toml` with a value that it cannot take.
    #[must_use]
    pub fn wrong_setting(key: &str, expected: &str, place: Range<usize>) -> Self {
        Self::new(format!("hathi.toml: expected {expected} for \"{key}\""))
            .at(place)
            .help(format!("write {key} = {}", example(key)))
    }

    /// A `hathi.toml` that is no TOML.
    #[must_use]
    pub fn broken_settings(reason: &str, place: Option<Range<usize>>) -> Self {
        Self {
            place,
            ..Self::new(format!("hathi.toml is no TOML: {reason}"))
        }
        .help("a setting is a line such as database_url = \"postgres://…\"")
    }

    /// A `hathi.toml` that cannot be read.
    #[must_use]
    pub fn unreadable_settings(path: &Path, reason: impl Display) -> Self {
        Self::new(format!("\"{}\" cannot be read: {reason}", path.display()))
            .help("see to its permissions")
    }
}

fn example(key: &str) -> &'static str {
    match key {
        "stale" => "\"allow\"",
        "scratch" => "true",
        "derives" => "[\"Clone\"]",
        "functions" => "{ \"public.f(int4)\" = \"not null\" }",
        "lints" => "{ no_where = \"allow\" }",
        name if LINTS.contains(&name) => "\"allow\"",
        _ => "\"postgres://…\"",
    }
}
