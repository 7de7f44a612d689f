//! Rules of attributes: what is allowed has its reason, and no test is switched off.

use super::Finding;
use super::files::File;
use super::mask::Mask;

/// Holds the attributes of one file against the rules.
pub(super) fn check(file: &File) -> Vec<Finding> {
    // The cases of ui-tests are programs of users, who allow what they like.
    if !file.is_rust() || file.path.starts_with("ui-tests/pass/") {
        return Vec::new();
    }
    let code = Mask::of(&file.text).code;
    let mut findings = Vec::new();
    for (line, attribute) in attributes(&code) {
        if let Some(words) = mistake(attribute) {
            findings.push(Finding::new(&file.path, line, words));
        }
    }
    findings
}

/// The insides of all `#[…]` and `#![…]`, with their lines.
fn attributes(code: &str) -> Vec<(usize, &str)> {
    let mut attributes = Vec::new();
    for (at, hash) in code.match_indices('#') {
        let behind = code.get(at + hash.len()..).unwrap_or_default();
        let behind = behind.strip_prefix('!').unwrap_or(behind);
        let inside = behind.strip_prefix('[').and_then(balanced);
        if let Some(inside) = inside {
            let line = code.get(..at).unwrap_or_default().matches('\n').count() + 1;
            attributes.push((line, inside));
        }
    }
    attributes
}

/// The text up to the bracket that closes one opened before it.
fn balanced(text: &str) -> Option<&str> {
    let mut depth = 1_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(..at);
        }
    }
    None
}

fn mistake(attribute: &str) -> Option<&'static str> {
    let attribute = attribute.trim();
    match attribute
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
    {
        Some("ignore") => {
            return Some("a test that is switched off tests nothing: mend it or delete it");
        }
        Some("should_panic") => {
            return Some("any panic passes this test: assert the error instead");
        }
        Some("allow" | "expect" | "cfg_attr") => {}
        _ => return None,
    }
    let allowed = ["allow(", "expect("].iter().find_map(|word| {
        let at = attribute.find(word)?;
        balanced(attribute.get(at + word.len()..)?)
    })?;
    // What a feature alone uses is expected to be dead without it.
    let by_feature = attribute.starts_with("cfg_attr") && attribute.contains("feature");
    if allowed.contains("dead_code") && !by_feature {
        Some("dead code is deleted, not allowed")
    } else if allowed.contains("reason") {
        None
    } else {
        Some("an `allow` without its `reason = \"…\"`: say why, or follow the lint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_code(code: &str, expected: Option<(usize, &str)>) {
        let file = File {
            path: "a.rs".to_owned(),
            text: code.to_owned(),
        };
        let found = check(&file);
        match (found.first(), expected) {
            (None, None) => {}
            (Some(found), Some((line, words))) => {
                assert_eq!(found.line, line);
                assert!(found.words.contains(words), "{}", found.words);
            }
            (found, expected) => panic!("found {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn an_allow_has_its_reason() {
        check_code("#[allow(clippy::x)]\nfn f() {}", Some((1, "reason")));
        check_code("\n#![allow(\n  clippy::x\n)]", Some((2, "reason")));
        check_code("#[expect(unused)]", Some((1, "reason")));
        check_code("#[cfg_attr(test, allow(unused))]", Some((1, "reason")));
        check_code("#[allow(clippy::x, reason = \"measured\")]", None);
        check_code("#[derive(Debug)] fn allow(x: u8) {}", None);
    }

    #[test]
    fn dead_code_is_never_allowed() {
        check_code(
            "#[allow(dead_code, reason = \"later\")]",
            Some((1, "deleted")),
        );
    }

    #[test]
    fn no_test_is_switched_off() {
        check_code("#[test]\n#[ignore = \"slow\"]", Some((2, "switched off")));
        check_code("#[should_panic(expected = \"x\")]", Some((1, "any panic")));
        check_code("#[ignored]", None);
    }

    #[test]
    fn comments_and_texts_hold_no_attributes() {
        check_code("// #[allow(unused)]\nlet s = \"#[ignore]\";", None);
    }
}
