//! Which cache and which database a crate has, by the files around it.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

static COUNT: AtomicU32 = AtomicU32::new(0);

// A folder with files in it, gone when it is dropped. A path that ends in `/` is a folder.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let name = format!(
            "hathi-macros-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Self(env::temp_dir().join(name));
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        if path.ends_with('/') {
            return fs::create_dir_all(file).unwrap();
        }
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    // Reads the surroundings of the crate in `app`.
    fn project(&self, variables: [Option<&str>; 3]) -> Project {
        Project::read(
            self.0.join("app"),
            variables.map(|value| value.map(str::to_owned)),
        )
        .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

const NONE: [Option<&str>; 3] = [None, None, None];

// The database that the files name, as `origin: url`.
#[track_caller]
fn check_database(files: &[(&str, &str)], variables: [Option<&str>; 3], expected: Option<&str>) {
    let project = Folder::new(files).project(variables);
    let found = project
        .database
        .map(|Address { origin, url, .. }| format!("{origin}: {url}"));
    assert_eq!(found.as_deref(), expected);
}

#[test]
fn the_environment_names_the_database_first() {
    let files = [
        ("app/.env", "DATABASE_URL=b"),
        ("hathi.toml", "database_url = \"c\""),
        (".hathi/live/database_url", "d\n"),
    ];
    check_database(&files, [Some("a"), None, None], Some("DATABASE_URL: a"));
    check_database(
        &files,
        [Some(""), None, None],
        Some("DATABASE_URL in .env: b"),
    );
    check_database(&files[1..], NONE, Some("database_url in hathi.toml: c"));
    check_database(&files[2..], NONE, Some("the server of `cargo hathi db`: d"));
    check_database(&[("app/Cargo.toml", "")], NONE, None);
}

#[test]
fn the_nearest_env_that_names_a_database_counts() {
    let files = [
        (".env", "DATABASE_URL=far"),
        ("app/.env", "DATABASE_URL=near"),
    ];
    check_database(&files, NONE, Some("DATABASE_URL in .env: near"));
    let files = [(".env", "DATABASE_URL=far"), ("app/.env", "RUST_LOG=debug")];
    check_database(&files, NONE, Some("DATABASE_URL in ../.env: far"));
}

// The folder of the cache, from the folder above the crate.
#[track_caller]
fn check_cache(files: &[(&str, &str)], dir: Option<&str>, expected: &str) {
    let folder = Folder::new(files);
    let project = folder.project([None, dir, None]);
    assert_eq!(project.store.folder(), folder.0.join(expected));
}

#[test]
fn the_cache_is_the_nearest_one_upward() {
    check_cache(&[(".hathi/", ""), ("app/.hathi/", "")], None, "app/.hathi");
    check_cache(&[(".hathi/", ""), ("app/", "")], None, ".hathi");
    check_cache(
        &[(".hathi/", ""), ("app/", "")],
        Some("other/.hathi"),
        "app/other/.hathi",
    );
}

#[test]
fn without_a_cache_there_is_a_place_for_one() {
    check_cache(
        &[
            ("hathi.toml", ""),
            ("app/migrations/", ""),
            ("app/Cargo.toml", "[workspace]"),
        ],
        None,
        ".hathi",
    );
    check_cache(
        &[("migrations/", ""), ("app/Cargo.toml", "[workspace]")],
        None,
        ".hathi",
    );
    check_cache(
        &[
            ("Cargo.toml", "[workspace]\n"),
            ("app/Cargo.toml", "[package]\n"),
        ],
        None,
        ".hathi",
    );
    check_cache(&[("app/Cargo.toml", "[workspace]\n")], None, "app/.hathi");
}

#[test]
fn offline_is_what_is_said_and_not_zero() {
    let folder = Folder::new(&[("app/Cargo.toml", "[workspace]")]);
    let offline = |value| folder.project([None, None, Some(value)]).offline;
    assert!(offline("1") && offline("true"));
    assert!(!offline("0") && !offline("false") && !offline(""));
}

const SCHEMA: &str = r#"{"format": 1, "server_version": "18.4", "fingerprint": "f", "migrations_digest": "0", "types": {}}"#;

#[test]
fn a_cache_is_stale_when_the_migrations_are_others() {
    let files = [
        (".hathi/schema.json", SCHEMA),
        ("migrations/1__users.up.sql", "CREATE TABLE users ()"),
        ("app/", ""),
    ];
    assert!(Folder::new(&files).project(NONE).stale);
    assert!(!Folder::new(&[files[0], files[2]]).project(NONE).stale);
    let allowed = [
        files[0],
        files[1],
        files[2],
        ("hathi.toml", "stale = \"allow\""),
    ];
    assert!(!Folder::new(&allowed).project(NONE).stale);
}

#[test]
fn answers_depend_on_the_files_that_were_read() {
    let folder = Folder::new(&[
        (".hathi/schema.json", SCHEMA),
        ("hathi.toml", ""),
        (".env", "DATABASE_URL=a"),
        ("app/.env", "RUST_LOG=debug"),
        (".hathi/live/database_url", "d"),
    ]);
    let project = folder.project(NONE);
    let tracked = project.tracked();
    assert_eq!(
        tracked.files,
        ["../hathi.toml", "../.hathi/schema.json", ".env", "../.env"]
    );
    assert_eq!(
        tracked.variables,
        ["DATABASE_URL", "HATHI_DIR", "HATHI_OFFLINE"]
    );
    assert_eq!(
        project.tracked(),
        Tracked::default(),
        "one mention is enough for a crate"
    );
}

#[test]
fn what_was_read_holds_until_a_file_changes_or_appears() {
    let folder = Folder::new(&[("hathi.toml", ""), ("app/", "")]);
    let project = folder.project(NONE);
    let holds = |project: &Project| project.is(&folder.0.join("app"), &[None, None, None]);
    assert!(holds(&project));
    assert!(!project.is(&folder.0.join("app"), &[Some("a".to_owned()), None, None]));
    folder.write("hathi.toml", "scratch = true");
    assert!(!holds(&project));
    let project = folder.project(NONE);
    folder.write("app/.env", "DATABASE_URL=a");
    assert!(!holds(&project));
}

#[test]
fn mistakes_in_the_settings_are_shown_there() {
    let folder = Folder::new(&[
        ("hathi.toml", "scratch = true\ndatabse_url = \"a\"\n"),
        ("app/", ""),
    ]);
    let mistakes = Project::read(folder.0.join("app"), [None, None, None]).unwrap_err();
    let words = mistakes.to_string();
    assert!(
        words.contains("hathi.toml has no setting \"databse_url\""),
        "{words}"
    );
    assert!(
        words.contains("hathi.toml:2:1") && words.contains("^^^^^^^^^^^"),
        "{words}"
    );
    assert!(words.contains("did you mean \"database_url\"?"), "{words}");
}
