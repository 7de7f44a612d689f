//! The future that prepares a statement before its first use.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hathi_wire::{Exchange, Keep};

use super::drive::{Event, Link};
use crate::error::{Error, Kind};
use crate::observe::{self, Verb, Watch};
use crate::source::Source;

/// A statement that is being prepared; the future of [`prepare_query`](super::Session::prepare_query) and
/// [`prepare_command`](super::Session::prepare_command).
///
/// # Cancellation
///
/// Dropping it leaves the session usable; the statement may be prepared or not.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Preparation<'s, H> {
    link: &'s mut Link,
    source: Source,
    handle: H,
    state: State,
    watch: Watch,
}

#[derive(Debug)]
enum State {
    Refused(Error),
    Known,
    Running(Keep),
    Over,
}

impl<'s, H: Copy> Preparation<'s, H> {
    pub(super) fn start(link: &'s mut Link, source: Source, handle: H) -> Self {
        let state = match keep(link, &source) {
            Ok(Some(keep)) => State::Running(keep),
            Ok(None) => State::Known,
            Err(error) => State::Refused(error.within(&source)),
        };
        let is_new = matches!(state, State::Running(_));
        let watch = if is_new && observe::is_wanted() {
            Watch::new(Verb::Prepare, &link.observed)
        } else {
            Watch::default()
        };
        Self {
            link,
            source,
            handle,
            state,
            watch,
        }
    }
}

fn keep(link: &mut Link, source: &Source) -> Result<Option<Keep>, Error> {
    if link.is_broken() {
        return Err(Error::new(Kind::Closed(None)));
    }
    link.begin();
    let started = Keep::start(&mut link.connection, &source.wanted()?);
    started.map_err(|error| Error::new(Kind::Encode(error)))
}

impl<H> Unpin for Preparation<'_, H> {}

impl<H: Copy> Future for Preparation<'_, H> {
    type Output = Result<H, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if !this.watch.is_some() {
            return this.poll_unwatched(cx);
        }
        if this.watch.is_unborn() {
            let scope = this.link.scope();
            let subject = this.source.subject();
            this.watch.begin(&this.link.observed, scope, subject);
        }
        let mut watch = std::mem::take(&mut this.watch);
        let polled = watch.within(|| this.poll_unwatched(cx));
        match &polled {
            Poll::Ready(Ok(_)) => watch.completed(0),
            Poll::Ready(Err(error)) => watch.failed(error),
            Poll::Pending => {}
        }
        this.watch = watch;
        polled
    }
}

impl<H: Copy> Preparation<'_, H> {
    fn poll_unwatched(&mut self, cx: &mut Context<'_>) -> Poll<Result<H, Error>> {
        let this = self;
        let State::Running(keep) = &mut this.state else {
            return Poll::Ready(match std::mem::replace(&mut this.state, State::Over) {
                State::Known => Ok(this.handle),
                State::Refused(error) => Err(error),
                State::Running(_) | State::Over => Err(Error::new(Kind::Closed(None))),
            });
        };
        let error = match ready!(this.link.poll_exchange(keep, cx)) {
            Ok(Event::Done(outcome)) => {
                this.state = State::Over;
                match outcome {
                    Ok(()) => return Poll::Ready(Ok(this.handle)),
                    Err(failure) => Error::from(failure),
                }
            }
            Ok(Event::Paused) => Error::new(Kind::Closed(None)),
            Ok(Event::Row(frame)) => hathi_wire::ProtocolError::Unexpected {
                tag: frame.tag,
                expected: "a reply to Parse and Describe",
            }
            .into(),
            Err(error) if error.is_closed() => {
                let said = keep.skipped().err().map(Error::from);
                this.state = State::Over;
                said.unwrap_or(error)
            }
            // Too late: it is abandoned when this future is dropped.
            Err(error) => error,
        };
        Poll::Ready(Err(error.within(&this.source)))
    }
}

impl<H> Drop for Preparation<'_, H> {
    fn drop(&mut self) {
        if let State::Running(keep) = &self.state {
            self.link.abandon(keep.segment());
        }
    }
}

impl<H> fmt::Debug for Preparation<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preparation")
            .field("sql", &self.source.sql())
            .finish_non_exhaustive()
    }
}
