//! What is around a project: the database that is named somewhere, settings, cargo.

use crate::project::{Project, database};

/// A database that cannot be reached, so that asking it shows.
const WRONG: &str = "postgres://ada@127.0.0.1:1/wrong";

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_files() {
    let (project, database) = (Project::with(&["SELECT 1"]), database(""));
    project.write("hathi.toml", &format!("database_url = \"{WRONG}\"\n"));
    project.run(&["prepare"]).expect(2);
    project.write(".env", &format!("DATABASE_URL={database}\n"));
    project.run(&["prepare"]).expect(0);
    project.write(".env", &format!("DATABASE_URL='{WRONG}'\n"));
    project.run(&["prepare"]).expect(2);
    project.run_with(&database, &["prepare"]).expect(0);
    project
        .run_with(WRONG, &["prepare", "--database-url", &database])
        .expect(0);
    project
        .run_with(WRONG, &["prepare", "--postgres", "18"])
        .expect(0);
}

#[test]
fn a_mistake_in_the_settings_is_shown_at_its_place() {
    let project = Project::with(&["SELECT 1"]);
    project.write("hathi.toml", "scratch = true\ndatabse_url = \"x\"\n");
    insta::assert_snapshot!(project.run(&["prepare"]).text(), @r#"
    error: hathi.toml has no setting "databse_url"
             databse_url = "x"
             ^^^^^^^^^^^
            --> hathi.toml:2:1
           help: did you mean "database_url"?
    exit code 2
    "#);
}

#[test]
fn a_url_that_names_no_database_is_no_riddle() {
    let project = Project::with(&["SELECT 1"]);
    let run = project.run_with("mysql://ada:hush@localhost/crew", &["prepare"]);
    assert!(
        run.expect(2)
            .stderr
            .contains("error: DATABASE_URL names no database: "),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("hush"), "{}", run.stderr);
}

#[test]
fn a_workspace_without_hathi_is_told_how_to_get_it() {
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        "[package]\nname = \"app\"\nedition = \"2024\"\n",
    );
    project.write("src/main.rs", "fn main() {}\n");
    insta::assert_snapshot!(project.run(&["check"]).text(), @r"
    error: no crate of this workspace depends on hathi
           help: add it: cargo add hathi
    exit code 2
    ");
}

#[test]
fn a_folder_without_a_crate_is_told_in_the_words_of_cargo() {
    let project = Project::empty();
    let run = project.run(&["prepare"]);
    assert!(
        run.expect(2)
            .stderr
            .contains("error: could not find `Cargo.toml` in `[folder]`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_project_without_statements_asks_no_database() {
    let project = Project::with(&[]);
    insta::assert_snapshot!(project.run_with(WRONG, &["prepare"]).text(), @r"
    no statement was found, and the cache is empty
    exit code 0
    ");
}
