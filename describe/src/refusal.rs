//! A statement that the server refuses, as the mistake that the user reads.

use std::ops::Range;

use hathi_query_cache::{Diagnostic, Mistakes, ServerWords, Template};
use hathi_sql_text::{character_offset, lex};
use hathi_wire::ServerError;

/// The server's words, with the place in the text as it is written.
pub(crate) fn mistakes(template: &Template, error: &ServerError) -> Mistakes {
    told(template.sql(), |range| template.to_source(range), error)
}

/// The same for a text of ours that stands for the one that is written.
pub(crate) fn told(
    sql: &str,
    to_source: impl Fn(Range<usize>) -> Range<usize>,
    error: &ServerError,
) -> Mistakes {
    let words = ServerWords {
        message: &error.message,
        sqlstate: error.code.code(),
        detail: error.detail.as_deref(),
        hint: error.hint.as_deref(),
    };
    let at = position(sql, error);
    let place = at.map(|start| to_source(token(sql, start)));
    Diagnostic::refused(words, sql, at, place).into()
}

/// The byte that the server points at; it counts characters of the text it was sent.
fn position(sql: &str, error: &ServerError) -> Option<usize> {
    let position = usize::try_from(error.position?).ok()?;
    Some(character_offset(sql, position))
}

/// The token that stands there.
fn token(sql: &str, start: usize) -> Range<usize> {
    let token = lex(sql).find(|token| token.end > start);
    let end = token.map_or(start, |token| token.end);
    start..end
}
