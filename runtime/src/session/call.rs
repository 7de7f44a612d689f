//! One statement on its way: the part of every verb that does not depend on the statement's types.

use std::num::NonZeroU32;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hathi_wire::{Completed, EncodeError, Execute, Frame};

use super::drive::{Event, Link};
use crate::codec::{ArgumentError, Arguments, DataRow};
use crate::error::{Error, Kind};
use crate::source::Source;

/// Writes the values of a statement's parameters.
pub(crate) type BindTo<'a> = &'a dyn Fn(&mut Arguments<'_>) -> Result<(), ArgumentError>;

/// A statement on its way. Dropping it abandons it: what was not handed to the transport never runs.
#[derive(Debug)]
pub(crate) struct Call<'s> {
    link: &'s mut Link,
    source: Source,
    state: State,
}

#[derive(Debug)]
enum State {
    Refused(Error),
    Running(Execute),
    Over,
}

impl<'s> Call<'s> {
    /// Encodes the statement; nothing is sent before the first poll.
    pub(crate) fn start(link: &'s mut Link, source: Source, bind: BindTo<'_>) -> Self {
        let state = match encode(link, &source, bind) {
            Ok(execute) => State::Running(execute),
            Err(error) => State::Refused(error.within(&source)),
        };
        Self {
            link,
            source,
            state,
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The next row, or how the statement ended.
    #[inline]
    pub(crate) fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply<'_>, Error>> {
        match ready!(self.poll_frame(cx)) {
            Ok(Arrived::Row(frame)) => Poll::Ready(self.row(frame).map(Reply::Row)),
            Ok(Arrived::Done(completed)) => Poll::Ready(Ok(Reply::Done(completed))),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Where the next row lies, or how the statement ended.
    #[inline]
    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arrived, Error>> {
        loop {
            let State::Running(execute) = &mut self.state else {
                return Poll::Ready(Err(self.refused()));
            };
            return Poll::Ready(match ready!(self.link.poll_exchange(execute, cx)) {
                Ok(Event::Row(frame)) => Ok(Arrived::Row(frame)),
                Ok(Event::Done(Ok(completed))) => {
                    self.state = State::Over;
                    Ok(Arrived::Done(completed))
                }
                Ok(Event::Paused) => {
                    execute.more(&mut self.link.connection);
                    continue;
                }
                Ok(Event::Done(Err(failure))) => {
                    self.state = State::Over;
                    let error = Error::from(failure).within(&self.source);
                    self.link.note_failure(&error);
                    Err(error)
                }
                Err(error) => Err(self.lost(error)),
            });
        }
    }

    /// The row that has just arrived.
    #[inline]
    pub(crate) fn row(&self, frame: Frame) -> Result<DataRow<'_>, Error> {
        let body = self.link.input.body(frame);
        let row = match (self.source.columns(), &self.state) {
            (Some(columns), _) => {
                DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX))
            }
            (None, State::Running(execute)) => {
                DataRow::described(body, execute.columns(&self.link.connection))
            }
            (None, _) => DataRow::new(body, 0),
        };
        row.map_err(|cause| Error::row(cause).within(&self.source))
    }

    /// Asks for so many rows at a time, if nothing has been asked for yet.
    pub(crate) fn limit_rows(&mut self, rows: NonZeroU32) {
        if let State::Running(execute) = &mut self.state
            && self.link.connection.is_unsent(execute.segment())
        {
            execute.limit_rows(&mut self.link.connection, rows);
        }
    }

    /// This call may take so long, whatever the configuration says.
    pub(crate) fn limit_time(&mut self, limit: Duration) {
        self.link.deadline.limit_call(limit);
    }

    /// The time that the caller takes between two rows is no waiting.
    #[inline]
    pub(crate) fn wait_anew(&mut self) {
        self.link.deadline.wait_anew();
    }

    /// What is left of the answer, if anything, is not worth waiting for.
    pub(crate) fn hurry(&mut self) {
        if matches!(&self.state, State::Running(execute) if !execute.is_limited()) {
            self.link.hurry();
        }
    }

    #[cold]
    fn refused(&mut self) -> Error {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Refused(error) => error,
            State::Running(_) | State::Over => Error::new(Kind::Closed(None)).within(&self.source),
        }
    }

    /// The connection ended: what the server said about it is worth more than that it did.
    #[cold]
    fn lost(&mut self, error: Error) -> Error {
        use hathi_wire::Exchange;
        let said = match &mut self.state {
            State::Running(execute) if error.is_closed() => execute.skipped().err(),
            _ => None,
        };
        if error.is_closed() {
            self.state = State::Over;
        }
        said.map_or(error, Error::from).within(&self.source)
    }
}

/// What has come of a statement's answer.
#[derive(Debug)]
pub(crate) enum Arrived {
    Row(Frame),
    Done(Completed),
}

/// What a statement answers.
#[derive(Debug)]
pub(crate) enum Reply<'a> {
    Row(DataRow<'a>),
    Done(Completed),
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let State::Running(execute) = &self.state {
            self.link.abandon(execute.segment());
        }
    }
}

fn encode(link: &mut Link, source: &Source, bind: BindTo<'_>) -> Result<Execute, Error> {
    link.ready()?;
    let wanted = source.wanted()?;
    let mut refused = None;
    let mut arguments = |out: &mut Vec<u8>| {
        bind(&mut Arguments::new(out)).map_err(|error| {
            refused = Some(error);
            EncodeError::Arguments
        })
    };
    let started = Execute::start(&mut link.connection, &wanted, &mut arguments);
    started.map_err(|cause| {
        Error::new(match (cause, refused) {
            (_, Some(error)) => Kind::Argument(error),
            (error, None) => Kind::Encode(error),
        })
    })
}
