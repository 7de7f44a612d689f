//! Every lint, as `cargo hathi check` prints it: at its place, and silent where it is switched off.

use hathi_query_cache::LINTS;

use crate::project::{Project, database};

const SCHEMA: &str = "
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, nick text, rate float8);
    CREATE TABLE posts (id int PRIMARY KEY, author int NOT NULL REFERENCES users, editor int REFERENCES users,
                        score int NOT NULL);
";

/// A lint, the macro, a statement that it is said of, and one that is written as it says.
type Case = (&'static str, &'static str, &'static str, &'static str);

const CASES: [Case; 12] = [
    (
        "always_null",
        "query",
        "SELECT id FROM users WHERE nick = NULL",
        "SELECT id FROM users WHERE nick IS NULL",
    ),
    (
        "disconnected_join",
        "query",
        "SELECT u.name, p.score FROM users u, posts p",
        "SELECT u.name, p.score FROM users u, posts p WHERE p.author = u.id",
    ),
    (
        "foreign_type_word",
        "query",
        "SELECT score::bigint unsigned FROM posts",
        "SELECT score::bigint FROM posts",
    ),
    (
        "implicit_cast",
        "query",
        "SELECT name FROM users WHERE id = 1.5",
        "SELECT name FROM users WHERE id = 1.5::int",
    ),
    (
        "multiplied_aggregate",
        "query",
        "SELECT sum(u.rate) FROM users u JOIN posts p ON p.author = u.id",
        "SELECT sum(u.rate) FROM users u WHERE EXISTS (SELECT FROM posts WHERE author = u.id)",
    ),
    (
        "no_where",
        "command",
        "DELETE FROM posts",
        "DELETE FROM posts WHERE true",
    ),
    (
        "not_in_nullable",
        "query",
        "SELECT id FROM users WHERE id NOT IN (SELECT editor FROM posts)",
        "SELECT id FROM users WHERE id NOT IN (SELECT editor FROM posts WHERE editor IS NOT NULL)",
    ),
    (
        "nullable_argument",
        "command",
        "UPDATE users SET nick = $nick WHERE nick = $nick",
        "UPDATE users SET nick = $nick WHERE nick IS NOT DISTINCT FROM $nick",
    ),
    (
        "redundant_mark",
        "query",
        "SELECT count(*) AS \"total!\" FROM users",
        "SELECT count(*) AS total FROM users",
    ),
    (
        "unordered_limit",
        "query",
        "SELECT name FROM users LIMIT 10",
        "SELECT name FROM users ORDER BY name LIMIT 10",
    ),
    (
        "unused_cte",
        "query",
        "WITH few AS (SELECT id FROM users) SELECT id FROM posts",
        "WITH few AS (SELECT id FROM users) SELECT id FROM few",
    ),
    (
        "volatile_predicate",
        "query",
        "SELECT name FROM users WHERE id = floor(random() * 10)::int",
        "SELECT name FROM users WHERE id = (SELECT floor(random() * 10)::int)",
    ),
];

/// Puts a call for each case into `src/main.rs`, the first in line 3.
fn write(project: &Project, call: impl Fn(&Case) -> String) {
    let calls = CASES
        .iter()
        .map(|case| format!("    let _ = {};\n", call(case)));
    let calls: String = calls.collect();
    let source = format!("use hathi::{{command, query}};\nfn main() {{\n{calls}}}\n");
    project.write("src/main.rs", &source);
}

fn reported(case: &Case, allowed: &str) -> String {
    let (_, name, sql, _) = case;
    format!("{name}!({sql:?}{allowed})")
}

/// The places and names of the lints that the program prints.
fn printed(project: &Project, database: &str, command: &str) -> Vec<String> {
    let run = project.run_with(database, &[command]);
    let lines = run.expect(0).stdout.lines();
    let lints = lines.filter_map(|line| line.strip_prefix("warning: "));
    lints
        .map(|lint| lint.split_once("): ").unwrap().0.to_owned())
        .collect()
}

/// All lints but one, where the SQL of [`reported`] begins, behind its quote.
fn expected_without(silent: Option<&str>) -> Vec<String> {
    let place = |(line, (name, kind, ..)): (usize, &Case)| {
        let column = "    let _ = ".len() + kind.len() + "!(\"".len() + 1;
        format!("src/main.rs:{line}:{column}: hathi({name}")
    };
    let cases = (3..)
        .zip(&CASES)
        .filter(|(_, (name, ..))| silent != Some(*name));
    cases.map(place).collect()
}

#[test]
fn every_lint_has_a_case() {
    assert_eq!(CASES.map(|(name, ..)| name), LINTS);
}

#[test]
fn every_lint_is_printed_at_the_place_of_its_sql_and_by_prepare_too() {
    let (project, database) = (Project::with(&[]), database(SCHEMA));
    write(&project, |case| reported(case, ""));
    assert_eq!(
        printed(&project, &database, "prepare"),
        expected_without(None)
    );
    assert_eq!(
        printed(&project, &database, "check"),
        expected_without(None)
    );
    let text = project.run_with(&database, &["check"]).stdout;
    let of = |name: &str| text.lines().filter(|line| line.contains(name)).count();
    assert!(LINTS.iter().all(|name| of(name) == 1), "{text}");
}

#[test]
fn statements_that_are_written_as_the_lints_say_have_none() {
    let (project, database) = (Project::with(&[]), database(SCHEMA));
    write(&project, |(_, name, _, sql)| format!("{name}!({sql:?})"));
    assert_eq!(
        printed(&project, &database, "prepare"),
        Vec::<String>::new()
    );
}

#[test]
fn a_call_allows_the_lints_that_it_names_and_no_other() {
    let (project, database) = (Project::with(&[]), database(SCHEMA));
    write(&project, |case| {
        reported(case, &format!(", allow({})", case.0))
    });
    assert_eq!(
        printed(&project, &database, "prepare"),
        Vec::<String>::new()
    );
    write(&project, |case| {
        let others = LINTS.iter().filter(|name| **name != case.0);
        let others: Vec<&str> = others.copied().collect();
        reported(case, &format!(", allow({})", others.join(", ")))
    });
    assert_eq!(
        printed(&project, &database, "check"),
        expected_without(None)
    );
}

#[test]
fn the_settings_allow_each_lint_alone() {
    let (project, database) = (Project::with(&[]), database(SCHEMA));
    write(&project, |case| reported(case, ""));
    project.run_with(&database, &["prepare"]).expect(0);
    for name in LINTS {
        project.write("hathi.toml", &format!("[lints]\n{name} = \"allow\"\n"));
        assert_eq!(
            printed(&project, &database, "check"),
            expected_without(Some(name))
        );
    }
}
