//! A statement that the server refuses, as the mistake that the user reads.

use std::ops::Range;

use hathi_query_cache::{Diagnostic, Mistakes, ServerWords, Template};
use hathi_sql_text::{character_offset, lex};
use hathi_wire::ServerError;

/// The server's words, with the place in the text as it is written.
pub(crate) fn mistakes(template: &Template, error: &ServerError) -> Mistakes {
    let words = ServerWords {
        message: &error.message,
        sqlstate: error.code.code(),
        detail: error.detail.as_deref(),
        hint: error.hint.as_deref(),
    };
    let at = position(template, error);
    let place = at.map(|start| place(template, start));
    Diagnostic::refused(words, template.sql(), at, place).into()
}

/// The byte that the server points at; it counts characters of the text it was sent.
fn position(template: &Template, error: &ServerError) -> Option<usize> {
    let position = usize::try_from(error.position?).ok()?;
    Some(character_offset(template.sql(), position))
}

/// The token that stands there, in the text as it is written.
fn place(template: &Template, start: usize) -> Range<usize> {
    let sql = template.sql();
    let token = lex(sql).find(|token| token.end > start);
    let end = token.map_or(start, |token| token.end);
    template.to_source(start..end)
}
