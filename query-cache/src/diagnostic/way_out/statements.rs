//! Statements of other databases.

use hathi_sql_text::TokenKind;

use super::Refusal;

const COLUMNS: &str =
    "write SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1";

pub(super) fn way_out(refusal: &Refusal<'_>) -> Option<&'static str> {
    if refusal.sqlstate == "428C9" {
        return Some("leave generated columns out, or write DEFAULT");
    }
    if refusal.begins(&["show"]) && matches!(refusal.sqlstate, "42601" | "42704") {
        return shown(refusal);
    }
    if !refusal.is_syntax_error() {
        return None;
    }
    match refusal.at? {
        0 => unknown_verb(refusal),
        at => created(refusal, at).or_else(|| inside(refusal, at)),
    }
}

/// `SHOW TABLES` and its kin.
fn shown(refusal: &Refusal<'_>) -> Option<&'static str> {
    let what = refusal
        .tokens
        .get(1)?
        .text(refusal.sql)
        .to_ascii_lowercase();
    Some(match what.as_str() {
        "functions" => "write SELECT proname, prorettype::regtype FROM pg_proc",
        "create" => {
            "read SELECT pg_get_viewdef('name'::regclass) for a view, pg_dump --schema-only for a table"
        }
        "status" => "read the views pg_stat_database, pg_stat_activity and their kin",
        "databases" => "write SELECT datname FROM pg_database",
        "tables" => "write SELECT schemaname, tablename FROM pg_tables",
        "columns" | "fields" => COLUMNS,
        "variables" => "write SHOW ALL, or SELECT name, setting FROM pg_settings",
        "schemas" => "write SELECT nspname FROM pg_namespace",
        "views" => "write SELECT schemaname, viewname FROM pg_views",
        _ => return None,
    })
}

/// The server does not know the first word.
fn unknown_verb(refusal: &Refusal<'_>) -> Option<&'static str> {
    let verb = refusal
        .tokens
        .first()?
        .text(refusal.sql)
        .to_ascii_lowercase();
    Some(match verb.as_str() {
        "kill" if refusal.is(1, &["query"]) => {
            "write SELECT pg_cancel_backend($1), or `CancelToken` for a statement of your own"
        }
        "kill" => "write SELECT pg_terminate_backend($1)",
        "replace" => UPSERT,
        "assert" => {
            "check the rows of a SELECT in Rust, or write DO $$ BEGIN ASSERT condition, 'message'; END $$"
        }
        "rename" => "write ALTER TABLE t RENAME TO u",
        "pragma" => {
            "read settings with SHOW name; set them with `tx.set_local(name, value)` inside a transaction"
        }
        "describe" | "desc" => COLUMNS,
        "use" => {
            "connect to the other database, or name the schema: `tx.set_local(\"search_path\", name)`"
        }
        _ => return None,
    })
}

const UPSERT: &str = "write INSERT … ON CONFLICT (key) DO UPDATE SET column = excluded.column";

/// `CREATE …` of other databases, outside of the parentheses.
fn created(refusal: &Refusal<'_>, at: usize) -> Option<&'static str> {
    if refusal.begins(&["create", "or", "replace", "table"]) && at == 3 {
        return Some("write DROP TABLE IF EXISTS, then CREATE TABLE, in one transaction");
    }
    if !refusal.creates_table() || refusal.opener(at).is_some() {
        return None;
    }
    let word = refusal
        .tokens
        .get(at)?
        .text(refusal.sql)
        .to_ascii_lowercase();
    Some(match word.as_str() {
        "like" => "put LIKE into the parentheses: CREATE TABLE x (LIKE t INCLUDING ALL)",
        "clone" => {
            "write CREATE TABLE x (LIKE t INCLUDING ALL), then INSERT INTO x SELECT * FROM t"
        }
        "comment" => "write COMMENT ON TABLE name IS 'text'",
        "default" | "charset" | "character" => {
            "leave it out: the encoding belongs to the database (CREATE DATABASE name ENCODING 'UTF8')"
        }
        "auto_increment" => "write a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "engine" => {
            "leave it out: PostgreSQL has one storage engine; CREATE TABLE … USING method names another access method"
        }
        _ => return None,
    })
}

fn inside(refusal: &Refusal<'_>, at: usize) -> Option<&'static str> {
    if refusal.begins(&["insert", "or"]) && at == 1 {
        return Some(UPSERT);
    }
    if refusal.begins(&["explain"]) && at == 1 {
        return Some(COLUMNS);
    }
    let is_name = |index: usize| refusal.kind(index) == Some(TokenKind::Word);
    let is_dotted = at >= 4
        && is_name(at - 1)
        && refusal.kind(at - 2) == Some(TokenKind::Dot)
        && is_name(at - 3);
    let is_index = refusal.is(0, &["create"])
        && (1..3).any(|index| refusal.is(index, &["index"]))
        && refusal.kind(at) == Some(TokenKind::CloseParenthesis);
    (is_index && is_dotted)
        .then_some("write the column alone, or an expression in its own parentheses: ((t.name))")
}
