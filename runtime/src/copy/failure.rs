//! What can go wrong with a COPY although the server has nothing to say about it.

use std::error::Error as StdError;
use std::fmt;

use hathi_wire::Failure;
use hathi_wire::types::TypeRef;

use crate::codec::ArgumentError;
use crate::types_in_words::type_name;

#[derive(Debug)]
pub(crate) enum CopyFailure {
    // It was given to a verb for statements.
    Misplaced,
    NotCopy,
    Over,
    Source(Box<dyn StdError + Send + Sync>),
    Target(Box<dyn StdError + Send + Sync>),
    Value { row: u64, cause: ArgumentError },
    // A row whose values do not fit the columns; the encoders are to blame.
    Shape { row: u64 },
    // The bytes of the server make no sense.
    Data(&'static str),
    Options(&'static str),
    // Values of the type are not known as text.
    NoText(TypeRef),
}

impl CopyFailure {
    pub(crate) fn is_codec(&self) -> bool {
        matches!(
            self,
            Self::Value { .. } | Self::Shape { .. } | Self::NoText(_)
        )
    }

    pub(crate) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Source(error) | Self::Target(error) => Some(&**error),
            Self::Value { cause, .. } => cause.cause().source(),
            _ => None,
        }
    }
}

impl From<Failure> for CopyFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotCopy => Self::NotCopy,
            _ => Self::Misplaced,
        }
    }
}

impl fmt::Display for CopyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misplaced => f.write_str("COPY cannot run as a query or a command"),
            Self::NotCopy => f.write_str(
                "the statement copies no data this way: expected COPY … FROM STDIN to copy in, COPY … TO STDOUT to copy out",
            ),
            Self::Over => f.write_str("the COPY is over: begin another one"),
            Self::Source(_) => f.write_str("the source of the copied rows failed, nothing of it was kept"),
            Self::Target(_) => f.write_str("the copied data could not be written where it was to go"),
            Self::Shape { row } => write!(
                f,
                "row {row} cannot be sent: its values were not written as those of its columns"
            ),
            Self::Value { row, cause } => write!(
                f,
                "column {} of row {row} cannot be sent: {}",
                u32::from(cause.argument()) + 1,
                cause.cause()
            ),
            Self::Data(what) => write!(f, "the server sent copied data that makes no sense: {what}"),
            Self::Options(what) => f.write_str(what),
            Self::NoText(ty) => write!(
                f,
                "values of the type {} cannot be copied as text or CSV: use the binary format",
                type_name(*ty)
            ),
        }
    }
}
