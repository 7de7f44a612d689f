//! A statement on its way that somebody watches: the same, inside of its span.

use std::task::{Context, Poll, ready};

use super::{Arrived, Call, Reply, Stage, State};
use crate::error::Error;
use crate::observe::{Verb, Watch};

impl Call<'_> {
    /// Somebody may want to hear of it.
    #[cold]
    #[inline(never)]
    pub(super) fn watch(&mut self, verb: Verb) {
        self.watch = match &self.state {
            State::Running(running) => Watch::new(verb, &running.link.observed),
            _ => Watch::new(verb, &Default::default()),
        };
        if let State::Running(running) = &mut self.state
            && self.watch.is_some()
        {
            running.stage = Stage::Watched;
        }
    }

    /// The span begins with the first poll: what is dropped before has never been.
    fn begin(&mut self) {
        if !self.watch.is_unborn() {
            return;
        }
        let subject = self.source.subject();
        match &mut self.state {
            State::Running(running) => {
                running.link.tell_statements();
                let link = &*running.link;
                self.watch.begin(&link.observed, link.scope(), subject);
                if running.execute.prepares(&link.connection) {
                    self.watch.prepares(&link.observed, subject);
                }
            }
            State::Pool(single) => self.watch.begin(single.observed(), None, subject),
            State::Refused(_) | State::Over => {
                self.watch.begin(&Default::default(), None, subject);
            }
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn poll_watched_row(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Reply<'_>, Error>> {
        if !matches!(self.state, State::Pool(_)) {
            return match ready!(self.poll_watched(cx))? {
                Arrived::Row(frame) => Poll::Ready(self.row(frame).map(Reply::Row)),
                Arrived::Done(completed) => Poll::Ready(Ok(Reply::Done(completed))),
            };
        }
        self.begin();
        let Self {
            source,
            state,
            watch,
        } = self;
        let State::Pool(single) = state else {
            return Poll::Pending;
        };
        let polled = watch.within(|| single.poll_row(source, cx));
        match &polled {
            Poll::Ready(Ok(Reply::Row(_))) => watch.row(),
            Poll::Ready(Ok(Reply::Done(completed))) => watch.completed(completed.rows),
            Poll::Ready(Err(error)) => watch.failed(error),
            Poll::Pending => {}
        }
        polled.map_err(|error| error.within(source))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn poll_watched(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arrived, Error>> {
        self.begin();
        let mut watch = std::mem::take(&mut self.watch);
        #[cfg(feature = "tracing")]
        if let Some(plan) = watch.take_plan() {
            let polled = self.poll_plan(&mut watch, plan, cx);
            self.watch = watch;
            return polled;
        }
        let polled = watch.within(|| self.poll_unwatched(cx));
        match &polled {
            Poll::Ready(Ok(Arrived::Row(_))) => watch.row(),
            Poll::Ready(Ok(Arrived::Done(completed))) => watch.completed(completed.rows),
            Poll::Ready(Err(error)) => watch.failed(error),
            Poll::Pending => {}
        }
        #[cfg(feature = "tracing")]
        let polled = match polled {
            Poll::Ready(Ok(Arrived::Done(completed))) => self.poll_slow(&mut watch, completed, cx),
            polled => polled,
        };
        self.watch = watch;
        polled
    }

    /// What has come is not what the caller can take.
    #[cold]
    pub(crate) fn refuse(&mut self, error: Error) -> Error {
        let error = error.within(&self.source);
        self.watch.failed(&error);
        error
    }

    /// Nothing more will come.
    pub(crate) fn end_watch(&mut self) {
        self.watch = Watch::default();
    }
}
