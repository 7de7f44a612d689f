//! Tests of the list of futures and of the table that names their tests.

use super::*;

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[track_caller]
fn check_code(code: &str, expected: &[&str]) {
    let names: Vec<String> = of(&[file("runtime/src/a.rs", code)])
        .into_iter()
        .map(|found| found.name)
        .collect();
    assert_eq!(names, expected);
}

#[test]
fn public_async_functions_are_futures() {
    check_code("pub async fn connect() {}", &["connect"]);
    check_code(
        "pub struct Session;\nimpl Session {\n    pub async fn close(self) {}\n    pub fn id(&self) {}\n}",
        &["Session::close"],
    );
    check_code(
        "pub struct Rows<'s, R>;\nimpl<'s, R: Fn() -> u8> crate::Rows<'s, R> {\n    pub async fn next(&mut self) {}\n}",
        &["Rows::next"],
    );
    check_code(
        "pub trait Ask {\n    async fn ask(&self);\n    fn name(&self);\n}",
        &["Ask::ask"],
    );
}

#[test]
fn functions_that_say_that_they_return_a_future_are_futures() {
    check_code("pub fn f() -> impl Future<Output = ()> {}", &["f"]);
    check_code(
        "pub fn f(\n    a: u8,\n) -> Pin<Box<dyn Future<Output = ()> + Send>>\nwhere\n    u8: Copy,\n{\n}",
        &["f"],
    );
    check_code(
        "pub fn f<F>(work: F) -> u8\nwhere\n    F: Fn() -> Pin<Box<dyn Future<Output = ()>>>,\n{\n}",
        &[],
    );
}

#[test]
fn public_types_that_are_awaited_are_futures() {
    check_code(
        "pub struct Fetch<'s, R>(&'s R);\nimpl<R> Future for Fetch<'_, R>\nwhere\n    R: Copy,\n{\n    fn poll() {}\n}",
        &["Fetch"],
    );
    check_code(
        "pub struct Rows;\nimpl futures_core::Stream for Rows {}\npub enum Late {}\nimpl IntoFuture for Late {}",
        &["Late", "Rows"],
    );
    check_code("pub struct Rows;\nimpl Debug for Rows {}", &[]);
}

#[test]
fn what_nobody_else_sees_is_left_out() {
    check_code("pub(crate) async fn f() {}\nasync fn g() {}", &[]);
    check_code(
        "struct Job;\nimpl Future for Job {}\nimpl Job {\n    pub async fn f() {}\n}",
        &[],
    );
    check_code(
        "/// pub async fn f() {}\npub(crate) struct Turn;\nimpl Future for Turn {}",
        &[],
    );
    check_code(
        "fn a() {}\n#[cfg(test)]\nmod tests {\n    pub async fn f() {}\n}",
        &[],
    );
    let elsewhere = [
        file("wire/src/a.rs", "pub async fn f() {}"),
        file("runtime/src/a/tests.rs", "pub async fn f() {}"),
    ];
    assert_eq!(of(&elsewhere), []);
}

#[track_caller]
fn check_table(rows: &str, expected: &[&str]) {
    let found = check(&[
        file(
            "runtime/src/a.rs",
            "\npub async fn f() {}\npub async fn g() {}",
        ),
        file("tests/it/a.rs", "#[test]\nfn dropped() {}"),
        file(PATH, &format!("| future | test |\n| --- | --- |\n{rows}")),
    ]);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn every_future_has_its_row_and_every_row_its_test() {
    check_table(
        "| `f` | `tests/it/a.rs::dropped` |\n| `g` | `tests/it/a.rs::dropped` |\n",
        &[],
    );
    check_table("| `f`, `g` | `tests/it/a.rs::dropped` |\n", &[]);
}

#[test]
fn a_future_without_a_row_is_found_where_it_is() {
    check_table(
        "| `f` | `tests/it/a.rs::dropped` |\n",
        &["runtime/src/a.rs:3: `g` is not in tests/DROPS.md"],
    );
    assert_eq!(
        check(&[file("runtime/src/a.rs", "pub async fn f() {}")]).len(),
        1
    );
}

#[test]
fn a_row_without_a_future_or_a_test_is_found() {
    check_table(
        "| `f`, `g`, `h` | `tests/it/a.rs::dropped` |\n",
        &["DROPS.md:3: `h` is there twice, or is no public future"],
    );
    check_table("| `f`, `g` | |\n", &["no test is named"]);
    check_table(
        "| `f`, `g` | `tests/it/a.rs::gone` |\n",
        &["no test `gone`"],
    );
}
