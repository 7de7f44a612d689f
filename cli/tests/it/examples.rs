//! What the cache alone tells of the examples of this repository: the rights that they need, and their page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;

const EXAMPLES: [&str; 5] = [
    "bulk-load",
    "quickstart",
    "transfer",
    "web-service",
    "worker",
];

fn folder(example: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    examples.join(example).canonicalize().unwrap()
}

/// Runs the program in the folder of an example, knowing of no database.
fn run(example: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-hathi"));
    command.args(arguments).current_dir(folder(example));
    for name in ["DATABASE_URL", "HATHI_DIR"] {
        command.env_remove(name);
    }
    let output = command.env("HATHI_OFFLINE", "1").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{example}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_rights_that_each_example_needs() {
    let printed = EXAMPLES.map(|example| {
        let grants = run(example, &["grants", "--role", "app"]);
        format!("# {example}\n{grants}")
    });
    insta::assert_snapshot!(printed.join("\n"));
}

#[test]
fn the_page_of_each_example_holds_every_statement_at_its_place_and_asks_for_nothing() {
    let output = Project::empty();
    for example in EXAMPLES {
        let path = output.folder().join(format!("{example}.html"));
        let said = run(example, &["report", "--output", path.to_str().unwrap()]);
        let page = fs::read_to_string(&path).unwrap();
        let calls = calls(&folder(example).join("src"));
        assert!(
            calls > 1 && said.starts_with(&format!("{calls} statements: ")),
            "{said}"
        );
        let sections: Vec<&str> = page.split("<h2 id=\"s").skip(1).collect();
        assert_eq!(sections.len(), calls, "{page}");
        for section in sections {
            assert_is_at_its_place(example, section);
        }
        for sign in [
            "<script", "<link", "<img", "src=", "@import", "url(", "http",
        ] {
            assert!(!page.contains(sign), "{sign} in {page}");
        }
        // The picture: a row for each relation, and a mark that leads to each statement that uses it.
        assert!(
            page.contains("<svg") && page.ends_with("</html>\n"),
            "{page}"
        );
        assert!(page.matches("<rect class=\"r\" x").count() > 0, "{page}");
        assert!(page.matches("<rect class=\"w\" x").count() > 0, "{page}");
    }
}

/// How many statements the sources have.
fn calls(sources: &Path) -> usize {
    let mut calls = 0;
    for file in fs::read_dir(sources).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
        for name in ["query!", "command!", "copy_in!", "copy_out!"] {
            calls += lines.clone().filter(|line| line.contains(name)).count();
        }
    }
    calls
}

/// `1">1. src/main.rs:7:9</h2>…<pre>SELECT …`: the statement's first word stands there.
fn assert_is_at_its_place(example: &str, section: &str) {
    let (head, shown) = section.split_once("</h2>").unwrap();
    let place = head.split_once(". ").unwrap().1;
    let [file, line, column] = place.split(':').collect::<Vec<_>>()[..] else {
        panic!("{place}");
    };
    let text = fs::read_to_string(folder(example).join(file)).unwrap();
    let line: usize = line.parse().unwrap();
    let column: usize = column.parse().unwrap();
    // A literal may begin with the end of its line.
    let rest: Vec<&str> = text.lines().skip(line - 1).take(2).collect();
    let literal = rest.join("\n")[column - 1..].trim_start().to_owned();
    let word = shown.split_once("<pre>").unwrap().1;
    let word = word.split_whitespace().next().unwrap();
    assert!(literal.starts_with(word), "{example}: {place} is {literal}");
}
