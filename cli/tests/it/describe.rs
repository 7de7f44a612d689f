//! `cargo hathi describe`: one statement, for people and for programs.

use crate::project::{Project, database};

const CREW: &str = "CREATE TABLE crew (id integer PRIMARY KEY, name text NOT NULL, nick text)";

#[test]
fn a_person_gets_tables_and_reasons() {
    let run = Project::empty().run_with(
        &database(CREW),
        &["describe", "SELECT name, nick FROM crew WHERE id = $id"],
    );
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_program_gets_the_description_in_one_line() {
    let run = Project::empty().run_with(
        &database(CREW),
        &["describe", "--json", "UPDATE crew SET nick = {nick}"],
    );
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_mistake_has_its_place_and_an_exit_code() {
    let (project, database) = (Project::empty(), database(CREW));
    let sql = "SELECT name,\n  nikc FROM crew";
    insta::assert_snapshot!(
        "mistake",
        project.run_with(&database, &["describe", sql]).text()
    );
    insta::assert_snapshot!(
        "mistake_json",
        project
            .run_with(&database, &["describe", "--json", sql])
            .text()
    );
    project.write("query.sql", sql);
    insta::assert_snapshot!(
        "mistake_file",
        project
            .run_with(&database, &["describe", "--file", "query.sql"])
            .text()
    );
}

#[test]
fn a_text_that_is_no_statement_needs_no_database() {
    let project = Project::empty();
    insta::assert_snapshot!(
        project
            .run_with(
                "postgres://127.0.0.1:1/x",
                &["describe", "SELECT 1; SELECT 2"]
            )
            .text()
    );
    project
        .run_with("postgres://127.0.0.1:1/x", &["describe", "SELECT 1"])
        .expect(2);
}

#[test]
fn the_statement_may_come_on_the_standard_input() {
    let run = Project::empty().run_with_input(
        &database(CREW),
        &["describe"],
        "SELECT id FROM crew\r\n-- all\r\n",
    );
    assert!(
        run.expect(0)
            .stdout
            .contains("id  int4  never NULL  public.crew.id\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn without_a_project_and_a_database_a_private_server_answers() {
    let project = Project::empty();
    let run = project.run(&["describe", "--postgres", "18", "SELECT 1 AS one"]);
    assert!(
        run.expect(0).stdout.starts_with("select, rows: "),
        "{}",
        run.stdout
    );
    assert_eq!(project.names("."), [""; 0], "nothing is left in the folder");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let run = Project::empty().run(&["describe", "--file", "gone.sql"]);
    assert!(
        run.expect(2)
            .stderr
            .starts_with("error: \"gone.sql\" cannot be read: "),
        "{}",
        run.stderr
    );
}
