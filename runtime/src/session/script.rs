//! The futures that run a text of any number of statements.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hathi_wire::{Exchange, Frame, Simple, SimpleResult};

use super::drive::{Event, Link};
use crate::error::{Error, Kind};
use crate::observe::{self, Subject, Verb, Watch};
use crate::script_result::{ScriptResult, TextRow};

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
    watch: Watch,
}

impl<'s> Script<'s> {
    pub(super) fn start(link: &'s mut Link, sql: &str) -> Self {
        let ready = link.ready();
        Self::started(link, sql, ready)
    }

    /// Queues the text, if there may be a call.
    pub(super) fn started(link: &'s mut Link, sql: &str, ready: Result<(), Error>) -> Self {
        let state = ready.map_err(Some).and_then(|()| {
            Simple::start(&mut link.connection, sql)
                .map_err(|error| Some(Error::new(Kind::Encode(error))))
        });
        let watch = if observe::is_wanted() {
            Watch::new(Verb::Script, &link.observed)
        } else {
            Watch::default()
        };
        Self {
            link,
            sql: sql.into(),
            state,
            watch,
        }
    }

    /// The script says how the innermost transaction or savepoint ends.
    pub(super) fn is_end_of_scope(&mut self) {
        if let (Ok(simple), Some(scope)) = (&self.state, self.link.scopes.last_mut()) {
            scope.ending = Some(simple.segment());
        }
        if let Some(scope) = self.link.scope() {
            let subject = Subject::Script(&self.sql);
            self.watch.begin_in(&self.link.observed, scope, subject);
        }
    }

    fn over(&mut self, error: Error) -> Error {
        self.state = Err(None);
        error.within_text(&self.sql)
    }

    /// The next row, or how the statements ended.
    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Error>> {
        if !self.watch.is_some() {
            return self.poll_unwatched(cx);
        }
        if self.watch.is_unborn() {
            let scope = self.link.scope();
            let subject = Subject::Script(&self.sql);
            self.watch.begin(&self.link.observed, scope, subject);
        }
        let mut watch = std::mem::take(&mut self.watch);
        let polled = watch.within(|| self.poll_unwatched(cx));
        match &polled {
            Poll::Ready(Ok(Reply::Done(results))) => {
                watch.completed(results.iter().map(|result| result.completed.rows).sum());
            }
            Poll::Ready(Err(error)) => watch.failed(error),
            Poll::Ready(Ok(Reply::Row(_))) | Poll::Pending => {}
        }
        self.watch = watch;
        polled
    }

    fn poll_unwatched(&mut self, cx: &mut Context<'_>) -> Poll<Result<Reply, Error>> {
        let simple = match &mut self.state {
            Ok(simple) => simple,
            Err(error) => {
                let error = error
                    .take()
                    .unwrap_or_else(|| Error::new(Kind::Closed(None)));
                return Poll::Ready(Err(error.within_text(&self.sql)));
            }
        };
        match ready!(self.link.poll_exchange(simple, cx)) {
            Ok(Event::Row(frame)) => Poll::Ready(Ok(Reply::Row(frame))),
            // Only a portal with a limit of rows waits, and a script has none.
            Ok(Event::Paused) => Poll::Ready(Err(self.over(Error::new(Kind::Closed(None))))),
            Ok(Event::Done(Ok(results))) => {
                self.state = Err(None);
                Poll::Ready(Ok(Reply::Done(results)))
            }
            Ok(Event::Done(Err(failure))) => {
                let error = Error::from(failure);
                self.link.note_failure(&error);
                Poll::Ready(Err(self.over(error)))
            }
            Err(error) if error.is_closed() => {
                let said = simple.skipped().err().map(Error::from);
                Poll::Ready(Err(self.over(said.unwrap_or(error))))
            }
            // Too late: the script is abandoned when this future is dropped.
            Err(error) => Poll::Ready(Err(error.within_text(&self.sql))),
        }
    }
}

/// What a script answers.
enum Reply {
    Row(Frame),
    Done(Vec<SimpleResult>),
}

impl Future for Script<'_> {
    type Output = Result<u64, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            if let Reply::Done(results) = ready!(this.poll_row(cx))? {
                return Poll::Ready(Ok(results.iter().map(|result| result.completed.rows).sum()));
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

/// A script on its way whose rows are kept; the future of [`simple_query`](super::Session::simple_query).
///
/// # Cancellation
///
/// As [`Script`].
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct ScriptQuery<'s> {
    script: Script<'s>,
    rows: Vec<TextRow>,
}

impl<'s> ScriptQuery<'s> {
    pub(super) fn new(script: Script<'s>) -> Self {
        Self {
            script,
            rows: Vec::new(),
        }
    }
}

impl Future for ScriptQuery<'_> {
    type Output = Result<Vec<ScriptResult>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        loop {
            match ready!(this.script.poll_row(cx))? {
                Reply::Row(frame) => {
                    if let Ok(simple) = &this.script.state {
                        let body = this.script.link.input.body(frame);
                        this.rows.push(TextRow::new(simple, body));
                    }
                }
                Reply::Done(results) => {
                    let mut rows = std::mem::take(&mut this.rows).into_iter();
                    let results = results.into_iter().map(|result| {
                        let own = rows.by_ref().take(result.lent).collect();
                        ScriptResult::new(result, own)
                    });
                    return Poll::Ready(Ok(results.collect()));
                }
            }
        }
    }
}
