//! What can be wrong with a fragment. It is told when the fragment is run.

use std::fmt;
use std::sync::Arc;

use hathi_sql_text::{Token, TokenKind, Unterminated};

use crate::codec::EncodeError;

/// What is wrong with a fragment.
#[derive(Debug, Clone)]
pub(crate) enum Mistake {
    /// `$name` or `{name}`, and nothing is given for it.
    NotGiven(Box<str>),
    /// Something is given that the text does not name.
    NotUsed(&'static str),
    /// `$name` for a fragment, or `{name}` for a value.
    Value(&'static str),
    Nested(&'static str),
    /// A parameter or brace where none may be.
    Unexpected(Box<str>),
    Unterminated(Unterminated),
    /// A comment to the end of the line in a separator.
    Comment,
    LongIdentifier(Box<str>),
    Encode {
        name: &'static str,
        cause: Arc<EncodeError>,
    },
}

impl Mistake {
    /// What has no place in a text without placeholders.
    pub(super) fn in_plain_text(token: Token, sql: &str) -> Option<Self> {
        match token.kind {
            TokenKind::Parameter
            | TokenKind::ParameterJunk
            | TokenKind::NamedParameter
            | TokenKind::OpenBrace
            | TokenKind::CloseBrace => Some(Self::Unexpected(token.text(sql).into())),
            TokenKind::Unterminated(what) => Some(Self::Unterminated(what)),
            _ => None,
        }
    }

    pub(crate) fn is_codec(&self) -> bool {
        matches!(self, Self::Encode { .. })
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotGiven(name) => {
                write!(f, "the fragment names {name}, and nothing is given for it")
            }
            Self::NotUsed(name) => {
                write!(f, "\"{name}\" is given to a fragment that does not name it")
            }
            Self::Value(name) => write!(
                f,
                "\"{name}\" is a value: expected ${name} in the fragment, found {{{name}}}"
            ),
            Self::Nested(name) => write!(
                f,
                "\"{name}\" is no value: expected {{{name}}} in the fragment, found ${name}; a value is given with its type, `{name}: Int4 = …`"
            ),
            Self::Unexpected(text) => write!(
                f,
                "a fragment has no place for \"{text}\": values are `$name`, other fragments `{{name}}`"
            ),
            Self::Unterminated(what) => {
                let what = match what {
                    Unterminated::Comment => "comment",
                    Unterminated::Identifier => "quoted identifier",
                    Unterminated::String => "string literal",
                    Unterminated::BitString => "bit string",
                    Unterminated::HexString => "hexadecimal string",
                    Unterminated::DollarString => "dollar-quoted string",
                };
                write!(f, "a {what} begins in the fragment and does not end")
            }
            Self::Comment => f.write_str("a separator must not end in a comment"),
            Self::LongIdentifier(name) => write!(
                f,
                "expected an identifier of at most 63 bytes, found one of {}: \"{name}\"",
                name.len()
            ),
            Self::Encode { name, cause } => write!(f, "${name} cannot be sent: {cause}"),
        }
    }
}
