//! Everything between quotes or dollars: literals, quoted identifiers, placeholders.

use super::{Lexer, continues_word, starts_word};
use crate::token::{TokenKind, Unterminated};

impl Lexer<'_> {
    /// A literal that starts with a bare quote. On a later line than a literal before it, it goes on in that one's rules.
    pub(super) fn plain_or_continued(&mut self) -> TokenKind {
        let kind = match self.continued {
            Some(before) if before.line_ended => before.kind,
            _ => TokenKind::String,
        };
        self.literal(kind, 1)
    }

    /// A literal whose opening, prefix and quote, is `opening` bytes long.
    pub(super) fn literal(&mut self, kind: TokenKind, opening: usize) -> TokenKind {
        self.at += opening;
        // A doubled quote in a bit string ends it and starts another literal.
        let doubles = !matches!(kind, TokenKind::BitString | TokenKind::HexString);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' if kind == TokenKind::EscapeString => self.at += 2,
                b'\'' if doubles && self.peek(1) == Some(b'\'') => self.at += 2,
                b'\'' => return self.take(1, kind),
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
        TokenKind::Unterminated(match kind {
            TokenKind::BitString => Unterminated::BitString,
            TokenKind::HexString => Unterminated::HexString,
            _ => Unterminated::String,
        })
    }

    pub(super) fn identifier(&mut self, kind: TokenKind, opening: usize) -> TokenKind {
        self.at += opening;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' if self.peek(1) == Some(b'"') => self.at += 2,
                b'"' => return self.take(1, kind),
                _ => self.at += 1,
            }
        }
        TokenKind::Unterminated(Unterminated::Identifier)
    }

    /// `$1`, `$$…$$`, `$tag$…$tag$`, `$name`, or a lone dollar.
    pub(super) fn dollar(&mut self) -> TokenKind {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        match rest.first() {
            Some(b'0'..=b'9') => self.parameter(),
            Some(b'$') => self.dollar_string(2),
            Some(byte) if starts_word(*byte) => {
                let name = rest
                    .iter()
                    .take_while(|byte| continues_word(**byte) && **byte != b'$')
                    .count();
                if rest.get(name) == Some(&b'$') {
                    self.dollar_string(name + 2)
                } else {
                    self.take(name + 1, TokenKind::NamedParameter)
                }
            }
            _ => self.take(1, TokenKind::Unknown),
        }
    }

    fn parameter(&mut self) -> TokenKind {
        self.at += 1;
        self.run(|byte| byte.is_ascii_digit(), TokenKind::Parameter);
        self.or_junk(TokenKind::Parameter, TokenKind::ParameterJunk)
    }

    fn dollar_string(&mut self, delimiter: usize) -> TokenKind {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (opening, body) = rest.split_at_checked(delimiter).unwrap_or((rest, &[]));
        match body.windows(delimiter).position(|window| window == opening) {
            Some(length) => self.take(length + 2 * delimiter, TokenKind::DollarString),
            None => {
                self.at = self.bytes.len();
                TokenKind::Unterminated(Unterminated::DollarString)
            }
        }
    }
}
