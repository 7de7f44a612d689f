//! What the cache alone tells: rights that a role needs, and the page that shows all statements.

use crate::project::{Project, database, execute};

const SCHEMA: &str = "CREATE TABLE crew (id int PRIMARY KEY, name text NOT NULL, nick text);
    CREATE SCHEMA log; CREATE TABLE log.visit (crew int, at timestamptz);";

const STATEMENTS: [&str; 3] = [
    "SELECT id, nick FROM crew WHERE name = $name",
    "UPDATE crew SET nick = $nick WHERE id = $id",
    "INSERT INTO log.visit (crew, at) SELECT id, now() FROM crew WHERE nick = $nick",
];

#[test]
fn a_role_with_the_rights_that_are_printed_can_run_every_statement_and_no_more() {
    let (project, url) = (Project::with(&STATEMENTS), database(SCHEMA));
    project.run_with(&url, &["prepare"]).expect(0);
    let grants = project.run(&["grants", "--role", "Some one"]);
    insta::assert_snapshot!(grants.text(), @r#"
    -- The least rights for 3 statements of this workspace.
    GRANT USAGE ON SCHEMA log TO "Some one";
    GRANT USAGE ON SCHEMA public TO "Some one";
    GRANT INSERT (at, crew) ON log.visit TO "Some one";
    GRANT SELECT (id, name, nick), UPDATE (nick) ON public.crew TO "Some one";
    exit code 0
    "#);
    let tried = STATEMENTS
        .map(|sql| {
            sql.replace("$name", "'a'")
                .replace("$nick", "'b'")
                .replace("$id", "1")
        })
        .join(";");
    execute(
        &url,
        &format!(
            "CREATE ROLE \"Some one\"; {} SET ROLE \"Some one\"; {tried}; RESET ROLE; DROP OWNED BY \"Some one\"; DROP ROLE \"Some one\"",
            grants.stdout
        ),
    );
    assert!(!grants.stdout.contains("DELETE"), "{}", grants.stdout);
}

#[test]
fn what_the_cache_lacks_is_said() {
    let (project, url) = (Project::with(&STATEMENTS), database(SCHEMA));
    project.run_with(&url, &["prepare"]).expect(0);
    project.statements(&["SELECT id FROM crew", STATEMENTS[0]]);
    let run = project.run(&["grants", "--role", "app"]);
    insta::assert_snapshot!(run.text(), @r"
    -- The least rights for 1 statement of this workspace.
    GRANT USAGE ON SCHEMA public TO app;
    GRANT SELECT (id, name, nick) ON public.crew TO app;
    error: the statement at src/main.rs:3:13 is not in the cache
           help: write it: cargo hathi prepare
    exit code 1
    ");
}

#[test]
fn the_page_shows_each_statement_with_its_place() {
    let (project, url) = (Project::with(&STATEMENTS), database(SCHEMA));
    project.run_with(&url, &["prepare"]).expect(0);
    let run = project.run(&["report", "--output", "statements.html"]);
    assert_eq!(run.expect(0).stdout, "3 statements: statements.html\n");
    let page = project.read("statements.html");
    for part in [
        "src/main.rs:",
        "public.crew.nick allows NULL",
        "log.visit",
        "locks it ROW EXCLUSIVE",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let run = project.run(&["report", "--output", "nowhere/statements.html"]);
    insta::assert_snapshot!(run.text(), @r#"
    error: "nowhere/statements.html" cannot be written: No such file or directory (os error 2)
    exit code 2
    "#);
}
