//! One conversation with the server, and how it can end.

use std::fmt;

use crate::backend::Backend;
use crate::connection::Connection;
use crate::input::FrameError;
use crate::reader::Malformed;

/// One conversation. It knows nothing about sockets or time, and never holds a session.
///
/// Starting one is a function of its own per exchange, because each begins with other values; from then on every
/// exchange is the same to the loop that moves bytes.
///
/// ```text
/// start ──> receive ──More──> receive … ──Done──> (the segment's ReadyForQuery has arrived)
///               └────Row────> the caller reads the row, then receive
///               └────Paused─> the caller decides how to go on
/// ```
pub trait Exchange {
    /// What the conversation yields.
    type Output;

    /// Takes the next message of the segment this exchange is in.
    ///
    /// # Errors
    ///
    /// [`ProtocolError`] if the message has no place here; the connection cannot be used any more.
    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError>;

    /// An earlier member of the same segment failed: the server skipped this one.
    fn skipped(&mut self) -> Self::Output;
}

/// What an exchange wants after a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// The next message.
    More,
    /// The message was a row: the caller reads it from the read buffer.
    Row,
    /// The conversation waits for the caller (a suspended portal, COPY).
    Paused,
    /// The conversation is over.
    Done(T),
}

/// Why something could not be written as messages. Nothing of it has been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A text that the protocol ends with a zero byte holds one.
    ZeroByte,
    /// A message would be longer than the protocol can say.
    TooLong,
    /// A statement has more parameters than the protocol can count.
    TooManyParameters {
        /// How many.
        count: usize,
    },
    /// A parameter has a user's type whose OID in this database is not known.
    UnresolvedType,
    /// The values of the parameters could not be encoded; whoever encoded them knows why.
    Arguments,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroByte => f.write_str("text sent to the server must not hold a zero byte"),
            Self::TooLong => f.write_str("a message must be shorter than 2 GiB"),
            Self::TooManyParameters { count } => {
                write!(
                    f,
                    "a statement can have at most 65535 parameters, found {count}"
                )
            }
            Self::UnresolvedType => {
                f.write_str("a parameter has a type that was not looked up in this database")
            }
            Self::Arguments => f.write_str("an argument could not be encoded"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// The server broke the protocol; the connection must be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolError {
    /// A length that cannot be.
    Frame(FrameError),
    /// A message whose bytes make no sense.
    Malformed {
        /// Its tag.
        tag: u8,
    },
    /// A message that has no place in this conversation.
    Unexpected {
        /// Its tag.
        tag: u8,
        /// What was expected, in the manual's words.
        expected: &'static str,
    },
    /// A reply although nothing was asked.
    Unasked {
        /// The tag of the message.
        tag: u8,
    },
}

impl ProtocolError {
    /// The error for a message whose body was [`Malformed`].
    pub fn malformed(tag: u8) -> impl FnOnce(Malformed) -> Self {
        move |Malformed| Self::Malformed { tag }
    }
}

impl From<FrameError> for ProtocolError {
    fn from(error: FrameError) -> Self {
        Self::Frame(error)
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(f),
            Self::Malformed { tag } => write!(
                f,
                "server sent a malformed message \"{}\"",
                tag.escape_ascii()
            ),
            Self::Unexpected { tag, expected } => {
                write!(
                    f,
                    "expected {expected}, server sent \"{}\"",
                    tag.escape_ascii()
                )
            }
            Self::Unasked { tag } => write!(
                f,
                "server sent \"{}\" although nothing was asked",
                tag.escape_ascii()
            ),
        }
    }
}

impl std::error::Error for ProtocolError {}
