//! SQL without its literals, for the eyes of those whom values are none of their business.

use crate::lexer::lex;
use crate::token::TokenKind;

/// The same text with `?` for every literal: strings and numbers. Comments are left out, for they may hold anything.
///
/// # Example: a password in a script
///
/// ```
/// let script = "ALTER ROLE ada PASSWORD 'secret' -- the old one was 'old'\n VALID UNTIL '2030-01-01'";
/// assert_eq!(hathi_sql_text::without_literals(script), "ALTER ROLE ada PASSWORD ?  VALID UNTIL ?");
/// ```
#[must_use]
pub fn without_literals(sql: &str) -> String {
    let mut masked = String::with_capacity(sql.len());
    for token in lex(sql) {
        match token.kind {
            TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Unterminated(_) => {
                // What is not closed may be part of a value.
            }
            TokenKind::Whitespace => masked.push(' '),
            TokenKind::DollarString | TokenKind::Number | TokenKind::NumberJunk => masked.push('?'),
            kind if kind.is_quoted_literal() => masked.push('?'),
            _ => masked.push_str(token.text(sql)),
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::without_literals;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        assert_eq!(without_literals(sql), expected);
    }

    #[test]
    fn every_literal_becomes_a_question_mark() {
        check(
            "SELECT 'a', E'b\\'c', $$d$$, $x$e$x$, B'1', 42, 1.5e3",
            "SELECT ?, ?, ?, ?, ?, ?, ?",
        );
    }

    #[test]
    fn names_and_placeholders_stay() {
        check(
            "SELECT \"it's\", a1 FROM t WHERE id = $1",
            "SELECT \"it's\", a1 FROM t WHERE id = $1",
        );
    }

    #[test]
    fn what_is_not_closed_is_left_out() {
        check("SELECT 'secret", "SELECT ");
        check("DO $$ secret", "DO ");
    }
}
