//! Reads SQL as PostgreSQL's scanner does, with `standard_conforming_strings` on, and keeps every byte.

mod literal;
mod number;
#[cfg(test)]
mod tests;

use crate::token::{Token, TokenKind, Unterminated};

/// Splits a text into tokens that tile it. Any text is accepted: what begins nothing is [`TokenKind::Unknown`].
///
/// # Example: what `$` means
///
/// ```
/// use hathi_sql_text::{TokenKind, lex};
///
/// let sql = "$1 $name $tag$ $2 $tag$";
/// let kinds: Vec<_> = lex(sql).map(|token| token.kind).filter(|kind| !kind.is_trivia()).collect();
/// assert_eq!(kinds, [TokenKind::Parameter, TokenKind::NamedParameter, TokenKind::DollarString]);
/// ```
#[must_use]
pub fn lex(sql: &str) -> Lexer<'_> {
    Lexer {
        bytes: sql.as_bytes(),
        at: 0,
        continued: None,
    }
}

/// The iterator returned by [`lex`].
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    continued: Option<Continued>,
}

/// A literal that goes on if the next quote stands on a later line: `E'a'` and, below it, `'b\'c'`.
#[derive(Clone, Copy, Debug)]
struct Continued {
    kind: TokenKind,
    line_ended: bool,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let first = self.peek(0)?;
        let start = self.at;
        let kind = self.token(first);
        self.continued = self.continuation(kind, start);
        Some(Token {
            kind,
            start,
            end: self.at,
        })
    }
}

impl Lexer<'_> {
    fn token(&mut self, first: u8) -> TokenKind {
        match (first, self.peek(1)) {
            (b'-', Some(b'-')) => self.line_comment(),
            (b'/', Some(b'*')) => self.block_comment(),
            (b'\'', _) => self.plain_or_continued(),
            (b'"', _) => self.identifier(TokenKind::QuotedIdentifier, 1),
            (b'e' | b'E', Some(b'\'')) => self.literal(TokenKind::EscapeString, 2),
            (b'n' | b'N', Some(b'\'')) => self.literal(TokenKind::NationalString, 2),
            (b'b' | b'B', Some(b'\'')) => self.literal(TokenKind::BitString, 2),
            (b'x' | b'X', Some(b'\'')) => self.literal(TokenKind::HexString, 2),
            (b'u' | b'U', Some(b'&')) if self.peek(2) == Some(b'\'') => {
                self.literal(TokenKind::UnicodeString, 3)
            }
            (b'u' | b'U', Some(b'&')) if self.peek(2) == Some(b'"') => {
                self.identifier(TokenKind::UnicodeIdentifier, 3)
            }
            (b'$', _) => self.dollar(),
            (b'0'..=b'9', _) | (b'.', Some(b'0'..=b'9')) => self.number(),
            (b'.', Some(b'.')) => self.take(2, TokenKind::DotDot),
            (b':', Some(b':')) => self.take(2, TokenKind::Cast),
            (b':', Some(b'=')) => self.take(2, TokenKind::ColonEquals),
            _ if is_space(first) => self.run(is_space, TokenKind::Whitespace),
            _ if starts_word(first) => self.run(continues_word, TokenKind::Word),
            _ if is_operator(first) => self.operator(),
            _ => self.take(1, punctuation(first)),
        }
    }

    /// Which literal the next quote may continue, after a token that starts at `start` was read.
    fn continuation(&self, kind: TokenKind, start: usize) -> Option<Continued> {
        match kind {
            TokenKind::Whitespace => {
                let space = self.bytes.get(start..self.at).unwrap_or_default();
                let line_ended = space.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
                self.continued.map(|before| Continued {
                    line_ended: before.line_ended || line_ended,
                    ..before
                })
            }
            TokenKind::LineComment => self.continued,
            literal if literal.is_quoted_literal() => Some(Continued {
                kind: literal,
                line_ended: false,
            }),
            _ => None,
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        self.run(
            |byte| !matches!(byte, b'\n' | b'\r'),
            TokenKind::LineComment,
        )
    }

    fn block_comment(&mut self) -> TokenKind {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return TokenKind::BlockComment;
                    }
                }
                _ => self.at += 1,
            }
        }
        TokenKind::Unterminated(Unterminated::Comment)
    }

    /// The longest run of operator characters, less what a comment or a sign behind it takes away.
    fn operator(&mut self) -> TokenKind {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let run = rest.iter().take_while(|byte| is_operator(**byte)).count();
        let run = rest.get(..run).unwrap_or_default();
        let comment = run
            .windows(2)
            .position(|pair| pair == b"--" || pair == b"/*");
        let mut operator = run.get(..comment.unwrap_or(run.len())).unwrap_or_default();
        // `a+-b` is an addition of `-b`; only operators with a character outside the standard's set may end in a sign.
        if !operator.iter().any(|byte| b"~!@#^&|`?%".contains(byte)) {
            while let [head @ .., b'+' | b'-'] = operator {
                if head.is_empty() {
                    break;
                }
                operator = head;
            }
        }
        let kind = if operator == b"=>" {
            TokenKind::Arrow
        } else {
            TokenKind::Operator
        };
        self.take(operator.len(), kind)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn take(&mut self, count: usize, kind: TokenKind) -> TokenKind {
        self.at += count;
        kind
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool, kind: TokenKind) -> TokenKind {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
        kind
    }
}

fn punctuation(byte: u8) -> TokenKind {
    match byte {
        b',' => TokenKind::Comma,
        b';' => TokenKind::Semicolon,
        b':' => TokenKind::Colon,
        b'.' => TokenKind::Dot,
        b'(' => TokenKind::OpenParenthesis,
        b')' => TokenKind::CloseParenthesis,
        b'[' => TokenKind::OpenBracket,
        b']' => TokenKind::CloseBracket,
        b'{' => TokenKind::OpenBrace,
        b'}' => TokenKind::CloseBrace,
        _ => TokenKind::Unknown,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

/// Bytes above 127 are parts of characters outside ASCII, all of which PostgreSQL takes for letters.
fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn is_operator(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}
