//! What makes two texts the same statement: its tokens, without layout and comments.

use hathi_sql_text::{Token, TokenKind, lex};
use sha2::{Digest, Sha256};

use crate::template::Template;

/// The SHA-256, in 64 hexadecimal digits, of what the statement says.
///
/// Whitespace, comments and closing semicolons do not count. Keywords and unquoted identifiers count in lower case:
/// the server folds their ASCII letters itself before it looks at them, so the answer cannot differ. All else counts as
/// it is written: literals, quoted identifiers, numbers, and whether a literal continues one on the line above
/// (`'a'` and `'b'` on two lines are `'ab'`, on one line a syntax error).
#[must_use]
pub fn key(template: &Template) -> String {
    hexadecimal(&Sha256::digest(canonical(template.sql())))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Whether what is written in a cache file has the key of this statement.
pub(crate) fn same_statement(written: &str, sql: &str) -> bool {
    written == on_one_line(sql) || canonical(written) == canonical(sql)
}

/// The same statement on one line, without comments: it does not change when its source is laid out anew.
pub(crate) fn on_one_line(sql: &str) -> String {
    let mut line = String::with_capacity(sql.len());
    let mut before: Option<Token> = None;
    for token in significant(sql) {
        match before {
            Some(before) if continues(sql, before, token) => line.push('\n'),
            Some(before) if before.end < token.start => line.push(' '),
            _ => {}
        }
        line.push_str(token.text(sql));
        before = Some(token);
    }
    line
}

/// The first words of a statement, for the eyes of whoever lists the folder. Part of the file format: a file is found
/// by it. Literals stay out, they may be secrets.
pub(crate) fn slug(template: &Template) -> String {
    const LONGEST: usize = 48;
    let mut slug = String::new();
    let named = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::QuotedIdentifier);
    for token in lex(template.sql()).filter(named) {
        let text = token.text(template.sql()).chars();
        let word: String = text
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        if word.is_empty() {
            continue;
        }
        if slug.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    if slug.is_empty() {
        "statement".to_owned()
    } else {
        slug
    }
}

/// The tokens that count, each in the spelling that counts and behind its length, which keeps neighbours apart:
/// "ab", "c" is not "a", "bc".
fn canonical(sql: &str) -> String {
    let mut parts = String::with_capacity(2 * sql.len());
    let mut add = |part: &str| {
        parts.push_str(&part.len().to_string());
        parts.push(':');
        parts.push_str(part);
    };
    let mut before: Option<Token> = None;
    for token in significant(sql) {
        if before.is_some_and(|before| continues(sql, before, token)) {
            add("\n");
        }
        match token.kind {
            TokenKind::Word => add(&token.text(sql).to_ascii_lowercase()),
            _ => add(token.text(sql)),
        }
        before = Some(token);
    }
    parts
}

fn significant(sql: &str) -> Vec<Token> {
    let mut tokens: Vec<_> = lex(sql).filter(|token| !token.kind.is_trivia()).collect();
    while tokens
        .last()
        .is_some_and(|token| token.kind == TokenKind::Semicolon)
    {
        tokens.pop();
    }
    tokens
}

/// Whether a literal goes on where the one before it stopped: on a later line, with nothing but line comments between.
fn continues(sql: &str, before: Token, token: Token) -> bool {
    if !before.kind.is_quoted_literal() || !token.text(sql).starts_with('\'') {
        return false;
    }
    let gap = sql.get(before.end..token.start).unwrap_or_default();
    gap.contains(['\n', '\r']) && lex(gap).all(|token| token.kind != TokenKind::BlockComment)
}

#[cfg(test)]
mod tests {
    use super::{key, on_one_line, slug};
    use crate::template::Template;

    fn key_of(text: &str) -> String {
        key(&Template::parse(text).unwrap())
    }

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(key_of(one), key_of(other), "{one:?} and {other:?}");
    }

    #[track_caller]
    fn different(one: &str, other: &str) {
        assert_ne!(key_of(one), key_of(other), "{one:?} and {other:?}");
    }

    #[test]
    fn layout_and_comments_do_not_count() {
        same(
            "SELECT a,b FROM t",
            "\n SELECT a , b\r\n\tFROM /* the */ t -- end\n;;",
        );
    }

    #[test]
    fn case_counts_between_quotes_only() {
        same("SELECT Id FROM Users", "select ID from users");
        different("SELECT 1 AS \"a\"", "SELECT 1 AS \"A\"");
        different("SELECT 1 AS \"a\"", "SELECT 1 AS a");
        different("SELECT 1 AS É", "SELECT 1 AS é");
    }

    #[test]
    fn literals_count_exactly() {
        different("SELECT 'a'", "SELECT 'A'");
        different("SELECT 'a b'", "SELECT 'a  b'");
        different("SELECT '--a\n'", "SELECT ''");
        different("SELECT $$a$$", "SELECT $x$a$x$");
        different("SELECT 1", "SELECT 2");
    }

    #[test]
    fn neighbours_do_not_run_together() {
        different("SELECT a b", "SELECT ab");
        different("SELECT 1 - - 1", "SELECT 1 + - 1");
    }

    #[test]
    fn a_continued_literal_is_not_two_literals() {
        different("SELECT 'a'\n'b'", "SELECT 'a' 'b'");
        different("SELECT 'a'\n'b'", "SELECT 'a' /*\n*/ 'b'");
        same("SELECT 'a'\n'b'", "SELECT 'a' -- c\n\n  'b'");
    }

    #[test]
    fn placeholders_count_by_their_numbers() {
        same("SELECT $1, $2, $1", "SELECT $a, $b, $a");
        same("SELECT $1, $2, $1", "SELECT {x.y}, {z}, {x.y}");
        different("SELECT $1, $2", "SELECT $2, $1");
    }

    #[test]
    fn the_key_is_the_same_in_every_release() {
        let expected = "f18d6e72ed6761b8d4ff66916fc008a81c940e736dd715fe756e6268d5fda4bc";
        assert_eq!(key_of("SELECT id FROM users WHERE nick = {nick}"), expected);
    }

    #[track_caller]
    fn check_line(text: &str, expected: &str) {
        assert_eq!(on_one_line(text), expected);
        same(text, expected);
    }

    #[test]
    fn a_statement_fits_on_one_line() {
        check_line(
            "SELECT a,\n\t'b  c' -- d\nFROM t;\n",
            "SELECT a, 'b  c' FROM t",
        );
        check_line("SELECT 1/*a*/+/*b*/-2", "SELECT 1 + -2");
        check_line("SELECT a.b::int", "SELECT a.b::int");
    }

    #[test]
    fn but_for_a_literal_of_several_lines() {
        check_line("SELECT E'a' -- b\n\n  'c\\''", "SELECT E'a'\n'c\\''");
        check_line("SELECT 'a\n  b'", "SELECT 'a\n  b'");
    }

    #[track_caller]
    fn check_slug(text: &str, expected: &str) {
        assert_eq!(slug(&Template::parse(text).unwrap()), expected);
    }

    #[test]
    fn slugs_are_the_first_words() {
        check_slug(
            "SELECT id, user_id FROM \"My Table\" WHERE a = $1",
            "select-id-user_id-from-mytable-where-a",
        );
        check_slug(
            "/* x */ INSERT INTO public.a_rather_long_name (first_column, second_column) VALUES ($1, $2)",
            "insert-into-public-a_rather_long_name",
        );
    }

    #[test]
    fn slugs_are_ascii_and_hold_no_literals() {
        check_slug(
            "SELECT größe, 漢字, 'secret', 42 FROM t",
            "select-gre-from-t",
        );
        check_slug("(VALUES (1))", "values");
    }

    #[test]
    fn a_slug_without_words_is_a_word() {
        let word = "x".repeat(60);
        check_slug(&format!("\"{word}\""), "statement");
    }
}
