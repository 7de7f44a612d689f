//! What the lexer finds: kinds of tokens and where they stand.

use std::ops::Range;

/// A piece of SQL text. The tokens of a text tile it: each starts where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What the piece is.
    pub kind: TokenKind,
    /// The offset of its first byte.
    pub start: usize,
    /// The offset behind its last byte.
    pub end: usize,
}

/// What a token is, as PostgreSQL reads it with `standard_conforming_strings` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// Spaces, tabs, line ends, form feeds and vertical tabs.
    Whitespace,
    /// `-- …`, without its line end.
    LineComment,
    /// `/* … */`, nested.
    BlockComment,
    /// A keyword or an unquoted identifier; every character outside ASCII may stand in one.
    Word,
    /// `"…"`
    QuotedIdentifier,
    /// `U&"…"`
    UnicodeIdentifier,
    /// `'…'`
    String,
    /// `E'…'`, and a plain literal that continues one on a later line.
    EscapeString,
    /// `U&'…'`; a `UESCAPE '…'` behind it is two tokens more.
    UnicodeString,
    /// `N'…'`
    NationalString,
    /// `B'…'`
    BitString,
    /// `X'…'`
    HexString,
    /// `$$…$$` or `$tag$…$tag$`
    DollarString,
    /// An integer or a decimal number in any of its spellings.
    Number,
    /// A number with letters glued to its end, which PostgreSQL refuses from 15 on.
    NumberJunk,
    /// `$1`
    Parameter,
    /// `$1abc`, which PostgreSQL refuses from 15 on.
    ParameterJunk,
    /// `$name`: a placeholder of hathi, which PostgreSQL does not know.
    NamedParameter,
    /// `::`
    Cast,
    /// `:=`
    ColonEquals,
    /// `=>`
    Arrow,
    /// `..`
    DotDot,
    /// Any other operator, built in or not.
    Operator,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `.`
    Dot,
    /// `(`
    OpenParenthesis,
    /// `)`
    CloseParenthesis,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `{`, which no statement of PostgreSQL holds outside literals.
    OpenBrace,
    /// `}`
    CloseBrace,
    /// Something opened and not closed before the end of the text.
    Unterminated(Unterminated),
    /// A character that begins nothing.
    Unknown,
}

/// What was opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unterminated {
    /// `/* …`
    Comment,
    /// `"…` or `U&"…`
    Identifier,
    /// `'…`, `E'…`, `U&'…` or `N'…`
    String,
    /// `B'…`
    BitString,
    /// `X'…`
    HexString,
    /// `$$…` or `$tag$…`
    DollarString,
}

impl Token {
    /// The token's piece of the text it was found in.
    #[must_use]
    pub fn text(self, sql: &str) -> &str {
        sql.get(self.range()).unwrap_or_default()
    }

    /// Where the token stands.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the token is this keyword or unquoted identifier, in whatever case; `word` is lower-case.
    #[must_use]
    pub fn is_word(self, sql: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(sql).eq_ignore_ascii_case(word)
    }
}

impl TokenKind {
    /// Whether the token only separates others: whitespace or a comment.
    #[must_use]
    pub fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace | Self::LineComment | Self::BlockComment
        )
    }

    /// Whether the token is a complete literal between quotes, of any sort but a dollar string.
    #[must_use]
    pub fn is_quoted_literal(self) -> bool {
        matches!(
            self,
            Self::String
                | Self::EscapeString
                | Self::UnicodeString
                | Self::NationalString
                | Self::BitString
                | Self::HexString
        )
    }
}
