//! Placeholders where the grammar takes none.

use hathi_sql_text::TokenKind;

use super::Refusal;

pub(super) fn way_out(refusal: &Refusal<'_>) -> Option<&'static str> {
    if refusal.message == "materialized views may not be defined using bound parameters" {
        return Some("utility statements take no parameters: write the value into the text");
    }
    let at = refusal.at?;
    if !refusal.is_syntax_error() || refusal.kind(at) != Some(TokenKind::Parameter) {
        return None;
    }
    if refusal.begins(&["show"]) {
        Some("SHOW takes no parameters: SELECT current_setting($1, true)")
    } else if refusal.begins(&["notify"]) {
        Some("receive with `Listener`; send values with SELECT pg_notify($1, $2)")
    } else if refusal.begins(&["comment"]) {
        Some("a comment is a literal: write the text itself")
    } else if refusal.follows(at, &["password"]) {
        Some(
            "a password is a literal: compute a SCRAM verifier on the client with `scram_verifier` and write that",
        )
    } else {
        Some("names cannot be parameters: use `Identifier` inside a `Fragment`")
    }
}
