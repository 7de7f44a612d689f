//! Utility statements on a database that is there to be tried on: run in a transaction that is rolled back.
//!
//! Parse checks nothing of them but the grammar.

use hathi_query_cache::Cardinality;
use hathi_sql_text::{Token, TokenKind, lex};

/// How long a trial may take or wait for a lock; one that takes longer has shown no mistake.
pub(crate) const LIMITS: &str = "BEGIN; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '1s'; \
     SET LOCAL debug_print_rewritten = off";

/// Whether a utility can be tried: what it does ends with the transaction, and it runs no code of the user's.
pub(crate) fn can_be_tried(sql: &str) -> bool {
    let words: Vec<String> = words(sql).take(8).collect();
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    if is_outside_transactions(sql) {
        return false;
    }
    match (word(0), word(1)) {
        ("create" | "drop" | "alter", "database" | "tablespace" | "subscription" | "system") => {
            false
        }
        ("reindex", "database" | "system" | "schema") => false,
        (
            "comment" | "create" | "drop" | "alter" | "grant" | "revoke" | "truncate" | "lock"
            | "reindex" | "refresh" | "security" | "reassign" | "notify" | "set" | "analyze"
            | "analyse",
            _,
        ) => true,
        // Not VACUUM, CLUSTER, CHECKPOINT and LOAD, which reach beyond a transaction; not DO and CALL, which run code;
        // not IMPORT, which asks other servers; and not what is not known.
        _ => false,
    }
}

/// Whether a utility cannot run inside a transaction.
pub(crate) fn is_outside_transactions(sql: &str) -> bool {
    let words: Vec<String> = words(sql).take(8).collect();
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let concurrently = words.iter().any(|word| word == "concurrently");
    match (word(0), word(1)) {
        ("create" | "drop", "database" | "tablespace") | ("alter", "system") | ("vacuum", _) => {
            true
        }
        ("reindex", "database" | "system" | "schema") => true,
        // A materialized view is refreshed concurrently inside of one.
        ("create" | "drop", index) => concurrently && (index == "index" || word(2) == "index"),
        ("reindex", _) => concurrently,
        _ => false,
    }
}

/// Whether a trial's error is about the statement, and not about what the database holds, forbids or is busy with.
pub(crate) fn is_mistake(sqlstate: &str) -> bool {
    let passing = ["23", "25", "53", "54", "55", "57", "58", "40", "08", "XX"];
    let is_there_already = matches!(
        sqlstate,
        // Schema, table, object, function and database that exist; what depends on others; what the role may not do.
        "42P06" | "42P07" | "42710" | "42723" | "42P04" | "2BP01" | "42501"
    );
    !is_there_already && !passing.iter().any(|class| sqlstate.starts_with(class))
}

/// How many rows a utility answers with, and whether their values can be NULL.
pub(crate) fn rows(sql: &str) -> (Cardinality, bool) {
    let mut words = words(sql);
    match words.next().as_deref() {
        // Every other setting is one value; ALL has descriptions, which can be missing.
        Some("show") if words.next().as_deref() != Some("all") => (Cardinality::One, false),
        Some("explain") => (Cardinality::Many, false),
        Some("call") => (Cardinality::One, true),
        _ => (Cardinality::Many, true),
    }
}

fn words(sql: &str) -> impl Iterator<Item = String> {
    let tokens = lex(sql).filter(|token| !token.kind.is_trivia());
    let words = tokens.filter(|token| token.kind == TokenKind::Word);
    words.map(|token: Token| token.text(sql).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{can_be_tried, is_mistake};

    #[test]
    fn what_outlives_a_transaction_or_runs_code_is_not_tried() {
        for sql in [
            "CREATE DATABASE a",
            "DROP TABLESPACE a",
            "ALTER SYSTEM SET work_mem = '1GB'",
            "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)",
            "DROP INDEX concurrently i",
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "VACUUM t",
            "CHECKPOINT",
            "LOAD 'a'",
            "DO $$ BEGIN END $$",
            "CALL p()",
            "",
        ] {
            assert!(!can_be_tried(sql), "{sql}");
        }
        for sql in [
            "CREATE TABLE t (a int)",
            "/* why */ drop table t",
            "GRANT SELECT ON t TO a",
        ] {
            assert!(can_be_tried(sql), "{sql}");
        }
    }

    #[test]
    fn what_depends_on_the_contents_is_no_mistake() {
        for sqlstate in ["23505", "42P07", "2BP01", "55P03", "57014", "42501"] {
            assert!(!is_mistake(sqlstate), "{sqlstate}");
        }
        for sqlstate in ["42704", "42601", "42P01", "42P16", "22023"] {
            assert!(is_mistake(sqlstate), "{sqlstate}");
        }
    }
}
