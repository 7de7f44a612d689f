//! `cargo hathi describe --batch`: many statements at once.

use crate::project::{Project, database};

#[test]
fn every_statement_is_answered_in_its_place() {
    let database = database("CREATE TABLE crew (id integer PRIMARY KEY)");
    let input = "{\"id\": \"a\", \"sql\": \"SELECT id FROM crew WHERE id = $1\"}\n\
                 {\"id\": 2, \"sql\": \"SELECT nmae FROM crew\"}\n\
                 no JSON\n\
                 {\"id\": null, \"sql\": \"BEGIN\"}\n\
                 {\"id\": [3], \"sql\": \"DELETE FROM crew\"}";
    let run = Project::empty().run_with_input(&database, &["describe", "--batch"], input);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_thousand_statements_are_no_trouble() {
    let project = Project::empty();
    let lines: Vec<String> = (0..1000)
        .map(|id| format!("{{\"id\": {id}, \"sql\": \"SELECT {id} AS a, $1::text AS b\"}}"))
        .collect();
    project.write("in.jsonl", &lines.join("\n"));
    let run = project.run_with(
        &database(""),
        &["describe", "--batch", "--file", "in.jsonl"],
    );
    let answers: Vec<&str> = run.expect(0).stdout.lines().collect();
    assert_eq!(answers.len(), 1000);
    for (id, answer) in answers.iter().enumerate() {
        assert!(
            answer.starts_with(&format!("{{\"id\":{id},\"statement\":\"select\",")),
            "{answer}"
        );
    }
}

#[test]
fn no_statement_asks_no_database() {
    let run =
        Project::empty().run_with_input("postgres://127.0.0.1:1/x", &["describe", "--batch"], "\n");
    assert_eq!(run.expect(0).stdout, "");
}
