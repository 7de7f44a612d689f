//! Mistakes of every sort, and mistakes that only look like one of them.

use super::way_out;
use crate::diagnostic::ServerWords;

/// The help for a statement whose error points at `⟨`.
#[track_caller]
fn check(marked: &str, sqlstate: &str, message: &str, expected: Option<&str>) {
    let words = ServerWords {
        message,
        sqlstate,
        ..ServerWords::default()
    };
    let at = marked.find('⟨');
    let sql = marked.replace('⟨', "");
    assert_eq!(way_out(&sql, words, at), expected, "{marked}");
}

#[track_caller]
fn check_syntax(marked: &str, expected: Option<&str>) {
    check(marked, "42601", "syntax error", expected);
}

#[test]
fn types_of_other_databases_are_translated() {
    let missing = |name: &str| format!("type \"{name}\" does not exist");
    check(
        "SELECT 1::⟨tinyint",
        "42704",
        &missing("tinyint"),
        Some("write smallint, or boolean for tinyint(1)"),
    );
    check(
        "SELECT 1::⟨datetime",
        "42704",
        &missing("datetime"),
        Some("write timestamptz, or timestamp(0)"),
    );
    check(
        "SELECT 1::⟨datetime(6)",
        "42704",
        &missing("datetime"),
        Some("write timestamp(6)"),
    );
    check("SELECT 1::⟨mood", "42704", &missing("mood"), None);
    check_syntax(
        "SELECT 1::bigint ⟨unsigned",
        Some("PostgreSQL has no unsigned bigint: write numeric(20,0)"),
    );
    check_syntax("SELECT count ⟨unsigned", None);
    check_syntax("SELECT 1 ⟨(2)", None);
}

#[test]
fn what_stands_in_a_column_is_told_from_what_stands_elsewhere() {
    check_syntax(
        "CREATE TABLE t (a int ⟨COMMENT 'x')",
        Some("write COMMENT ON COLUMN table.column IS 'text'"),
    );
    check_syntax(
        "CREATE TABLE t (a int) ⟨COMMENT 'x'",
        Some("write COMMENT ON TABLE name IS 'text'"),
    );
    check_syntax(
        "CREATE TABLE t (PRIMARY KEY (a) ⟨COMMENT 'x')",
        Some("write COMMENT ON CONSTRAINT name ON table IS 'text'"),
    );
    check_syntax("CREATE TABLE t (a int CHECK (a ⟨foo))", None);
    check_syntax("CREATE TABLE t (a int ⟨VIRTUAL)", None);
    check_syntax("SELECT a ⟨comment 'x'", None);
}

#[test]
fn statements_of_other_databases_are_translated() {
    check_syntax(
        "⟨USE shop",
        Some(
            "connect to the other database, or name the schema: `tx.set_local(\"search_path\", name)`",
        ),
    );
    check_syntax("⟨SELEC 1", None);
    check(
        "SHOW tables",
        "42704",
        "unrecognized configuration parameter \"tables\"",
        Some("write SELECT schemaname, tablename FROM pg_tables"),
    );
    check(
        "SHOW work_men",
        "42704",
        "unrecognized configuration parameter \"work_men\"",
        None,
    );
}

#[test]
fn nothing_is_said_of_an_error_without_a_place() {
    let words = ServerWords {
        message: "syntax error",
        sqlstate: "42601",
        ..ServerWords::default()
    };
    assert_eq!(way_out("", words, None), None);
    assert_eq!(way_out("CREATE TABLE t (", words, Some(900)), None);
}
