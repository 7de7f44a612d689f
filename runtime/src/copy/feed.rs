//! Data on its way into a COPY: what does not depend on how it was made.

use std::task::{Context, Poll, ready};

use hathi_wire::{Column, CopyBuffer, CopyIn, EncodeError, Exchange};

use super::failure::CopyFailure;
use super::held::Held;
use super::progress::Progress;
use crate::codec::ArgumentError;
use crate::error::{Error, Kind};
use crate::observe::{self, Verb, Watch};
use crate::session::Event;
use crate::source::Source;

/// So much data is gathered before it is written.
pub(super) const BATCH: usize = 64 * 1024;

/// Room for what the last row puts above that.
const SLACK: usize = 4 * 1024;

/// A COPY that data is given to. Dropping it ends the COPY, and nothing of it is kept.
///
/// ```text
/// buffer ── full ──> connection ── as the transport takes it ──> server
///    and waits until what is in the connection has gone
/// ```
#[derive(Debug)]
pub(super) struct Feed<'s> {
    held: Held<'s>,
    copy: CopyIn,
    source: Source,
    buffer: CopyBuffer,
    pub(super) progress: Progress,
    // The server has answered to the end, or the connection has ended, or nobody waits for an answer.
    over: bool,
    // More was queued than there was room for: the transport has to take it first.
    is_ahead: bool,
    // Nothing is taken any more: the end is being written.
    closing: bool,
    // We have said how it ends.
    ending: bool,
    // The server has kept so many rows.
    kept: Option<u64>,
    watch: Watch,
}

impl<'s> Feed<'s> {
    /// Queues the COPY; `columns` are what it must have, and the query that has them.
    pub(super) fn start(
        mut held: Held<'s>,
        source: Source,
        columns: Option<(&str, Box<[Column]>)>,
    ) -> Result<Self, Error> {
        let link = held.link();
        let started = link.ready().and_then(|()| {
            let started = CopyIn::start(&mut link.connection, source.sql(), columns);
            started.map_err(|error| Error::new(Kind::Encode(error)))
        });
        let mut watch = Watch::default();
        if observe::is_wanted() {
            watch = Watch::new(Verb::CopyIn, &link.observed);
            watch.begin(&link.observed, link.scope(), source.subject());
        }
        let copy = started.map_err(|error| {
            let error = error.within(&source);
            watch.failed(&error);
            error
        })?;
        Ok(Self {
            held,
            copy,
            source,
            buffer: CopyBuffer::with_capacity(BATCH + SLACK),
            progress: Progress::default(),
            over: false,
            is_ahead: false,
            closing: false,
            ending: false,
            kept: None,
            watch,
        })
    }

    /// Ready when the server takes data.
    pub(super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.over {
            return Poll::Ready(Err(self.is_over()));
        }
        let event = ready!(self.held.link().poll_exchange(&mut self.copy, cx));
        self.held.link().wait_anew();
        Poll::Ready(match event {
            Ok(Event::Paused) => Ok(()),
            other => self.settle(other).map(drop),
        })
    }

    /// Whether more data can be taken at once.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.buffer.len() < BATCH && self.copy.is_open() && !self.closing && !self.is_ahead
    }

    /// Ready when more data can be taken.
    pub(super) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.has_room() {
            return Poll::Ready(Ok(()));
        }
        self.is_taken()?;
        ready!(self.poll_sent(cx))?;
        self.is_ahead = false;
        self.push()?;
        // What was just queued begins to go at once.
        match self.poll_sent(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => {
                // The time that the source takes is no waiting.
                self.held.link().wait_anew();
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Fails if nothing is taken any more.
    pub(super) fn is_taken(&self) -> Result<(), Error> {
        match self.closing || self.over || self.ending {
            true => Err(self.is_over()),
            false => Ok(()),
        }
    }

    /// Ready when all data was handed to the transport.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.poll_sent(cx))?;
        if !self.buffer.is_empty() {
            self.push()?;
            ready!(self.poll_sent(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Where data is appended, and what it is counted by.
    #[inline]
    pub(super) fn data(&mut self) -> (&mut CopyBuffer, &mut Progress) {
        (&mut self.buffer, &mut self.progress)
    }

    /// Says that there is no more than this. Ready when the server has kept all of it: the number of rows.
    pub(super) fn poll_finish(
        &mut self,
        last: &[u8],
        cx: &mut Context<'_>,
    ) -> Poll<Result<u64, Error>> {
        if let Some(rows) = self.kept {
            return Poll::Ready(Ok(rows));
        }
        if !self.closing {
            self.closing = true;
            self.buffer.data().extend_from_slice(last);
            self.progress.add(0, last.len());
        }
        if !self.ending {
            ready!(self.poll_sent(cx))?;
            self.push()?;
            self.ending = true;
            let link = self.held.link();
            link.wait_anew();
            self.copy.finish(&mut link.connection);
        }
        self.poll_end(cx)
    }

    /// Says that nothing is to be kept, and why. Ready when the server has heard.
    pub(super) fn poll_fail(
        &mut self,
        reason: &str,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if self.kept.is_some() {
            return Poll::Ready(Err(self.is_over()));
        }
        if self.over {
            return Poll::Ready(Ok(()));
        }
        if !self.ending {
            self.ending = true;
            let link = self.held.link();
            link.wait_anew();
            self.copy.fail(&mut link.connection, reason);
        }
        match ready!(self.poll_end(cx)) {
            // It was too late: the end had been said, and all is kept.
            Ok(_) => Poll::Ready(Err(self.is_over())),
            // The server repeats the reason, or had another one already.
            Err(error) if error.server().is_none() => Poll::Ready(Err(error)),
            Err(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<u64, Error>> {
        if self.over {
            return Poll::Ready(Err(self.is_over()));
        }
        let event = ready!(self.held.link().poll_exchange(&mut self.copy, cx));
        Poll::Ready(self.settle(event))
    }

    /// Ready when the transport has taken all that was queued.
    fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.over || self.ending {
            return Poll::Ready(Err(self.is_over()));
        }
        match ready!(self.held.link().poll_sent(&mut self.copy, cx)) {
            // The server has refused what was sent so far.
            Ok(None) if !self.copy.is_open() => self.poll_end(cx).map_ok(drop),
            Ok(None) => {
                // The time that the source takes is no waiting.
                self.held.link().wait_anew();
                Poll::Ready(Ok(()))
            }
            Ok(Some(event)) => Poll::Ready(self.settle(Ok(event)).map(drop)),
            Err(error) => Poll::Ready(self.settle(Err(error)).map(drop)),
        }
    }

    /// Queues what was gathered of a piece that is longer than the room for it; there is none before the transport has
    /// taken it.
    pub(super) fn push_ahead(&mut self) -> Result<(), Error> {
        self.is_ahead = true;
        self.push()
    }

    /// Queues what was gathered, whether or not the transport has taken what was queued before.
    pub(super) fn push(&mut self) -> Result<(), Error> {
        let sent = self
            .copy
            .send(&mut self.held.link().connection, &mut self.buffer);
        sent.map_err(|error| self.encode_error(error))
    }

    #[cold]
    fn encode_error(&self, error: EncodeError) -> Error {
        Error::new(Kind::Encode(error)).within(&self.source)
    }

    /// What becomes of the COPY with what has happened.
    #[cold]
    fn settle(
        &mut self,
        event: Result<Event<<CopyIn as Exchange>::Output>, Error>,
    ) -> Result<u64, Error> {
        let settled = self.settle_unwatched(event);
        match &settled {
            Ok(rows) => self.watch.completed(*rows),
            Err(error) => self.watch.failed(error),
        }
        settled
    }

    fn settle_unwatched(
        &mut self,
        event: Result<Event<<CopyIn as Exchange>::Output>, Error>,
    ) -> Result<u64, Error> {
        match event {
            Ok(Event::Done(Ok(completed))) => {
                self.over = true;
                self.kept = Some(completed.rows);
                self.progress.end(completed.rows);
                Ok(completed.rows)
            }
            Ok(Event::Done(Err(failure))) => {
                self.over = true;
                let link = self.held.link();
                link.heed(&failure);
                let error = Error::from(failure).within(&self.source);
                self.held.link().note_failure(&error);
                Err(error)
            }
            // Nothing is lent, and it pauses once.
            Ok(Event::Row(_) | Event::Paused) => Err(self.is_over()),
            Err(error) if error.is_closed() => {
                self.over = true;
                let said = self.copy.skipped().err();
                Err(said.map_or(error, Error::from).within(&self.source))
            }
            Err(error) => {
                self.give_up();
                Err(error.within(&self.source))
            }
        }
    }

    /// A row that could not be written is taken back.
    #[cold]
    pub(super) fn take_back(
        &mut self,
        before: usize,
        row: u64,
        cause: Option<ArgumentError>,
    ) -> Error {
        if self.buffer.len() < before {
            // An encoder has removed what is not its own: rows before this one are lost.
            self.give_up();
        } else {
            self.buffer.truncate(before);
        }
        self.error(match cause {
            Some(cause) => CopyFailure::Value { row, cause },
            None => CopyFailure::Shape { row },
        })
    }

    /// Nobody waits for the end any more.
    fn give_up(&mut self) {
        if !self.over {
            self.over = true;
            self.held.link().abandon(self.copy.segment());
        }
    }

    #[cold]
    pub(super) fn is_over(&self) -> Error {
        self.error(CopyFailure::Over)
    }

    #[cold]
    pub(super) fn error(&self, failure: CopyFailure) -> Error {
        Error::new(Kind::Copy(failure)).within(&self.source)
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}
