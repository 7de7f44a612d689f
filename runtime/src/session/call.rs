//! One statement on its way: the part of every verb that does not depend on the statement's types.

use std::num::NonZeroU32;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hathi_wire::{Completed, EncodeError, Execute, Frame};

use super::drive::{Event, Link};
use crate::codec::{ArgumentError, Arguments, DataRow};
use crate::error::{Error, Kind};
use crate::pool::Single;
use crate::source::Source;

/// Writes the values of a statement's parameters.
pub(crate) type BindTo<'a> = &'a dyn Fn(&mut Arguments<'_>) -> Result<(), ArgumentError>;

/// A statement on its way. Dropping it abandons it: what was not handed to the transport never runs.
#[derive(Debug)]
pub(crate) struct Call<'s> {
    // Nothing if it was given to a pool.
    link: Option<&'s mut Link>,
    source: Source,
    state: State<'s>,
}

#[derive(Debug)]
enum State<'s> {
    Refused(Error),
    Running(Execute),
    Pool(Single<'s>),
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
            link: Some(link),
            source,
            state,
        }
    }

    /// A statement given to a pool.
    pub(crate) fn of_pool(source: Source, single: Result<Single<'s>, Error>) -> Self {
        let state = match single {
            Ok(single) => State::Pool(single),
            Err(error) => State::Refused(error.within(&source)),
        };
        Self {
            link: None,
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
        if self.link.is_none() {
            return self.poll_pool(cx);
        }
        match ready!(self.poll_frame(cx)) {
            Ok(Arrived::Row(frame)) => Poll::Ready(self.row(frame).map(Reply::Row)),
            Ok(Arrived::Done(completed)) => Poll::Ready(Ok(Reply::Done(completed))),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Where the next row lies, or how the statement ended.
    #[inline]
    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arrived, Error>> {
        if let State::Pool(single) = &mut self.state {
            return single
                .poll_frame(&self.source, cx)
                .map_err(|error| error.within(&self.source));
        }
        loop {
            let (State::Running(execute), Some(link)) = (&mut self.state, &mut self.link) else {
                return Poll::Ready(Err(self.refused()));
            };
            return Poll::Ready(match ready!(link.poll_exchange(execute, cx)) {
                Ok(Event::Row(frame)) => Ok(Arrived::Row(frame)),
                Ok(Event::Done(Ok(completed))) => {
                    self.state = State::Over;
                    Ok(Arrived::Done(completed))
                }
                Ok(Event::Paused) => {
                    execute.more(&mut link.connection);
                    continue;
                }
                Ok(Event::Done(Err(failure))) => {
                    link.heed(&failure);
                    self.state = State::Over;
                    let error = Error::from(failure).within(&self.source);
                    link.note_failure(&error);
                    Err(error)
                }
                Err(error) => Err(self.lost(error)),
            });
        }
    }

    /// A statement that was given to a pool.
    fn poll_pool(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply<'_>, Error>> {
        if !matches!(self.state, State::Pool(_)) {
            return Poll::Ready(Err(self.refused()));
        }
        match &mut self.state {
            State::Pool(single) => single
                .poll_row(&self.source, cx)
                .map_err(|error| error.within(&self.source)),
            _ => Poll::Pending,
        }
    }

    /// The row that has just arrived.
    #[inline]
    pub(crate) fn row(&self, frame: Frame) -> Result<DataRow<'_>, Error> {
        let Some(link) = &self.link else {
            return match &self.state {
                State::Pool(single) => single.row(frame, &self.source),
                _ => Err(Error::new(Kind::Closed(None))),
            }
            .map_err(|error| error.within(&self.source));
        };
        let body = link.input.body(frame);
        let row = match (self.source.columns(), &self.state) {
            (Some(columns), _) => {
                DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX))
            }
            (None, State::Running(execute)) => {
                DataRow::described(body, execute.columns(&link.connection))
            }
            (None, _) => DataRow::new(body, 0),
        };
        row.map_err(|cause| Error::row(cause).within(&self.source))
    }

    /// Asks for so many rows at a time, if nothing has been asked for yet.
    pub(crate) fn limit_rows(&mut self, rows: NonZeroU32) {
        if let (State::Running(execute), Some(link)) = (&mut self.state, &mut self.link)
            && link.connection.is_unsent(execute.segment())
        {
            execute.limit_rows(&mut link.connection, rows);
        }
        if let State::Pool(single) = &mut self.state {
            single.limit_rows(rows);
        }
    }

    /// This call may take so long, whatever the configuration says.
    pub(crate) fn limit_time(&mut self, limit: Duration) {
        match (&mut self.state, &mut self.link) {
            (State::Pool(single), _) => single.limit_time(limit),
            (_, Some(link)) => link.deadline.limit_call(limit),
            (_, None) => {}
        }
    }

    /// The time that the caller takes between two rows is no waiting.
    #[inline]
    pub(crate) fn wait_anew(&mut self) {
        match (&mut self.state, &mut self.link) {
            (_, Some(link)) => link.deadline.wait_anew(),
            (State::Pool(single), None) => single.wait_anew(),
            (_, None) => {}
        }
    }

    /// What is left of the answer, if anything, is not worth waiting for.
    pub(crate) fn hurry(&mut self) {
        if let (State::Running(execute), Some(link)) = (&self.state, &mut self.link)
            && !execute.is_limited()
        {
            link.hurry();
        }
    }

    #[cold]
    fn refused(&mut self) -> Error {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Refused(error) => error,
            State::Running(_) | State::Pool(_) | State::Over => {
                Error::new(Kind::Closed(None)).within(&self.source)
            }
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
        if let (State::Running(execute), Some(link)) = (&self.state, &mut self.link) {
            link.abandon(execute.segment());
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
