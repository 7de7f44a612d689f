//! The exchange that copies data in.

use crate::backend::{Backend, RowDescription};
use crate::connection::{Connection, SegmentId};
use crate::copy_buffer::CopyBuffer;
use crate::exchange::{EncodeError, Exchange, ProtocolError, Step};
use crate::execute::Failure;
use crate::frontend;
use crate::reader::Malformed;
use crate::server_error::ServerError;
use crate::statements::{self, Column, Described};
use crate::tag::Completed;

/// Copies data in, in the extended protocol: never is there more in memory than what the transport has not taken.
///
/// ```text
/// [Parse, the columns][Describe] [Parse, COPY][Bind][Execute][Flush]      one flight; the first two where columns are known
///    CopyInResponse: paused ──> [CopyData]… ──> [CopyDone][Sync], or [CopyFail][Sync]
///    columns not as they should be ──> [CopyFail][Sync]: nothing has happened
///    ErrorResponse at any time ──> what waits is dropped, [Sync]
/// ```
#[derive(Debug)]
pub struct CopyIn {
    segment: SegmentId,
    columns: Option<Box<[Column]>>,
    state: State,
    outcome: Result<Completed, Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Asked,
    Open,
    // We have said that there is no more.
    Ended,
    // The server has said how it went.
    Over,
}

impl CopyIn {
    /// Queues the text of a COPY … FROM STDIN. If `columns` are given, the query has the columns that are copied: those
    /// of the server are compared with them.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; then nothing has been queued.
    pub fn start(
        to: &mut Connection,
        sql: &str,
        columns: Option<(&str, Box<[Column]>)>,
    ) -> Result<Self, EncodeError> {
        let segment = to.begin_work();
        match ask(to, sql, columns.as_ref().map(|(query, _)| *query)) {
            Ok(execute) => to.open_feed(segment, execute),
            Err(error) => {
                to.abandon(segment);
                return Err(error);
            }
        }
        to.out.extend_from_slice(frontend::FLUSH);
        Ok(Self {
            segment,
            columns: columns.map(|(_, columns)| columns),
            state: State::Asked,
            outcome: Ok(Completed::default()),
        })
    }

    /// The segment this exchange is in.
    pub fn segment(&self) -> SegmentId {
        self.segment
    }

    /// Whether the server takes data.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Queues the data, and empties the buffer. Does nothing but that if the server takes no data any more.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] beyond 2 GiB: then the buffer is as it was.
    pub fn send(&self, to: &mut Connection, data: &mut CopyBuffer) -> Result<(), EncodeError> {
        match self.is_open() {
            true => to.feed(data),
            false => {
                data.clear();
                Ok(())
            }
        }
    }

    /// That was all: what was sent is to be kept.
    pub fn finish(&mut self, to: &mut Connection) {
        self.end(to, None);
    }

    /// Nothing of what was sent is to be kept; the server repeats the reason.
    pub fn fail(&mut self, to: &mut Connection, reason: &str) {
        self.end(to, Some(reason));
    }

    fn end(&mut self, to: &mut Connection, failure: Option<&str>) {
        if self.is_open() {
            self.state = State::Ended;
            to.end_feed(self.segment, failure);
        }
    }

    fn settle(&mut self, to: &mut Connection, outcome: Result<Completed, Failure>) {
        self.state = State::Over;
        if self.outcome.is_ok() {
            self.outcome = outcome;
        }
        to.feed_is_over(self.segment);
    }

    fn described(&mut self, columns: Option<RowDescription<'_>>) -> Result<(), Malformed> {
        if let Some(expected) = self.columns.take() {
            let found = Described::all(columns)?;
            if let Some(drift) = statements::compare(&expected, &found) {
                self.outcome = Err(Failure::Drift(Box::new(drift)));
            }
        }
        Ok(())
    }

    /// The server takes data, if there is any reason to give it some.
    fn opened(&mut self, to: &mut Connection) -> Step<<Self as Exchange>::Output> {
        self.state = State::Open;
        to.feed_is_open(self.segment);
        if self.outcome.is_ok() {
            return Step::Paused;
        }
        self.fail(to, "the columns are not as expected");
        Step::More
    }

    fn refused(&mut self, to: &mut Connection, body: &[u8]) -> Result<(), Malformed> {
        let error = ServerError::read(body)?;
        // The end of the session is worth more than what was wrong before.
        if error.is_fatal() {
            self.outcome = Ok(Completed::default());
        }
        if self.state == State::Over {
            // It was the end of the transaction that failed.
            if self.outcome.is_ok() {
                self.outcome = Err(Failure::Server(Box::new(error)));
            }
        } else {
            self.settle(to, Err(Failure::Server(Box::new(error))));
        }
        Ok(())
    }
}

impl Exchange for CopyIn {
    type Output = Result<Completed, Failure>;

    fn receive(
        &mut self,
        message: Backend<'_>,
        to: &mut Connection,
    ) -> Result<Step<Self::Output>, ProtocolError> {
        match (message, self.state) {
            (Backend::Error(body), _) => self
                .refused(to, body)
                .map_err(ProtocolError::malformed(b'E'))?,
            (
                Backend::ParseComplete
                | Backend::CloseComplete
                | Backend::ParameterDescription(_)
                | Backend::BindComplete,
                State::Asked,
            ) => {}
            (Backend::RowDescription(columns), State::Asked) => self
                .described(Some(columns))
                .map_err(ProtocolError::malformed(b'T'))?,
            (Backend::NoData, State::Asked) => self
                .described(None)
                .map_err(ProtocolError::malformed(b'n'))?,
            (Backend::CopyIn, State::Asked) => return Ok(self.opened(to)),
            // Another statement than one that copies in: its end is as good as any.
            (
                Backend::CopyOut | Backend::CopyData(_) | Backend::CopyDone | Backend::DataRow(_),
                State::Asked,
            ) => {}
            (Backend::CommandComplete(_) | Backend::EmptyQuery, State::Asked) => {
                self.settle(to, Err(Failure::NotCopy));
            }
            (Backend::CommandComplete(tag), State::Ended) => {
                self.settle(to, Ok(Completed::read(tag)));
            }
            (Backend::ReadyForQuery(_), State::Over) => return Ok(Step::Done(self.skipped())),
            _ => {
                return Err(ProtocolError::Unexpected {
                    tag: message.tag(),
                    expected: match self.state {
                        State::Asked => "CopyInResponse",
                        State::Open => "silence, or the end of the COPY",
                        State::Ended => "CommandComplete",
                        State::Over => "ReadyForQuery",
                    },
                });
            }
        }
        Ok(Step::More)
    }

    fn skipped(&mut self) -> Self::Output {
        std::mem::replace(&mut self.outcome, Ok(Completed::default()))
    }
}

/// Queues the question about the columns and the COPY itself; where its Execute begins.
pub(crate) fn ask(
    to: &mut Connection,
    sql: &str,
    columns: Option<&str>,
) -> Result<u64, EncodeError> {
    to.close_evicted();
    if let Some(query) = columns {
        frontend::parse(&mut to.out, "", query, &[])?;
        frontend::describe_statement(&mut to.out, "")?;
    }
    frontend::parse(&mut to.out, "", sql, &[])?;
    to.out.extend_from_slice(frontend::BIND_UNNAMED);
    let execute = to.position();
    to.out.extend_from_slice(frontend::EXECUTE_UNNAMED);
    Ok(execute)
}

#[cfg(test)]
mod tests;
