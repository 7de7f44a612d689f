//! PostgreSQL's own way to say what it refuses: other dialects' types, columns and statements, and what newer servers know.

mod columns;
mod placeholders;
mod statements;
#[cfg(test)]
mod tests;
mod types;
mod versions;

use hathi_sql_text::{Token, TokenKind, lex};

use super::ServerWords;

/// What helps with a refused statement, if it is one of the mistakes that are known. `at` is the byte the server points
/// at.
pub(super) fn way_out(
    sql: &str,
    words: ServerWords<'_>,
    at: Option<usize>,
) -> Option<&'static str> {
    let refusal = Refusal::new(sql, words, at);
    placeholders::way_out(&refusal)
        .or_else(|| versions::way_out(&refusal))
        .or_else(|| types::way_out(&refusal))
        .or_else(|| statements::way_out(&refusal))
        .or_else(|| columns::way_out(&refusal))
}

/// A statement, and what the server said of it.
struct Refusal<'a> {
    sql: &'a str,
    sqlstate: &'a str,
    message: &'a str,
    // Without those that only separate others.
    tokens: Vec<Token>,
    // The one that the server points at.
    at: Option<usize>,
}

impl<'a> Refusal<'a> {
    fn new(sql: &'a str, words: ServerWords<'a>, at: Option<usize>) -> Self {
        let tokens: Vec<Token> = lex(sql).filter(|token| !token.kind.is_trivia()).collect();
        let at = at.and_then(|byte| tokens.iter().position(|token| token.end > byte));
        Self {
            sql,
            sqlstate: words.sqlstate,
            message: words.message,
            tokens,
            at,
        }
    }

    fn is_syntax_error(&self) -> bool {
        self.sqlstate == "42601"
    }

    /// Whether token number `index` is one of these words, in lower case.
    fn is(&self, index: usize, words: &[&str]) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| words.iter().any(|word| token.is_word(self.sql, word)))
    }

    /// Whether the statement begins with these words.
    fn begins(&self, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(index, word)| self.is(index, &[word]))
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// The token that the server points at, if it is one of these words.
    fn at(&self, words: &[&str]) -> Option<usize> {
        self.at.filter(|at| self.is(*at, words))
    }

    /// Whether the token in front of token number `index` is one of these words.
    fn follows(&self, index: usize, words: &[&str]) -> bool {
        index
            .checked_sub(1)
            .is_some_and(|index| self.is(index, words))
    }

    /// Whether the statement creates a table.
    fn creates_table(&self) -> bool {
        self.is(0, &["create"]) && (1..5).any(|index| self.is(index, &["table"]))
    }

    /// The parenthesis that is open where token number `index` stands.
    fn opener(&self, index: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (0..index).rev().find(|before| match self.kind(*before) {
            Some(TokenKind::CloseParenthesis) => {
                depth += 1;
                false
            }
            Some(TokenKind::OpenParenthesis) if depth == 0 => true,
            Some(TokenKind::OpenParenthesis) => {
                depth -= 1;
                false
            }
            _ => false,
        })
    }
}
