//! `cargo hathi db`: the private server of a project.

use std::process::Command;

use crate::project::{Project, execute};

const CREW: &str = "CREATE TABLE crew (id integer PRIMARY KEY, name text NOT NULL);";

/// A project whose server is stopped when the test ends, however it ends.
struct Served(Project);

impl Served {
    fn new() -> Self {
        let project = Project::with(&["SELECT name FROM crew"]);
        project.write("migrations/0001__crew.up.sql", CREW);
        Self(project)
    }

    fn start(&self) -> crate::project::Run {
        self.0.run(&["db", "start", "--postgres", "18"])
    }

    fn url(&self) -> String {
        let command = &mut self.0.program(&["db", "url"]);
        String::from_utf8(command.output().unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.run(&["db", "stop"]);
    }
}

/// The processes whose command lines mention a text.
fn processes(text: &str) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-A", "-ww", "-o", "args="])
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .lines()
        .filter(|line| line.contains(text) && !line.contains("ps -A"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_server_is_started_found_and_stopped() {
    let served = Served::new();
    let project = &served.0;
    insta::assert_snapshot!("status_before", project.run(&["db", "status"]).text());
    insta::assert_snapshot!("start", served.start().text());
    insta::assert_snapshot!("start_again", served.start().text());
    insta::assert_snapshot!("status", project.run(&["db", "status"]).text());
    let url = served.url();
    assert!(url.starts_with("postgres://postgres@"), "{url}");
    assert_eq!(project.read(".hathi/live/database_url").trim(), url);
    assert_eq!(project.read(".hathi/live/.gitignore"), "*\n");
    let folder = project.folder().display().to_string();
    assert!(!processes(&folder).is_empty());
    insta::assert_snapshot!("stop", project.run(&["db", "stop"]).text());
    assert_eq!(processes(&folder), [""; 0]);
    assert!(
        !project
            .names(".hathi/live")
            .contains(&"database_url".to_owned())
    );
    insta::assert_snapshot!("stop_again", project.run(&["db", "stop"]).text());
    project.run(&["db", "url"]).expect(2);
}

#[test]
fn new_migrations_are_applied_by_the_next_start_and_by_prepare() {
    let served = Served::new();
    let project = &served.0;
    served.start().expect(0);
    execute(&served.url(), "INSERT INTO crew VALUES (1, 'Ada')");
    project.write(
        "migrations/0002__nick.up.sql",
        "ALTER TABLE crew ADD nick text;",
    );
    insta::assert_snapshot!("status_pending", project.run(&["db", "status"]).text());
    insta::assert_snapshot!("start_pending", served.start().text());
    project.write(
        "migrations/0003__ship.up.sql",
        "CREATE TABLE ship (crew integer REFERENCES crew);",
    );
    project.statements(&["SELECT nick FROM crew JOIN ship ON crew = id"]);
    project.run(&["prepare"]).expect(0);
    project.run(&["db", "status"]).expect(0);
    // The data of the first start is still there.
    execute(&served.url(), "INSERT INTO ship VALUES (1)");
}

#[test]
fn comments_of_applied_migrations_may_change_and_statements_may_not() {
    let served = Served::new();
    let project = &served.0;
    served.start().expect(0);
    project.write(
        "migrations/0001__crew.up.sql",
        &format!("-- the crew\r\n{CREW}"),
    );
    served.start().expect(0);
    project.write(
        "migrations/0001__crew.up.sql",
        &CREW.replace("text", "varchar"),
    );
    insta::assert_snapshot!("changed", served.start().text());
    project.write("migrations/0001__crew.up.sql", CREW);
    project.write("migrations/0000__first.up.sql", "CREATE TABLE first ();");
    insta::assert_snapshot!("out_of_order", served.start().text());
    project.run(&["db", "stop"]).expect(0);
    served.start().expect(0);
    std::fs::remove_file(project.folder().join("migrations/0000__first.up.sql")).unwrap();
    insta::assert_snapshot!("gone", served.start().text());
}

#[test]
fn a_wrong_migration_leaves_no_server_and_no_half_of_itself() {
    let served = Served::new();
    let project = &served.0;
    project.write(
        "migrations/0002__nick.up.sql",
        "ALTER TABLE crew ADD nick text;\nALTER TABLE crew ADD nick text;",
    );
    insta::assert_snapshot!("wrong", served.start().text());
    assert_eq!(processes(&project.folder().display().to_string()), [""; 0]);
    project.write(
        "migrations/0002__nick.up.sql",
        "ALTER TABLE crew ADD nick text; COMMIT;",
    );
    insta::assert_snapshot!("commit", served.start().text());

    project.write("migrations/0002__nick.up.sql", "");
    served.start().expect(0);
    project.write(
        "migrations/0003__a.up.sql",
        "ALTER TABLE crew ADD a text; ALTER TABLE crew ADD a text;",
    );
    served.start().expect(2);
    project.write("migrations/0003__a.up.sql", "ALTER TABLE crew ADD a text;");
    served.start().expect(0);
}

#[test]
fn what_a_script_sets_for_its_session_ends_with_it() {
    let served = Served::new();
    let project = &served.0;
    project.write(
        "migrations/0002__dump.up.sql",
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE ROLE sailor; SET ROLE sailor; SET standard_conforming_strings = off;",
    );
    project.write(
        "migrations/0003__after.up.sql",
        "ALTER TABLE crew ADD nick text DEFAULT '\\';",
    );
    served.start().expect(0);
}

#[test]
fn two_starts_at_once_start_one_server() {
    let served = Served::new();
    let start = || {
        served
            .0
            .program(&["db", "start", "--postgres", "18"])
            .spawn()
            .unwrap()
    };
    let (mut one, mut other) = (start(), start());
    assert!(one.wait().unwrap().success());
    assert!(other.wait().unwrap().success());
    served.0.run(&["db", "status"]).expect(0);
}

#[test]
fn another_major_has_to_wait_until_the_server_is_stopped() {
    let served = Served::new();
    served.start().expect(0);
    insta::assert_snapshot!(
        "other_major",
        served.0.run(&["db", "start", "--postgres", "17"]).text()
    );
}

#[test]
fn a_port_is_opened_on_request_and_its_password_shown_by_url_alone() {
    let served = Served::new();
    let run = served.0.run(&["db", "start", "--postgres", "18", "--tcp"]);
    assert!(
        run.expect(0)
            .stdout
            .contains("postgres://postgres:***@127.0.0.1:"),
        "{}",
        run.stdout
    );
    let url = served.url();
    assert!(
        url.starts_with("postgres://postgres:") && !url.contains('*'),
        "{url}"
    );
    execute(&url, "INSERT INTO crew VALUES (1, 'Ada')");
}

#[test]
fn starting_forgets_what_the_macros_kept() {
    let served = Served::new();
    served.0.write(".hathi/live/queries/a.json", "{}");
    served.start().expect(0);
    assert_eq!(served.0.names(".hathi/live/queries"), [""; 0]);
}
