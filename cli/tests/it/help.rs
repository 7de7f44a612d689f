//! What the program says of itself.

use crate::project::Project;

#[track_caller]
fn check(name: &str, arguments: &[&str]) {
    let run = Project::empty().run(arguments);
    run.expect(0);
    assert_eq!(run.stderr, "");
    insta::assert_snapshot!(name, run.stdout);
}

#[test]
fn every_command_explains_itself() {
    check("help", &["--help"]);
    check("help_prepare", &["prepare", "--help"]);
    check("help_check", &["check", "--help"]);
    check("help_describe", &["describe", "--help"]);
    check("help_grants", &["grants", "--help"]);
    check("help_report", &["report", "--help"]);
    check("help_db", &["db", "--help"]);
    check("help_db_start", &["db", "start", "--help"]);
    check("help_db_url", &["db", "url", "--help"]);
    check("help_db_psql", &["db", "psql", "--help"]);
}

#[test]
fn the_help_is_the_same_through_cargo() {
    let project = Project::empty();
    assert_eq!(
        project.run(&["hathi", "--help"]).stdout,
        project.run(&["--help"]).stdout
    );
    assert_eq!(
        project.run(&["hathi", "db", "start", "-h"]).stdout,
        project.run(&["db", "start", "-h"]).stdout
    );
}

#[test]
fn a_command_line_that_cannot_be_read_is_no_finding() {
    let project = Project::empty();
    for arguments in [
        &["prepar"][..],
        &[],
        &["describe", "--file", "a", "SELECT 1"],
        &["db", "start", "--postgres", "9"],
    ] {
        project.run(arguments).expect(2);
    }
}
