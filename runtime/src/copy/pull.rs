//! Data on its way out of a COPY: what does not depend on how it is read.

use std::task::{Context, Poll, ready};

use hathi_wire::{Column, CopyOut, Exchange, Frame};

use super::failure::CopyFailure;
use super::held::Held;
use super::progress::Progress;
use crate::error::{Error, Kind};
use crate::observe::{self, Verb, Watch};
use crate::session::Event;
use crate::source::Source;

/// A COPY whose data is read. Dropping it ends the COPY, by asking the server to stop if there is much more.
#[derive(Debug)]
pub(super) struct Pull<'s> {
    held: Held<'s>,
    copy: Option<CopyOut>,
    source: Source,
    pub(super) progress: Progress,
    // Why it could not begin.
    refused: Option<Error>,
    watch: Watch,
}

impl<'s> Pull<'s> {
    /// Queues the COPY; `columns` are what it must have, and the query that has them.
    pub(super) fn start(
        mut held: Held<'s>,
        source: Source,
        columns: Option<(&str, &'static [Column])>,
        allowed: Result<(), CopyFailure>,
    ) -> Self {
        let link = held.link();
        let allowed = allowed.map_err(|failure| Error::new(Kind::Copy(failure)));
        let wanted = allowed.and_then(|()| source.wanted().map(drop));
        let started = wanted.and_then(|()| link.ready()).and_then(|()| {
            CopyOut::start(&mut link.connection, source.sql(), columns)
                .map_err(|error| Error::new(Kind::Encode(error)))
        });
        let mut watch = Watch::default();
        if observe::is_wanted() {
            watch = Watch::new(Verb::CopyOut, &link.observed);
            watch.begin(&link.observed, link.scope(), source.subject());
        }
        let (copy, refused) = match started {
            Ok(copy) => {
                link.input.expect_much();
                (Some(copy), None)
            }
            Err(error) => {
                let error = error.within(&source);
                watch.failed(&error);
                (None, Some(error))
            }
        };
        Self {
            held,
            copy,
            source,
            progress: Progress::default(),
            refused,
            watch,
        }
    }

    /// The next piece; `None` behind the last one.
    #[inline]
    pub(super) fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Frame>, Error>> {
        let Some(copy) = &mut self.copy else {
            return Poll::Ready(match self.refused.take() {
                Some(error) => Err(error),
                None => Ok(None),
            });
        };
        match ready!(self.held.link().poll_exchange(copy, cx)) {
            Ok(Event::Row(frame)) => {
                // The time that the reader takes is no waiting.
                self.held.link().wait_anew();
                Poll::Ready(Ok(Some(frame)))
            }
            other => Poll::Ready(self.settle(other)),
        }
    }

    /// The bytes of the piece that came last.
    #[inline]
    pub(super) fn body(&mut self, frame: Frame) -> &[u8] {
        self.held.link().input.body(frame)
    }

    #[cold]
    fn settle(
        &mut self,
        event: Result<Event<<CopyOut as Exchange>::Output>, Error>,
    ) -> Result<Option<Frame>, Error> {
        if let Ok(Event::Done(Ok(completed))) = &event {
            self.watch.completed(completed.rows);
        }
        let settled = self.settle_unwatched(event);
        if let Err(error) = &settled {
            self.watch.failed(error);
        }
        settled
    }

    fn settle_unwatched(
        &mut self,
        event: Result<Event<<CopyOut as Exchange>::Output>, Error>,
    ) -> Result<Option<Frame>, Error> {
        match event {
            Ok(Event::Done(Ok(completed))) => {
                self.copy = None;
                self.progress.end(completed.rows);
                Ok(None)
            }
            Ok(Event::Done(Err(failure))) => {
                self.copy = None;
                let link = self.held.link();
                link.heed(&failure);
                let error = Error::from(failure).within(&self.source);
                link.note_failure(&error);
                Err(error)
            }
            // The columns are not as they should be.
            Ok(Event::Paused) => {
                let said = self.copy.as_mut().and_then(|copy| copy.skipped().err());
                self.give_up();
                Err(said.map_or_else(
                    || self.error(CopyFailure::Over),
                    |failure| Error::from(failure).within(&self.source),
                ))
            }
            Ok(Event::Row(frame)) => Ok(Some(frame)),
            Err(error) => {
                let said = match error.is_closed() {
                    true => self.copy.take().and_then(|mut copy| copy.skipped().err()),
                    false => None,
                };
                self.give_up();
                Err(said.map_or(error, Error::from).within(&self.source))
            }
        }
    }

    /// What is left is not worth waiting for.
    pub(super) fn give_up(&mut self) {
        if let Some(copy) = self.copy.take() {
            let link = self.held.link();
            link.hurry();
            link.abandon(copy.segment());
        }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    #[cold]
    pub(super) fn error(&self, failure: CopyFailure) -> Error {
        Error::new(Kind::Copy(failure)).within(&self.source)
    }
}

impl Drop for Pull<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}
