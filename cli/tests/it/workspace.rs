//! Workspaces: which crates a command means, and where their caches are.

use crate::project::{Project, database};

fn crate_in(project: &Project, folder: &str, sql: &str) {
    let manifest = format!(
        "[package]\nname = \"{}\"\nedition = \"2024\"\n[dependencies]\nhathi = \"0.1\"\n",
        folder.replace('/', "-")
    );
    project.write(&format!("{folder}/Cargo.toml"), &manifest);
    project.write(
        &format!("{folder}/src/lib.rs"),
        &format!("fn f() {{ hathi::query!({sql:?}); }}\n"),
    );
}

fn workspace() -> Project {
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n",
    );
    crate_in(&project, "crates/a", "SELECT 'a'");
    crate_in(&project, "crates/b", "SELECT 'b'");
    project
}

#[test]
fn members_share_the_cache_of_the_workspace_wherever_the_command_runs() {
    let (project, database) = (workspace(), database(""));
    let mut command = project.program(&["prepare"]);
    command
        .current_dir(project.folder().join("crates/a/src"))
        .env("DATABASE_URL", &database);
    project.finish(&mut command).expect(0);
    assert_eq!(
        project.names(".hathi/queries").len(),
        2,
        "the answers of the other member are kept"
    );
    project.run_with(&database, &["check"]).expect(0);
}

#[test]
fn a_member_with_a_cache_of_its_own_keeps_its_answers_there() {
    let (project, database) = (workspace(), database(""));
    project.write("crates/b/.hathi/.keep", "");
    let run = project.run_with(&database, &["prepare"]);
    insta::assert_snapshot!(run.text());
    assert_eq!(project.names(".hathi/queries").len(), 1);
    assert_eq!(project.names("crates/b/.hathi/queries").len(), 1);
}

#[test]
fn in_the_folder_of_a_member_only_its_cache_is_meant() {
    let (project, database) = (workspace(), database(""));
    project.write("crates/b/.hathi/.keep", "");
    let mut command = project.program(&["prepare"]);
    command
        .current_dir(project.folder().join("crates/b"))
        .env("DATABASE_URL", &database);
    project.finish(&mut command).expect(0);
    assert_eq!(project.names("."), ["Cargo.toml", "crates"]);
    assert_eq!(project.names("crates/b/.hathi/queries").len(), 1);
}

#[test]
fn a_folder_named_by_hathi_dir_wins() {
    let (project, database) = (workspace(), database(""));
    let mut command = project.program(&["prepare"]);
    command
        .env("DATABASE_URL", &database)
        .env("HATHI_DIR", project.folder().join("answers"));
    project.finish(&mut command).expect(0);
    assert_eq!(project.names("answers/queries").len(), 2);
    assert_eq!(project.names(".hathi"), [""; 0]);
}
