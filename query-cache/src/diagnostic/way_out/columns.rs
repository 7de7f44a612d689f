//! Columns and constraints of CREATE TABLE as other databases have them.

use hathi_sql_text::TokenKind;

use super::Refusal;

const ENFORCED: &str = "leave it out: a primary key is always enforced (18 knows NOT ENFORCED for CHECK and FOREIGN KEY)";
const OPTIONS: &str = "write COMMENT ON COLUMN table.column IS 'text': OPTIONS (key 'value') belongs to foreign tables";

pub(super) fn way_out(refusal: &Refusal<'_>) -> Option<&'static str> {
    if refusal.message.ends_with("cannot be marked NOT ENFORCED") {
        return Some(ENFORCED);
    }
    if !refusal.creates_table() {
        return None;
    }
    if refusal.sqlstate == "42809" && refusal.message.ends_with("is not a foreign table") {
        return Some(OPTIONS);
    }
    let at = refusal.at.filter(|_| refusal.is_syntax_error())?;
    let opener = refusal.opener(at)?;
    if refusal.follows(opener, &["options"]) {
        return Some(OPTIONS);
    }
    constraint(refusal, at).or_else(|| option(refusal, at))
}

/// Keys with names and comments where PostgreSQL has them elsewhere.
fn constraint(refusal: &Refusal<'_>, at: usize) -> Option<&'static str> {
    if refusal.is(at, &["enforced"]) && refusal.follows(at, &["not"]) {
        return Some(ENFORCED);
    }
    let names_key = refusal.follows(at, &["key"]) && at >= 2 && refusal.is(at - 2, &["primary"]);
    if names_key && refusal.kind(at + 1) == Some(TokenKind::OpenParenthesis) {
        let has_name = at >= 4 && refusal.is(at - 4, &["constraint"]);
        return Some(if has_name {
            "write CREATE UNIQUE INDEX name ON t (column), then ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY USING INDEX name"
        } else {
            "write CONSTRAINT name PRIMARY KEY (column)"
        });
    }
    if refusal.is(at, &["key", "index"]) && refusal.follows(at, &["unique"]) {
        return Some(
            "write UNIQUE (column) in the table, or CREATE UNIQUE INDEX name ON t (column)",
        );
    }
    let closes = at
        .checked_sub(1)
        .is_some_and(|before| refusal.kind(before) == Some(TokenKind::CloseParenthesis));
    if refusal.is(at, &["comment"]) && closes && is_key(refusal, at - 1) {
        return Some("write COMMENT ON CONSTRAINT name ON table IS 'text'");
    }
    None
}

/// Whether the parentheses that close at token number `close` hold the columns of a key.
fn is_key(refusal: &Refusal<'_>, close: usize) -> bool {
    refusal
        .opener(close)
        .is_some_and(|open| refusal.follows(open, &["key", "unique"]))
}

/// What stands behind a column's type.
fn option(refusal: &Refusal<'_>, at: usize) -> Option<&'static str> {
    let token = refusal.tokens.get(at)?;
    if token.kind != TokenKind::Word {
        return None;
    }
    let word = token.text(refusal.sql).to_ascii_lowercase();
    Some(match word.as_str() {
        "comment" => "write COMMENT ON COLUMN table.column IS 'text'",
        "character" | "charset" => {
            "leave it out: the encoding belongs to the database; COLLATE belongs to the column"
        }
        "auto_increment" | "autoincrement" | "identity" => {
            "write a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        }
        "on" if refusal.is(at + 1, &["conflict"]) => {
            "ON CONFLICT belongs to INSERT: write INSERT … ON CONFLICT (column) DO UPDATE SET column = excluded.column"
        }
        "on" if refusal.is(at + 1, &["update"]) => {
            "write a BEFORE UPDATE trigger that sets NEW.column := now()"
        }
        "materialized" => "write b integer GENERATED ALWAYS AS (a + 1) STORED",
        "ephemeral" => {
            "leave the column out and compute from the value in the INSERT, or in a BEFORE INSERT trigger"
        }
        "alias" => "write b integer GENERATED ALWAYS AS (a + 1) VIRTUAL from 18 on, or a view",
        "tag" => "write COMMENT ON COLUMN table.column IS 'text', or SECURITY LABEL",
        "masking" | "projection" if refusal.is(at + 1, &["policy"]) => {
            "use a view, privileges on columns (GRANT SELECT (a) ON t), or row security"
        }
        // What newer servers know; and what stands inside of an expression is another mistake.
        "virtual" | "storage" | "compression" | "no" => return None,
        _ if refusal
            .opener(at)
            .is_some_and(|open| refusal.opener(open).is_some()) =>
        {
            return None;
        }
        _ => {
            "after the type come COLLATE, CONSTRAINT, NOT NULL, NULL, CHECK, DEFAULT, GENERATED, UNIQUE, PRIMARY KEY or REFERENCES"
        }
    })
}
