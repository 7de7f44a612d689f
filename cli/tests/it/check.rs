//! `cargo hathi check`: finds what `prepare` would write, and writes nothing.

use crate::project::{Project, database, execute};

const CREW: &str = "CREATE TABLE crew (id integer PRIMARY KEY, name text NOT NULL)";
const NAMES: &str = "SELECT name FROM crew";

#[test]
fn a_cache_that_is_not_there_is_a_difference() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    insta::assert_snapshot!(project.run_with(&database, &["check"]).text());
    assert_eq!(project.names("."), ["Cargo.toml", "src"]);
}

#[test]
fn a_cache_that_is_prepared_passes() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    insta::assert_snapshot!(project.run_with(&database, &["check"]).text(), @r"
    1 statement: 0 added, 0 changed, 0 removed, 1 unchanged (asked [database], PostgreSQL 18)
    exit code 0
    ");
}

#[test]
fn lints_are_printed_at_their_places_and_change_no_exit_code() {
    let (project, database) = (
        Project::with(&["SELECT name FROM crew LIMIT 1"]),
        database(CREW),
    );
    project.run_with(&database, &["prepare"]).expect(0);
    let check = project.run_with(&database, &["check"]);
    let found = check.expect(0).stdout.clone();
    assert!(
        found.contains("warning: src/main.rs:3:")
            && found.contains(": hathi(unordered_limit): LIMIT"),
        "{found}"
    );
    project.write("hathi.toml", "[lints]\nunordered_limit = 'allow'\n");
    let found = project
        .run_with(&database, &["check"])
        .expect(0)
        .stdout
        .clone();
    assert!(!found.contains("warning"), "{found}");
}

#[test]
fn every_kind_of_difference_is_found_and_left_as_it_is() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    let file = format!(".hathi/queries/{}", project.names(".hathi/queries")[0]);
    let files = [file.as_str(), ".hathi/schema.json"];
    let before = files.map(|file| project.read(file));

    project.statements(&[]);
    project.run_with(&database, &["check"]).expect(1);
    project.statements(&[NAMES, "SELECT id FROM crew"]);
    project.run_with(&database, &["check"]).expect(1);
    project.statements(&["SELECT nmae FROM crew"]);
    let wrong = project.run_with(&database, &["check"]);
    assert!(
        wrong.expect(1).stderr.ends_with("error: 1 mistake\n"),
        "{}",
        wrong.stderr
    );
    project.statements(&[NAMES]);
    execute(&database, "ALTER TABLE crew ALTER name DROP NOT NULL");
    project.run_with(&database, &["check"]).expect(1);

    assert_eq!(files.map(|file| project.read(file)), before);
    assert_eq!(project.names(".hathi"), ["queries", "schema.json"]);
}

#[test]
fn a_schema_that_no_statement_tells_is_a_difference_too() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    execute(&database, "CREATE TABLE ship ()");
    insta::assert_snapshot!(project.run_with(&database, &["check"]).text());
}

#[test]
fn layout_and_names_of_parameters_make_no_difference() {
    let (project, database) = (
        Project::with(&["SELECT name FROM crew WHERE id = {id}"]),
        database(CREW),
    );
    project.run_with(&database, &["prepare"]).expect(0);
    project.statements(&[
        "select name -- all\nfrom crew where id = $1",
        "SELECT name FROM crew WHERE id = {user.id}",
    ]);
    project.run_with(&database, &["check"]).expect(0);
}
