//! The fuzz targets: each file is one, is built as one, and runs in CI.

use std::collections::BTreeSet;

use super::Finding;
use super::files::File;

const TARGETS: &str = "fuzz/fuzz_targets/";
const MANIFEST: &str = "fuzz/Cargo.toml";
const CI: &str = ".github/workflows/ci.yml";

/// Holds the manifest of the targets, and the job that runs them, against their files.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let targets: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| file.path.strip_prefix(TARGETS)?.strip_suffix(".rs"))
        .collect();
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map_or("", |file| file.text.as_str())
    };
    let mut findings = compare(&targets, &built(text(MANIFEST)), MANIFEST, "built");
    findings.extend(compare(&targets, &run(text(CI)), CI, "run"));
    findings
}

/// The names of the binaries in a manifest.
fn built(manifest: &str) -> BTreeSet<&str> {
    let binaries = manifest.split("[[bin]]").skip(1);
    binaries
        .filter_map(|binary| binary.split('"').nth(1))
        .collect()
}

/// The targets in the matrix of a workflow.
fn run(workflow: &str) -> BTreeSet<&str> {
    let list = workflow
        .lines()
        .find_map(|line| line.trim().strip_prefix("target: [")?.strip_suffix(']'));
    let targets = list.into_iter().flat_map(|list| list.split(','));
    targets.map(str::trim).collect()
}

fn compare(
    targets: &BTreeSet<&str>,
    found: &BTreeSet<&str>,
    path: &str,
    verb: &str,
) -> Vec<Finding> {
    let missing = targets.difference(found).map(|target| {
        let words = format!("the fuzz target `{target}` is not {verb} here: add it");
        Finding::new(path, 1, words)
    });
    let gone = found.difference(targets).map(|target| {
        let words = format!("there is no `{TARGETS}{target}.rs`: take `{target}` out");
        Finding::new(path, 1, words)
    });
    missing.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_lists(built: &str, run: &str, expected: &[&str]) {
        let file = |path: &str, text: String| File {
            path: path.to_owned(),
            text,
        };
        let binaries = built
            .split_whitespace()
            .map(|name| format!("[[bin]]\nname = \"{name}\"\n"));
        let files = [
            file("fuzz/fuzz_targets/a.rs", String::new()),
            file("fuzz/fuzz_targets/b.rs", String::new()),
            file(MANIFEST, binaries.collect()),
            file(CI, format!("  matrix:\n    target: [{run}]\n")),
        ];
        let found: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn each_target_is_built_and_run() {
        check_lists("b a", "a, b", &[]);
        check_lists("a", "a, b", &["`b` is not built here"]);
        check_lists("a b", "a", &["`b` is not run here"]);
        check_lists("a b", "a, b, c", &["no `fuzz/fuzz_targets/c.rs`"]);
    }
}
