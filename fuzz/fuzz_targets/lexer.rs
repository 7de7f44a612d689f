//! The lexer: tokens tile any text, and whatever stands on them neither panics nor leaves the text.
#![no_main]

use hathi_sql_text::{caret_block, lex, place, statements};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut end = 0;
    for token in lex(text) {
        assert_eq!(token.start, end);
        assert!(token.end > token.start && text.is_char_boundary(token.end));
        end = token.end;
    }
    assert_eq!(end, text.len());
    for range in statements(text) {
        assert!(text.get(range.clone()).is_some());
        let _ = place(text, range.start);
        let _ = caret_block(text, range);
    }
});
