//! `cargo hathi prepare`: what it writes, prints, and never loses.

use crate::project::{MAJORS, Project, database, execute};

const CREW: &str = "CREATE TABLE crew (id integer PRIMARY KEY, name text NOT NULL, nick text)";
const BY_ID: &str = "SELECT id, name, nick FROM crew WHERE id = {id}";
const NAMES: &str = "SELECT name FROM crew";

#[test]
fn the_cache_is_written_once_and_then_left_alone() {
    let (project, database) = (Project::with(&[BY_ID, NAMES]), database(CREW));
    let first = project.run_with(&database, &["prepare"]);
    insta::assert_snapshot!(first.text());
    assert_eq!(project.names(".hathi/queries").len(), 2);
    let second = project.run_with(&database, &["prepare"]);
    insta::assert_snapshot!(second.text(), @r#"
    2 statements: 0 added, 0 changed, 0 removed, 2 unchanged (asked [database], PostgreSQL 18)
    exit code 0
    "#);
}

#[test]
fn what_changed_is_told_in_the_words_of_a_reviewer() {
    let (project, database) = (Project::with(&[BY_ID, NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    execute(
        &database,
        "ALTER TABLE crew ALTER id TYPE bigint, ALTER name DROP NOT NULL, ALTER nick TYPE varchar(9)",
    );
    project.statements(&[BY_ID, "SELECT count(*) FROM crew"]);
    insta::assert_snapshot!(project.run_with(&database, &["prepare"]).text());
    assert_eq!(project.names(".hathi/queries").len(), 2);
}

#[test]
fn a_wrong_statement_costs_nothing_of_the_cache() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    let schema = project.read(".hathi/schema.json");
    project.write(".hathi/live/queries/a.json", "{}");
    project.statements(&[
        "SELECT nmae\n  FROM crew",
        BY_ID,
        "SELECT {1}",
        "SELECT nmae\n  FROM crew",
    ]);
    insta::assert_snapshot!(project.run_with(&database, &["prepare"]).text());
    let names = project.names(".hathi/queries");
    assert_eq!(
        names.len(),
        2,
        "the unused one is still there, the right one is written: {names:?}"
    );
    assert_eq!(project.read(".hathi/schema.json"), schema);
    assert_eq!(project.names(".hathi/live/queries"), ["a.json"]);
}

#[test]
fn answers_that_the_macros_kept_are_forgotten() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.write(".hathi/live/queries/a.json", "{}");
    project.write(".hathi/live/schema.json", "{}");
    project.run_with(&database, &["prepare"]).expect(0);
    assert_eq!(project.names(".hathi/live/queries"), [""; 0]);
    assert_eq!(project.names(".hathi/live"), ["queries"]);
}

#[test]
fn types_of_the_user_and_the_migrations_are_recorded_once() {
    let project = Project::with(&[
        "SELECT mood FROM crew",
        "UPDATE crew SET mood = $mood WHERE true",
    ]);
    project.write("migrations/1__a.up.sql", "-- applied by other means");
    let database =
        database("CREATE TYPE mood AS ENUM ('calm', 'cross'); CREATE TABLE crew (mood mood)");
    project.run_with(&database, &["prepare"]).expect(0);
    let schema = project.read(".hathi/schema.json");
    assert!(schema.contains("\"public.mood\""), "{schema}");
    assert!(schema.contains("\"calm\""), "{schema}");
    assert!(schema.contains("\"migrations_digest\": \""), "{schema}");
    execute(&database, "ALTER TYPE mood ADD VALUE 'merry'");
    project.write("migrations/2__b.up.sql", "-- applied by other means, too");
    insta::assert_snapshot!(project.run_with(&database, &["prepare"]).text());
}

#[test]
fn files_of_the_cache_that_cannot_be_read_are_written_anew() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    let file = format!(".hathi/queries/{}", project.names(".hathi/queries")[0]);
    let before = project.read(&file);
    project.write(&file, "{\"format\": 99}");
    project.write(".hathi/schema.json", "<<<<<<<");
    insta::assert_snapshot!(project.run_with(&database, &["prepare"]).text());
    assert_eq!(project.read(&file), before);
}

#[test]
fn a_mistake_in_a_file_of_sql_is_shown_in_that_file() {
    let project = Project::with(&[]);
    project.write(
        "src/main.rs",
        "use hathi::query_file;\nfn main() { query_file!(\"sql/crew.sql\"); }\n",
    );
    project.write(
        "sql/crew.sql",
        "SELECT id,\r\n       nmae\r\nFROM crew;\r\n",
    );
    insta::assert_snapshot!(project.run_with(&database(CREW), &["prepare"]).text());
}

#[test]
fn sql_that_another_macro_hands_on_is_pointed_out() {
    let project = Project::with(&[]);
    let source = "macro_rules! all {\n    ($sql:literal) => { hathi::query!($sql) };\n}\nfn main() { all!(\"SELECT 1\"); hathi::query!(\"SELECT 2\"); }\n";
    project.write("src/main.rs", source);
    let run = project.run_with(&database(""), &["prepare"]);
    let note = "note: the SQL at src/main.rs:2:32 is what another macro hands on: reading the sources does not show it\n";
    assert!(run.expect(0).stderr.contains(note), "{}", run.stderr);
}

#[test]
fn a_database_that_cannot_be_reached_costs_nothing_of_the_cache() {
    let (project, database) = (Project::with(&[NAMES]), database(CREW));
    project.run_with(&database, &["prepare"]).expect(0);
    project.statements(&[BY_ID]);
    let run = project.run_with("postgres://ada:hush@127.0.0.1:1/crew", &["prepare"]);
    insta::assert_snapshot!(run.text());
    assert_eq!(project.names(".hathi/queries").len(), 1);
}

#[test]
fn without_a_database_a_private_server_is_migrated_and_asked_on_every_version() {
    let project = Project::with(&[BY_ID]);
    project.write("migrations/0001__crew.up.sql", CREW);
    project.write(
        "migrations/0002__nick.up.sql",
        "ALTER TABLE crew ALTER nick SET NOT NULL;",
    );
    for major in MAJORS {
        let major = major.to_string();
        project.run(&["prepare", "--postgres", &major]).expect(0);
        assert!(
            project
                .read(".hathi/schema.json")
                .contains(&format!("\"server_version\": \"{major}."))
        );
        let file = format!(".hathi/queries/{}", project.names(".hathi/queries")[0]);
        assert!(
            !project.read(&file).contains("\"nullable\": true"),
            "on {major}"
        );
    }
}

#[test]
fn a_script_that_the_server_refuses_is_shown_at_its_place() {
    let project = Project::with(&[BY_ID]);
    project.write("migrations/1__crew.up.sql", CREW);
    project.write(
        "migrations/2__nick.up.sql",
        "-- größer\nALTER TABLE crew\n    ALTER nik SET NOT NULL;\n",
    );
    insta::assert_snapshot!(project.run(&["prepare", "--postgres", "18"]).text());
}
