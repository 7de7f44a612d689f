//! One statement on its way: the part of every verb that does not depend on the statement's types.

#[cfg(feature = "tracing")]
mod plan;
mod watched;

#[cfg(feature = "tracing")]
pub(crate) use self::plan::Plan;

use std::num::NonZeroU32;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hathi_wire::{Completed, EncodeError, Execute, Failure, Frame};

use super::drive::{Event, Link};
use crate::codec::{ArgumentError, Arguments, DataRow};
use crate::error::{Error, Kind};
use crate::observe::{self, Verb, Watch};
use crate::pool::Single;
use crate::source::Source;

/// Writes the values of a statement's parameters.
pub(crate) type BindTo<'a> = &'a dyn Fn(&mut Arguments<'_>) -> Result<(), ArgumentError>;

/// A statement on its way. Dropping it abandons it: what was not handed to the transport never runs.
#[derive(Debug)]
pub(crate) struct Call<'s> {
    source: Source,
    state: State<'s>,
    watch: Watch,
}

#[derive(Debug)]
enum State<'s> {
    Refused(Error),
    Running(Running<'s>),
    Pool(Box<Single<'s>>),
    Over,
}

/// A statement that has its session for itself.
#[derive(Debug)]
struct Running<'s> {
    link: &'s mut Link,
    execute: Execute,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Plain,
    // Somebody watches: kept apart, so that where nobody does no poll asks.
    Watched,
    // It has been answered to its end, or the connection has ended.
    Over,
}

impl<'s> Call<'s> {
    /// Encodes the statement; nothing is sent before the first poll.
    pub(crate) fn start(link: &'s mut Link, source: Source, bind: BindTo<'_>, verb: Verb) -> Self {
        let state = match encode(link, &source, bind) {
            Ok(execute) => State::Running(Running {
                link,
                execute,
                stage: Stage::Plain,
            }),
            Err(error) => State::Refused(error.within(&source)),
        };
        let mut call = Self {
            source,
            state,
            watch: Watch::default(),
        };
        if observe::is_wanted() {
            call.watch(verb);
        }
        call
    }

    /// A statement given to a pool.
    pub(crate) fn of_pool(source: Source, single: Result<Single<'s>, Error>, verb: Verb) -> Self {
        let state = match single {
            Ok(single) => State::Pool(Box::new(single)),
            Err(error) => State::Refused(error.within(&source)),
        };
        let watch = if observe::is_wanted() {
            match &state {
                State::Pool(single) => Watch::new(verb, single.observed()),
                _ => Watch::new(verb, &Default::default()),
            }
        } else {
            Watch::default()
        };
        Self {
            source,
            state,
            watch,
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The next row, or how the statement ended.
    #[inline]
    pub(crate) fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply<'_>, Error>> {
        match &mut self.state {
            State::Running(running) if running.stage == Stage::Plain => {
                let event = ready!(running.link.poll_exchange(&mut running.execute, cx));
                match event {
                    Ok(Event::Row(frame)) => match (&self.source, &self.state) {
                        (Source::Checked(parts), State::Running(running)) => {
                            let columns = u16::try_from(parts.columns.len()).unwrap_or(u16::MAX);
                            match DataRow::new(running.link.input.body(frame), columns) {
                                Ok(row) => Poll::Ready(Ok(Reply::Row(row))),
                                Err(cause) => {
                                    Poll::Ready(Err(Error::row(cause).within(&self.source)))
                                }
                            }
                        }
                        _ => Poll::Ready(self.row(frame).map(Reply::Row)),
                    },
                    Ok(Event::Done(Ok(completed))) => {
                        running.stage = Stage::Over;
                        Poll::Ready(Ok(Reply::Done(completed)))
                    }
                    event => match ready!(self.settle(event, cx)) {
                        Ok(Arrived::Row(frame)) => Poll::Ready(self.row(frame).map(Reply::Row)),
                        Ok(Arrived::Done(completed)) => Poll::Ready(Ok(Reply::Done(completed))),
                        Err(error) => Poll::Ready(Err(error)),
                    },
                }
            }
            _ => self.poll_rare(cx),
        }
    }

    /// All that is not a statement with a session for itself that nobody watches.
    #[inline(never)]
    fn poll_rare(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply<'_>, Error>> {
        match &self.state {
            _ if self.watch.is_some() => self.poll_watched_row(cx),
            State::Pool(_) => self.poll_pool(cx),
            State::Running(_) | State::Refused(_) | State::Over => Poll::Ready(Err(self.refused())),
        }
    }

    /// Where the next row lies, or how the statement ended: for rows that are lent.
    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arrived, Error>> {
        if self.watch.is_some() {
            return self.poll_watched(cx);
        }
        self.poll_unwatched(cx)
    }

    fn poll_unwatched(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arrived, Error>> {
        match &mut self.state {
            State::Running(running) if running.stage != Stage::Over => {
                let event = ready!(running.link.poll_execute(&mut running.execute, cx));
                self.settle(event, cx)
            }
            State::Pool(single) => single
                .poll_frame(&self.source, cx)
                .map_err(|error| error.within(&self.source)),
            State::Running(_) | State::Refused(_) | State::Over => Poll::Ready(Err(self.refused())),
        }
    }

    /// What becomes of the call with what has happened.
    #[inline(never)]
    fn settle(
        &mut self,
        event: Result<Event<Result<Completed, Failure>>, Error>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Arrived, Error>> {
        let State::Running(running) = &mut self.state else {
            return Poll::Ready(Err(self.refused()));
        };
        Poll::Ready(match event {
            Ok(Event::Row(frame)) => Ok(Arrived::Row(frame)),
            Ok(Event::Done(Ok(completed))) => {
                running.stage = Stage::Over;
                Ok(Arrived::Done(completed))
            }
            Ok(Event::Paused) => {
                running.execute.more(&mut running.link.connection);
                return self.poll_unwatched(cx);
            }
            Ok(Event::Done(Err(failure))) => {
                running.stage = Stage::Over;
                running.link.heed(&failure);
                let error = Error::from(failure).within(&self.source);
                running.link.note_failure(&error);
                Err(error)
            }
            Err(error) => Err(self.lost(error)),
        })
    }

    /// A statement that was given to a pool.
    fn poll_pool(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply<'_>, Error>> {
        match &mut self.state {
            State::Pool(single) => single
                .poll_row(&self.source, cx)
                .map_err(|error| error.within(&self.source)),
            _ => Poll::Ready(Err(Error::new(Kind::Closed(None)))),
        }
    }

    /// The row that has just arrived.
    #[inline(never)]
    pub(crate) fn row(&self, frame: Frame) -> Result<DataRow<'_>, Error> {
        let row = match &self.state {
            State::Running(running) => {
                let body = running.link.input.body(frame);
                let connection = &running.link.connection;
                let row = match self.source.columns() {
                    Some(columns) => {
                        DataRow::new(body, u16::try_from(columns.len()).unwrap_or(u16::MAX))
                    }
                    None => DataRow::described(body, running.execute.columns(connection)),
                };
                row.map_err(Error::row)
            }
            State::Pool(single) => single.row(frame, &self.source),
            State::Refused(_) | State::Over => Err(Error::new(Kind::Closed(None))),
        };
        row.map_err(|error| error.within(&self.source))
    }

    /// Asks for so many rows at a time, if nothing has been asked for yet.
    pub(crate) fn limit_rows(&mut self, rows: NonZeroU32) {
        match &mut self.state {
            State::Running(Running { link, execute, .. }) => {
                if link.connection.is_unsent(execute.segment()) {
                    execute.limit_rows(&mut link.connection, rows);
                }
            }
            State::Pool(single) => single.limit_rows(rows),
            State::Refused(_) | State::Over => {}
        }
    }

    /// This call may take so long, whatever the configuration says.
    pub(crate) fn limit_time(&mut self, limit: Duration) {
        match &mut self.state {
            State::Running(running) => running.link.deadline.limit_call(limit),
            State::Pool(single) => single.limit_time(limit),
            State::Refused(_) | State::Over => {}
        }
    }

    /// The time that the caller takes between two rows is no waiting.
    #[inline]
    pub(crate) fn wait_anew(&mut self) {
        match &mut self.state {
            State::Running(running) => running.link.deadline.wait_anew(),
            State::Pool(single) => single.wait_anew(),
            State::Refused(_) | State::Over => {}
        }
    }

    /// What is left of the answer, if anything, is not worth waiting for.
    pub(crate) fn hurry(&mut self) {
        if let State::Running(running) = &mut self.state
            && running.stage != Stage::Over
            && !running.execute.is_limited()
            // What was not sent leaves nothing to wait for, and the patience is for whoever is dropped next.
            && !running.link.connection.is_unsent(running.execute.segment())
        {
            running.link.hurry();
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
            State::Running(running) if error.is_closed() => {
                running.stage = Stage::Over;
                running.execute.skipped().err()
            }
            _ => None,
        };
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
        if let State::Running(running) = &mut self.state
            && running.stage != Stage::Over
        {
            running.link.abandon(running.execute.segment());
        }
    }
}

fn encode(link: &mut Link, source: &Source, bind: BindTo<'_>) -> Result<Execute, Error> {
    link.ready_for(source)?;
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
