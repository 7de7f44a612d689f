//! Numbers: `1`, `1_000`, `0x1F`, `.5`, `1.5e-10`, and what is glued to their end.

use super::{Lexer, continues_word, starts_word};
use crate::token::TokenKind;

impl Lexer<'_> {
    /// A number that starts with a digit, or with a dot in front of a digit.
    pub(super) fn number(&mut self) -> TokenKind {
        match (self.peek(0), self.peek(1)) {
            (Some(b'0'), Some(b'x' | b'X')) => self.radix(|byte| byte.is_ascii_hexdigit()),
            (Some(b'0'), Some(b'o' | b'O')) => self.radix(|byte| matches!(byte, b'0'..=b'7')),
            (Some(b'0'), Some(b'b' | b'B')) => self.radix(|byte| matches!(byte, b'0' | b'1')),
            _ => self.decimal(),
        }
    }

    /// `0x`, `0o` or `0b` with its digits; without digits the letters are junk behind a zero.
    fn radix(&mut self, is_digit: impl Fn(u8) -> bool) -> TokenKind {
        self.at += 1;
        let digits = self.grouped_digits(1, &is_digit);
        if digits > 1 {
            self.at += digits;
        }
        self.or_junk(TokenKind::Number, TokenKind::NumberJunk)
    }

    fn decimal(&mut self) -> TokenKind {
        self.at += self.decimal_digits(0);
        // `1..2` is a range of two integers.
        if self.peek(0) == Some(b'.') && self.peek(1) != Some(b'.') {
            self.at += 1;
            self.at += self.decimal_digits(0);
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
            let digits = self.decimal_digits(1 + sign);
            if digits > 0 {
                self.at += 1 + sign + digits;
            } else if sign == 1 {
                return self.take(2, TokenKind::NumberJunk);
            }
        }
        self.or_junk(TokenKind::Number, TokenKind::NumberJunk)
    }

    /// How many bytes of decimal digits, single underscores between them, stand `ahead` bytes on.
    fn decimal_digits(&self, ahead: usize) -> usize {
        match self.peek(ahead) {
            Some(byte) if byte.is_ascii_digit() => {
                self.grouped_digits(ahead, &|byte: u8| byte.is_ascii_digit()) - ahead
            }
            _ => 0,
        }
    }

    /// Where the digits that start `ahead` bytes on end; an underscore may stand in front of each.
    fn grouped_digits(&self, ahead: usize, is_digit: &impl Fn(u8) -> bool) -> usize {
        let mut end = ahead;
        loop {
            let underscore = usize::from(self.peek(end) == Some(b'_'));
            match self.peek(end + underscore) {
                Some(byte) if is_digit(byte) => end += underscore + 1,
                _ => return end,
            }
        }
    }

    /// Takes letters glued to a number or parameter into the token, which they spoil.
    pub(super) fn or_junk(&mut self, clean: TokenKind, junk: TokenKind) -> TokenKind {
        let glued = match self.peek(0) {
            // PostgreSQL takes the longest match, and `1e5$` is longer as `1` with the letters `e5$`.
            Some(b'$') => self.ends_like_a_word(),
            Some(byte) => starts_word(byte),
            None => false,
        };
        if glued {
            self.run(continues_word, junk)
        } else {
            clean
        }
    }

    /// Whether the digits just read have a letter or an underscore among them.
    fn ends_like_a_word(&self) -> bool {
        let read = self.bytes.get(..self.at).unwrap_or_default();
        read.iter()
            .rev()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .any(|byte| starts_word(*byte))
    }
}
