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
    Diagnostic::server_error(words, place(template, error)).into()
}

/// The token that the server points at; it counts characters of the text it was sent.
fn place(template: &Template, error: &ServerError) -> Option<Range<usize>> {
    let sql = template.sql();
    let start = character_offset(sql, usize::try_from(error.position?).ok()?);
    let token = lex(sql).find(|token| token.end > start);
    let end = token.map_or(start, |token| token.end);
    Some(template.to_source(start..end))
}
