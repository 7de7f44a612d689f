//! What bytes can be copied by: a typed COPY, or a command that somebody has written.

use super::failure::CopyFailure;
use super::{CopyIn, CopyOut, sql};
use crate::fragment::FragmentCommand;
use crate::query::{Command, Executable};
use crate::source::Source;

/// What bytes can be copied in by: a [`CopyIn`], whose format the bytes then have, or a [`Command`] or fragment whose text
/// is `COPY … FROM STDIN …`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` copies no bytes in",
    label = "expected a `CopyIn`, or a command without parameters: COPY … FROM STDIN"
)]
pub trait CopyInCommand {
    #[doc(hidden)]
    fn copied_in(&self) -> CopyText;
}

/// What bytes can be copied out by: a [`CopyOut`], whose format the bytes then have, or a [`Command`] or fragment whose
/// text is `COPY … TO STDOUT …`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` copies no bytes out",
    label = "expected a `CopyOut`, or a command without parameters: COPY … TO STDOUT"
)]
pub trait CopyOutCommand {
    #[doc(hidden)]
    fn copied_out(&self) -> CopyText;
}

/// The text of a COPY.
#[derive(Debug)]
pub struct CopyText {
    pub(super) source: Source,
}

impl CopyText {
    /// Whether it is a COPY at all: another statement would run.
    pub(super) fn checked(&self) -> Result<(), CopyFailure> {
        match sql::is_copy(self.source.sql()) {
            true => Ok(()),
            false => Err(CopyFailure::NotCopy),
        }
    }
}

impl<P> CopyInCommand for CopyIn<P> {
    fn copied_in(&self) -> CopyText {
        let text = sql::copy_in(self.target(), &self.options());
        CopyText {
            source: sql::source(text, self.origin()),
        }
    }
}

impl<R> CopyOutCommand for CopyOut<R> {
    fn copied_out(&self) -> CopyText {
        let text = sql::copy_out(self.sql(), &self.options());
        CopyText {
            source: sql::source(text, self.origin()),
        }
    }
}

macro_rules! commands {
    ($($command:ty),+) => {$(
        impl CopyInCommand for $command {
            fn copied_in(&self) -> CopyText {
                CopyText { source: self.source() }
            }
        }

        impl CopyOutCommand for $command {
            fn copied_out(&self) -> CopyText {
                CopyText { source: self.source() }
            }
        }
    )+};
}

commands!(Command<()>, FragmentCommand);
