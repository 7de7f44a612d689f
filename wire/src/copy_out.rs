//! The exchange that copies data out.

use crate::backend::{Backend, RowDescription};
use crate::connection::{Connection, SegmentId};
use crate::copy_in::ask;
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::Failure;
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::statements::{self, Column, Described};
use crate::tag::Completed;

/// Copies data out, in the extended protocol: each piece is lent as if it were a row.
///
/// ```text
/// [Parse, the columns][Describe] [Parse, COPY][Bind][Execute][Sync]      the first two where columns are known
///    columns not as they should be ──> paused: whoever drops the exchange then ends the COPY
/// ```
#[derive(Debug)]
pub struct CopyOut {
    segment: SegmentId,
    columns: Option<&'static [Column]>,
    started: bool,
    ended: bool,
    outcome: Result<Completed, Failure>,
}

impl CopyOut {
    /// Queues the text of a COPY … TO STDOUT. If `columns` are given, the query has the columns that are copied: those of
    /// the server are compared with them.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start(
        to: &mut Connection,
        sql: &str,
        columns: Option<(&str, &'static [Column])>,
    ) -> Result<Self, EncodeError> {
        let segment = to.begin_work();
        if let Err(error) = ask(to, sql, columns.map(|(query, _)| query)) {
            to.abandon(segment);
            return Err(error);
        }
        to.sync();
        Ok(Self {
            segment,
            columns: columns.map(|(_, columns)| columns),
            started: false,
            ended: false,
            outcome: Ok(Completed::default()),
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    fn fail(&mut self, failure: Failure) {
        if self.outcome.is_ok() {
            self.outcome = Err(failure);
        }
    }

    /// Whether the columns are as they should be.
    fn described(&mut self, columns: Option<RowDescription<'_>>) -> Result<bool, Malformed> {
        if let Some(expected) = self.columns.take() {
            let found = Described::all(columns)?;
            if let Some(drift) = statements::compare(expected, &found) {
                self.fail(Failure::Drift(Box::new(drift)));
            }
        }
        Ok(self.outcome.is_ok())
    }

    fn refused(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let error = ServerError::read(body)?;
        // The end of the session is worth more than what was wrong before.
        if error.is_fatal() {
            self.outcome = Ok(Completed::default());
        }
        self.ended = true;
        self.fail(Failure::Server(Box::new(error)));
        Ok(())
    }
}

impl Exchange for CopyOut {
    type Output = Result<Completed, Failure>;

    #[inline]
    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        let as_expected = match message {
            Backend::CopyData(_) if self.started => {
                return Ok(match self.outcome.is_ok() {
                    true => Step::Row,
                    false => Step::More,
                });
            }
            Backend::RowDescription(columns) if !self.started => self
                .described(Some(columns))
                .map_err(ProtocolError::malformed(b'T'))?,
            Backend::NoData if !self.started => self
                .described(None)
                .map_err(ProtocolError::malformed(b'n'))?,
            Backend::ParseComplete
            | Backend::CloseComplete
            | Backend::BindComplete
            | Backend::ParameterDescription(_)
            | Backend::DataRow(_)
                if !self.started =>
            {
                true
            }
            Backend::CopyOut => {
                self.started = true;
                true
            }
            Backend::CopyDone if self.started => true,
            Backend::CopyIn if !self.started => {
                to.refuse_copy();
                self.fail(Failure::NotCopy);
                true
            }
            Backend::CommandComplete(_) | Backend::EmptyQuery if !self.started => {
                self.ended = true;
                self.fail(Failure::NotCopy);
                true
            }
            Backend::CommandComplete(tag) => {
                self.ended = true;
                if let Ok(completed) = &mut self.outcome {
                    *completed = Completed::read(tag);
                }
                true
            }
            Backend::Error(body) => {
                self.refused(body).map_err(ProtocolError::malformed(b'E'))?;
                true
            }
            Backend::ReadyForQuery(_) if self.ended => return Ok(Step::Done(self.skipped())),
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: "a reply to COPY TO STDOUT",
                });
            }
        };
        Ok(if as_expected {
            Step::More
        } else {
            Step::Paused
        })
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(Completed::default()))
    }
}

#[cfg(test)]
mod tests;
