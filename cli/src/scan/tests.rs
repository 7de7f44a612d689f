//! Whole packages in a folder: which statements are found in them, and where.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::workspace::{Dependency, Target};

/// A workspace in a folder, removed when dropped.
struct Workspace {
    folder: PathBuf,
    members: Vec<Member>,
}

impl Workspace {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("hathi-scan-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self {
            folder,
            members: Vec::new(),
        }
    }

    /// A package with dependencies `package` or `name=package`, and files whose roots are the targets.
    fn package(mut self, name: &str, dependencies: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = self.folder.join(name);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let roots = [
            "src/lib.rs",
            "src/main.rs",
            "tests/it.rs",
            "examples/demo.rs",
            "benches/b.rs",
            "build.rs",
        ];
        let targets = roots.into_iter().filter(|root| folder.join(root).is_file());
        let dependencies = dependencies.iter().map(|text| {
            let (krate, package) = text.split_once('=').unwrap_or((text, text));
            Dependency {
                package: package.to_owned(),
                krate: krate.to_owned(),
            }
        });
        self.members.push(Member {
            name: name.to_owned(),
            targets: targets
                .map(|root| Target {
                    krate: name.to_owned(),
                    root: folder.join(root),
                    is_library: root == "src/lib.rs",
                })
                .collect(),
            dependencies: dependencies.collect(),
            folder,
        });
        self
    }

    fn found(&self) -> Found {
        let all = (0..self.members.len()).collect();
        Sources::read(&self.members).statements(&all, &self.folder)
    }

    /// The texts that are found, line breaks as `|`.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let found = self.found();
        assert_eq!(found.mistakes, [""; 0]);
        let texts = found
            .statements
            .iter()
            .map(|statement| statement.template.text().replace('\n', "|"));
        assert_eq!(texts.collect::<Vec<_>>(), expected);
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Holds the statements of one file, the root of a library that depends on `hathi`, against `expected`.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    Workspace::new()
        .package("app", &["hathi"], &[("src/lib.rs", source)])
        .check(expected);
}

#[test]
fn a_macro_is_ours_if_its_path_leads_to_our_crate() {
    check(
        "use hathi::query; fn f() { query!(\"SELECT 1\"); }",
        &["SELECT 1"],
    );
    check(
        "fn f() { hathi::query!(\"SELECT 1\"); ::hathi::command!(\"DELETE FROM t\") }",
        &["SELECT 1", "DELETE FROM t"],
    );
    check(
        "use hathi::{query as q, command}; fn f() { q![\"SELECT 1\"]; command!{\"SELECT 2\"} }",
        &["SELECT 1", "SELECT 2"],
    );
    check(
        "use hathi as h; fn f() { h::query!(\"SELECT 1\"); }",
        &["SELECT 1"],
    );
    check(
        "use hathi::*; fn f() { query!(\"SELECT 1\"); }",
        &["SELECT 1"],
    );
    check(
        "#[macro_use] extern crate hathi; mod a { fn f() { query!(\"SELECT 1\"); } }",
        &["SELECT 1"],
    );
    check(
        "extern crate hathi as db; fn f() { db::query!(\"SELECT 1\"); }",
        &["SELECT 1"],
    );
}

#[test]
fn copies_are_found_as_what_they_copy() {
    let source = "use hathi::{copy_in, copy_out}; const A: () = copy_in!(\"users (id)\" as User); fn f() { copy_out!(\"users (id)\") }";
    let found = Workspace::new()
        .package("app", &["hathi"], &[("src/lib.rs", source)])
        .found();
    let texts: Vec<_> = found
        .statements
        .iter()
        .map(|found| found.template.sql())
        .collect();
    assert_eq!(
        texts,
        ["COPY users (id) FROM STDIN", "COPY users (id) TO STDOUT"]
    );
    let source = "fn f() { hathi::copy_out!(\"SELECT {id}\") }";
    let found = Workspace::new()
        .package("app", &["hathi"], &[("src/lib.rs", source)])
        .found();
    assert!(
        found.mistakes[0].starts_with("error: COPY takes no parameters, found {id}"),
        "{}",
        found.mistakes[0]
    );
}

#[test]
fn macros_of_others_are_not() {
    check(
        "use sqlx::query; fn f() { query!(\"SELECT 1\"); sqlx::query!(\"SELECT 2\"); }",
        &[],
    );
    check("fn f() { query!(\"SELECT 1\"); }", &[]);
    check(
        "use hathi::*; use sqlx::query; fn f() { query!(\"SELECT 1\"); }",
        &[],
    );
    check(
        "use hathi::query; macro_rules! query { () => {} } fn f() { query!(\"SELECT 1\"); }",
        &[],
    );
    check(
        "use hathi::sql::query; fn f() { query!(\"SELECT 1\"); }",
        &[],
    );
    check(
        "use hathi::query; fn f(query: bool) { if query != (\"SELECT 1\") {} }",
        &[],
    );
}

#[test]
fn imports_count_where_they_stand() {
    check(
        "fn f() { use hathi::query; query!(\"SELECT 1\"); } fn g() { query!(\"SELECT 2\"); }",
        &["SELECT 1"],
    );
    check(
        "use sqlx::query; fn f() { use hathi::query; { query!(\"SELECT 1\"); } }",
        &["SELECT 1"],
    );
    check(
        "use hathi::query; fn f() { use sqlx::query; query!(\"SELECT 1\"); }",
        &[],
    );
    check(
        "use hathi::query; mod a { fn f() { query!(\"SELECT 1\"); } }",
        &[],
    );
    check(
        "use hathi::query; mod a { use super::*; fn f() { query!(\"SELECT 1\"); } }",
        &["SELECT 1"],
    );
    check(
        "mod db { pub use hathi::query as ask; } use db::*; fn f() { ask!(\"SELECT 1\"); crate::db::ask!(\"SELECT 2\"); }",
        &["SELECT 1", "SELECT 2"],
    );
    check(
        "fn f() { use hathi as h; use h::query; query!(\"SELECT 1\"); }",
        &["SELECT 1"],
    );
}

#[test]
fn imports_that_lead_in_a_circle_end() {
    check(
        "mod a { pub use super::b::*; pub use super::b::query; } mod b { pub use super::a::*; } use a::query; fn f() { query!(\"SELECT 1\"); }",
        &[],
    );
}

#[test]
fn statements_are_found_inside_of_other_macros_and_attributes() {
    check(
        "use hathi::query;
        #[case(query!(\"SELECT 1\"))]
        async fn f() {
            tokio::join!(s.fetch(query!(\"SELECT 2\")), async { query!(\"SELECT 3\") });
            let v = vec![query!(\"SELECT 4\"), query!(\"SELECT 5\")];
            assert_eq!(s.fetch(hathi::query!(\"SELECT 6\")).await, 1, \"{}\", query!(\"SELECT 7\").sql());
        }
        macro_rules! m { ($a:expr) => { $crate::ours::query!(\"SELECT 8\"); query!(\"SELECT 9\") } }
        mod ours { pub use hathi::query; }",
        &["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 5", "SELECT 6", "SELECT 7", "SELECT 8", "SELECT 9"],
    );
}

#[test]
fn all_forms_of_input_are_read() {
    check(
        "use hathi::{query, command};
        query! { /// Doc.
            pub fn by(id) -> model::User: \"SELECT $id\" \"FROM t\"
        }
        command! { fn rename(a): r#\"UPDATE t SET a = $a\"#; }
        const A: Query<(), User> = query!(\"SELECT 1\" as User);",
        &["SELECT $id|FROM t", "UPDATE t SET a = $a", "SELECT 1"],
    );
}

#[test]
fn comments_strings_and_other_words_hold_no_statements() {
    check(
        "use hathi::query; // query!(\"SELECT 1\")
        /* query!(\"SELECT 2\") */ const A: &str = \"query!(\\\"SELECT 3\\\")\"; fn query() { query(\"SELECT 4\"); }",
        &[],
    );
}

#[test]
fn modules_are_followed_into_their_files() {
    let workspace = Workspace::new().package(
        "app",
        &["hathi"],
        &[
            ("src/main.rs", "mod a; mod b { mod c; } #[path = \"other/d.rs\"] mod d; #[cfg(windows)] mod gone; fn main() {}"),
            ("src/a.rs", "mod e; use hathi::query; fn f() { query!(\"SELECT 'a'\"); }"),
            ("src/a/e.rs", "use super::*; fn f() { query!(\"SELECT 'e'\"); }"),
            ("src/b/c/mod.rs", "mod g; fn f() { hathi::query!(\"SELECT 'c'\"); }"),
            ("src/b/c/g.rs", "fn f() { hathi::query!(\"SELECT 'g'\"); }"),
            ("src/other/d.rs", "mod h; include!(\"i.rs\");"),
            ("src/other/h.rs", "fn f() { hathi::query!(\"SELECT 'h'\"); }"),
            ("src/other/i.rs", "fn f() { hathi::query!(\"SELECT 'i'\"); }"),
            ("src/unused.rs", "fn f() { hathi::query!(\"SELECT 'unused'\"); }"),
        ],
    );
    workspace.check(&[
        "SELECT 'a'",
        "SELECT 'e'",
        "SELECT 'c'",
        "SELECT 'g'",
        "SELECT 'i'",
        "SELECT 'h'",
    ]);
}

#[test]
fn every_kind_of_target_is_read_and_a_shared_file_once() {
    let shared = "mod shared;";
    let workspace = Workspace::new().package(
        "app",
        &["hathi"],
        &[
            (
                "src/lib.rs",
                "mod shared; pub use hathi::query; fn f() { query!(\"SELECT 'lib'\"); }",
            ),
            ("src/main.rs", shared),
            (
                "src/shared.rs",
                "fn f() { hathi::query!(\"SELECT 'shared'\"); }",
            ),
            (
                "tests/it.rs",
                "use app::query; fn f() { query!(\"SELECT 'test'\"); }",
            ),
            (
                "examples/demo.rs",
                "fn f() { app::query!(\"SELECT 'example'\"); }",
            ),
            (
                "benches/b.rs",
                "fn f() { hathi::query!(\"SELECT 'bench'\"); }",
            ),
        ],
    );
    workspace.check(&[
        "SELECT 'lib'",
        "SELECT 'shared'",
        "SELECT 'test'",
        "SELECT 'example'",
        "SELECT 'bench'",
    ]);
}

#[test]
fn renamed_dependencies_and_members_that_export_macros_are_known() {
    let workspace = Workspace::new()
        .package("model", &["pg=hathi"], &[("src/lib.rs", "pub use pg; pub mod prelude { pub use pg::query; } fn f() { hathi::query!(\"SELECT 0\"); }")])
        .package(
            "app",
            &["model", "hathi=other"],
            &[("src/lib.rs", "use model::prelude::*; fn f() { query!(\"SELECT 1\"); model::pg::query!(\"SELECT 2\"); hathi::query!(\"SELECT 3\"); }")],
        );
    workspace.check(&["SELECT 1", "SELECT 2"]);
}

#[test]
fn the_crate_itself_is_known_by_its_own_name() {
    let workspace = Workspace::new().package(
        "hathi",
        &[],
        &[
            ("src/lib.rs", "mod a { fn f() { crate::query!(\"SELECT 1\"); } } #[macro_export] macro_rules! query { ($($t:tt)*) => { $crate::__private::query! { $crate $($t)* } } }"),
            ("tests/it.rs", "fn f() { hathi::query!(\"SELECT 2\"); }"),
        ],
    );
    workspace.check(&["SELECT 1", "SELECT 2"]);
    assert_eq!(workspace.found().unseen, []);
}

#[test]
fn files_of_sql_are_read_from_the_folder_of_the_manifest() {
    let workspace = Workspace::new().package(
        "app",
        &["hathi"],
        &[
            ("src/lib.rs", "use hathi::*; fn f() { query_file!(\"sql/a.sql\" as tuple); } command_file! { fn g(): \"sql/b.sql\" }"),
            ("sql/a.sql", "SELECT 1\r\n;"),
            ("sql/b.sql", "DELETE FROM t"),
        ],
    );
    workspace.check(&["SELECT 1|;", "DELETE FROM t"]);
    assert_eq!(
        workspace.found().statements[0].place().file,
        Path::new("app/sql/a.sql").display().to_string()
    );
}

#[test]
fn what_another_macro_hands_on_is_reported_as_unseen() {
    let source = "macro_rules! m {\n    ($sql:literal) => { hathi::query!($sql) };\n}\nfn f() { m!(\"SELECT 1\") }";
    let workspace = Workspace::new().package("app", &["hathi"], &[("src/lib.rs", source)]);
    let unseen = workspace.found().unseen;
    assert_eq!(unseen.len(), 1);
    assert_eq!((unseen[0].line, unseen[0].column), (2, 32));
}

#[track_caller]
fn check_mistakes(files: &[(&str, &str)], expected: &str) {
    let found = Workspace::new().package("app", &["hathi"], files).found();
    assert_eq!(found.mistakes.join("\n"), expected);
}

#[test]
fn mistakes_are_reported_at_their_place_in_the_literal() {
    check_mistakes(
        &[(
            "src/lib.rs",
            "fn f() {\n    hathi::query!(\n        \"SELECT \\\"a\\\"\"\n        \"FROM t WHERE a = {1}\"\n    )\n}",
        )],
        "error: expected a name between the braces, found \"1\"\n         FROM t WHERE a = {1}\n                          ^^^\n        \
         --> app/src/lib.rs:4:27\n       \
         help: placeholders take no numbers in braces: capture a variable by name, {id}, or write $1",
    );
}

#[test]
fn files_that_are_not_there_or_are_no_rust_are_mistakes() {
    check_mistakes(
        &[("src/lib.rs", "fn f() { hathi::query_file!(\"a.sql\") }")],
        "error: the file \"a.sql\" cannot be read: No such file or directory (os error 2)\n        \
         --> app/src/lib.rs:1:17\n       help: paths start at the folder of the crate's Cargo.toml",
    );
    check_mistakes(
        &[("src/lib.rs", "mod a;"), ("src/a.rs", "fn f() {\n    (\n")],
        "error: it is no Rust: a literal or a bracket has no end\n        --> app/src/a.rs:2:5",
    );
}
