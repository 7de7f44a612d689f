//! What sort of statement a text is, by its words: for servers that do not say more.

use hathi_query_cache::StatementKind;
use hathi_sql_text::{TokenKind, lex};

/// The first word outside of parentheses that names a sort of statement decides.
pub(crate) fn kind(sql: &str) -> StatementKind {
    let mut depth = 0_usize;
    let mut is_first = true;
    for token in lex(sql) {
        match token.kind {
            TokenKind::OpenParenthesis => depth += 1,
            TokenKind::CloseParenthesis => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 || is_first => {
                let word = sql
                    .get(token.start..token.end)
                    .unwrap_or_default()
                    .to_ascii_lowercase();
                match word.as_str() {
                    "select" | "values" | "table" => return StatementKind::Select,
                    "insert" => return StatementKind::Insert,
                    "update" => return StatementKind::Update,
                    "delete" => return StatementKind::Delete,
                    "merge" => return StatementKind::Merge,
                    "with" => {}
                    _ if is_first => return StatementKind::Utility,
                    _ => {}
                }
                is_first = false;
            }
            _ => {}
        }
    }
    StatementKind::Utility
}

#[cfg(test)]
mod tests {
    use super::{StatementKind, kind};

    #[test]
    fn the_statement_behind_ctes_decides() {
        assert_eq!(
            kind("WITH a AS (DELETE FROM t RETURNING id) INSERT INTO u SELECT * FROM a"),
            StatementKind::Insert
        );
        assert_eq!(
            kind("with recursive r(n) as (values (1)) select * from r"),
            StatementKind::Select
        );
    }

    #[test]
    fn parentheses_around_a_query_are_seen_through() {
        assert_eq!(
            kind("/* all */ (SELECT 1) UNION (SELECT 2)"),
            StatementKind::Select
        );
    }

    #[test]
    fn other_words_are_utilities() {
        assert_eq!(kind("EXPLAIN DELETE FROM t"), StatementKind::Utility);
        assert_eq!(kind("CREATE TABLE t AS SELECT 1"), StatementKind::Utility);
        assert_eq!(kind(""), StatementKind::Utility);
    }
}
