//! The future that runs a text of any number of statements.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hathi_wire::{Exchange, Simple};

use super::drive::{Event, Link};
use crate::error::{Error, Kind};

/// A script on its way; the future of [`simple`](super::Session::simple).
///
/// # Cancellation
///
/// Dropping it leaves the session usable; what was handed to the transport runs to its end.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Script<'s> {
    link: &'s mut Link,
    sql: Box<str>,
    state: Result<Simple, Option<Error>>,
}

impl<'s> Script<'s> {
    pub(super) fn start(link: &'s mut Link, sql: &str) -> Self {
        let state = link.ready().map_err(Some).and_then(|()| {
            Simple::start(&mut link.connection, sql)
                .map_err(|error| Some(Error::new(Kind::Encode(error))))
        });
        Self {
            link,
            sql: sql.into(),
            state,
        }
    }

    /// The script says how the innermost transaction or savepoint ends.
    pub(super) fn is_end_of_scope(&mut self) {
        if let (Ok(simple), Some(scope)) = (&self.state, self.link.scopes.last_mut()) {
            scope.ending = Some(simple.segment());
        }
    }

    fn over(&mut self, error: Error) -> Error {
        self.state = Err(None);
        error.within_text(&self.sql)
    }
}

impl Future for Script<'_> {
    type Output = Result<u64, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            let simple = match &mut this.state {
                Ok(simple) => simple,
                Err(error) => {
                    let error = error
                        .take()
                        .unwrap_or_else(|| Error::new(Kind::Closed(None)));
                    return Poll::Ready(Err(error.within_text(&this.sql)));
                }
            };
            match ready!(this.link.poll_exchange(simple, cx)) {
                Ok(Event::Row(_)) => {}
                Ok(Event::Done(Ok(completed))) => {
                    this.state = Err(None);
                    return Poll::Ready(Ok(completed.iter().map(|completed| completed.rows).sum()));
                }
                Ok(Event::Done(Err(failure))) => {
                    let error = Error::from(failure);
                    this.link.note_failure(&error);
                    return Poll::Ready(Err(this.over(error)));
                }
                Err(error) if error.is_closed() => {
                    let said = simple.skipped().err().map(Error::from);
                    return Poll::Ready(Err(this.over(said.unwrap_or(error))));
                }
                // Too late: the script is abandoned when this future is dropped.
                Err(error) => return Poll::Ready(Err(error.within_text(&this.sql))),
            }
        }
    }
}

impl Drop for Script<'_> {
    fn drop(&mut self) {
        if let Ok(simple) = &self.state {
            self.link.abandon(simple.segment());
        }
    }
}
