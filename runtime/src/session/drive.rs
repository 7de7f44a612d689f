//! The loop that moves bytes: between the transport, what is to be sent, and whoever waits for an answer.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use hathi_wire::{
    Aside, Connection, Exchange, Execute, Frame, Input, SegmentId, ServerError, Step,
};

use super::cancel::Canceller;
use super::deadline::Deadline;
use super::drain::{Drain, HURRY, PATIENCE};
use super::route::Route;
use super::scopes::Scope;
use super::transport::Transport;
use crate::config::Listeners;
use crate::error::{Error, Kind};
use crate::observe::{Observed, StatementMeter};

/// One connection and what drives it. Nothing here depends on a statement's types.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) transport: Transport,
    pub(crate) connection: Connection,
    pub(crate) input: Input,
    pub(super) deadline: Deadline,
    route: Route,
    // What cancels; there is none before somebody wants it.
    canceller: Option<Arc<Canceller>>,
    // Who is told what the server says beside its answers.
    pub(super) listeners: Listeners,
    // A call that is dropped is cancelled at once.
    pub(super) cancel_on_drop: bool,
    // An answer that nobody waits for; until it has ended, nothing else is sent.
    drain: Option<Drain>,
    // How long the end of the next abandoned answer may take.
    patience: Duration,
    // The session is being ended.
    pub(super) leaving: bool,
    // The server refuses writes although nobody asked it to.
    pub(super) demoted: bool,
    // The first thing that went wrong with the transport; nothing works after it.
    pub(super) broken: bool,
    write_failed: Option<io::Error>,
    // What is open, outermost first.
    pub(super) scopes: Vec<Scope>,
    // How many savepoints have had a name.
    pub(super) savepoints: u64,
    // How deep in transaction and savepoints a statement was not what had been checked; zero if none was.
    pub(super) spoiled: usize,
    // The transaction has failed in a way that the same again may not.
    pub(crate) worth_retrying: bool,
    // What those are told who listen.
    pub(crate) observed: Observed,
    pub(super) statements: StatementMeter,
    // When the last notification that had arrived was taken.
    pub(super) all_told: SystemTime,
}

/// What an exchange has for its caller.
#[derive(Debug)]
pub(crate) enum Event<T> {
    Row(Frame),
    // The caller decides how to go on.
    Paused,
    Done(T),
}

impl Link {
    pub(crate) fn new(
        transport: Transport,
        route: Route,
        statements: usize,
        limit: Option<Duration>,
    ) -> Self {
        let mut connection = Connection::new(statements);
        // Whoever keeps no names does so for the sake of a pooler.
        if statements == 0 {
            connection.send_one_by_one();
        }
        Self {
            transport,
            connection,
            input: Input::default(),
            deadline: Deadline::new(limit),
            route,
            canceller: None,
            listeners: Listeners::default(),
            cancel_on_drop: false,
            drain: None,
            patience: PATIENCE,
            leaving: false,
            demoted: false,
            broken: false,
            write_failed: None,
            scopes: Vec::new(),
            savepoints: 0,
            spoiled: 0,
            worth_retrying: false,
            observed: Observed::default(),
            statements: Default::default(),
            all_told: SystemTime::now(),
        }
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// A call begins. Whoever still waits for an answer was forgotten: a future that lives borrows the session.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.deadline.start();
        if self.connection.owed() > 0 {
            self.connection.abandon_all();
        }
    }

    /// A call was dropped. What it owes the server, its Sync above all, is written now if the transport takes it: no
    /// lock waits for the next call.
    #[cold]
    pub(crate) fn abandon(&mut self, segment: SegmentId) {
        self.connection.abandon(segment);
        self.write_for_nobody();
        if self.cancel_on_drop && !self.broken && self.connection.draining().is_some() {
            self.cancel_at_once();
        }
    }

    /// Writes what is sent for nobody's sake, as far as the transport takes it at once.
    pub(crate) fn write_for_nobody(&mut self) {
        while !self.broken && self.write_failed.is_none() {
            let bytes = self.connection.unsent_for_nobody();
            if bytes.is_empty() {
                break;
            }
            // An error is met again by the next call, which tells it.
            match self.transport.try_write(bytes) {
                Ok(count) if count > 0 => self.connection.handed_over(count),
                _ => break,
            }
        }
        // So is an error of this one.
        let _ = self.transport.try_flush();
    }

    /// Asks the server to stop what runs. A task of its own sees to it, for nobody may use the session soon; without a
    /// runtime to run it, the next call does.
    fn cancel_at_once(&mut self) {
        let canceller = Arc::clone(self.canceller());
        if !canceller.has_key() {
            return;
        }
        let request = canceller.begin();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // The server is out of reach: then so is the session, whose next call says so.
                let _ = poll_fn(|cx| canceller.poll(&request, cx)).await;
            });
        }
    }

    /// Tells these of what the server says beside its answers, from here on.
    pub(super) fn tell(&mut self, listeners: &Listeners) {
        if listeners.wants_parameters() {
            self.connection.put_reports_aside();
        }
        self.listeners = listeners.clone();
    }

    /// What asks the server to stop what runs in this session.
    pub(super) fn canceller(&mut self) -> &Arc<Canceller> {
        let Self {
            canceller,
            route,
            connection,
            ..
        } = self;
        canceller.get_or_insert_with(|| Arc::new(Canceller::new(route, connection)))
    }

    /// The call that runs has been answered in part, and waits for more.
    pub(crate) fn wait_anew(&mut self) {
        self.deadline.wait_anew();
    }

    /// What is left of the answer that is about to be abandoned may be a lot: unless it ends at once, it is cancelled.
    #[cold]
    pub(crate) fn hurry(&mut self) {
        self.patience = self.patience.min(HURRY);
    }

    /// As [`poll_exchange`](Self::poll_exchange), for all who run a statement but the call that has to be quick: the compiler
    /// then puts the loop into that one.
    #[inline(never)]
    pub(crate) fn poll_execute(
        &mut self,
        execute: &mut Execute,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Event<<Execute as Exchange>::Output>, Error>> {
        self.poll_exchange(execute, cx)
    }

    /// Moves bytes until the exchange has something for its caller.
    #[inline]
    pub(crate) fn poll_exchange<E: Exchange>(
        &mut self,
        exchange: &mut E,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Event<E::Output>, Error>> {
        loop {
            match self.take_messages(exchange) {
                Ok(Some(event)) => return Poll::Ready(Ok(event)),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(self.give_up(error))),
            }
            if let Err(error) = ready!(self.poll_transfer(cx)) {
                return Poll::Ready(Err(error));
            }
        }
    }

    #[inline]
    pub(super) fn take_messages<E: Exchange>(
        &mut self,
        exchange: &mut E,
    ) -> Result<Option<Event<E::Output>>, Error> {
        while let Some(frame) = self
            .input
            .next_frame()
            .map_err(hathi_wire::ProtocolError::from)?
        {
            let Some(message) = self.connection.receive(frame.tag, self.input.body(frame))? else {
                if !self.listeners.is_empty() && self.connection.has_asides() {
                    hand_out(&self.listeners, &mut self.connection);
                }
                continue;
            };
            match exchange.receive(message, &mut self.connection)? {
                Step::More => {}
                Step::Row => return Ok(Some(Event::Row(frame))),
                Step::Done(output) => return Ok(Some(Event::Done(output))),
                Step::Paused => return Ok(Some(Event::Paused)),
            }
        }
        Ok(None)
    }

    /// Writes what waits and reads what has come; ready when something was read.
    #[inline]
    pub(super) fn poll_transfer(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.broken {
            return Poll::Ready(Err(Error::new(Kind::Closed(None))));
        }
        let mut held = false;
        if self.drain.is_some() || self.connection.draining().is_some() || self.is_cancelling() {
            held = self.poll_held(cx);
        }
        while self.write_failed.is_none() {
            let bytes = if held {
                self.connection.unsent_for_nobody()
            } else {
                self.connection.unsent()
            };
            if bytes.is_empty() {
                break;
            }
            match self.transport.poll_write(cx, bytes) {
                Poll::Ready(Ok(0)) => self.write_failed = Some(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(count)) => self.connection.handed_over(count),
                // The server's last words may still be in the socket: they are read before this is told.
                Poll::Ready(Err(error)) => self.write_failed = Some(error),
                Poll::Pending => break,
            }
        }
        if self.write_failed.is_none()
            && let Poll::Ready(Err(error)) = self.transport.poll_flush(cx)
        {
            self.write_failed = Some(error);
        }
        match self.transport.poll_read(cx, self.input.space()) {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(self.closed(None))),
            Poll::Ready(Ok(count)) => {
                self.input.filled(count);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(self.closed(Some(error)))),
            Poll::Pending => self.poll_deadline(cx),
        }
    }

    #[inline(always)]
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        ready!(self.deadline.poll(cx));
        self.patience = Duration::ZERO;
        let during = match (
            self.connection.draining(),
            self.connection.unsent().is_empty(),
        ) {
            (Some(_), _) => "reading the answer to an abandoned call",
            (None, false) => "sending the statement",
            (None, true) => "waiting for the server",
        };
        Poll::Ready(Err(Error::new(Kind::Timeout {
            limit: self.deadline.limit(),
            during,
        })))
    }

    #[inline]
    fn is_cancelling(&self) -> bool {
        match &self.canceller {
            None => false,
            Some(canceller) => canceller.is_busy(),
        }
    }

    /// Whether the next statement must not be sent: it would be answered behind what nobody waits for, or be hit by a
    /// cancel request that is not meant for it.
    #[cold]
    fn poll_held(&mut self, cx: &mut Context<'_>) -> bool {
        let canceller = Arc::clone(self.canceller());
        if self.drain.is_some() || self.connection.draining().is_some() {
            let patience = &mut self.patience;
            let drain = self
                .drain
                .get_or_insert_with(|| Drain::new(std::mem::replace(patience, PATIENCE)));
            if drain.poll(&self.connection, &canceller, cx).is_pending() {
                return true;
            }
            self.drain = None;
        }
        // A statement that is on its way is the one that is meant.
        self.connection.is_untouched() && canceller.poll_idle(cx).is_pending()
    }

    #[cold]
    pub(super) fn closed(&mut self, error: Option<io::Error>) -> Error {
        self.broken = true;
        if let Some(words) = self.last_words() {
            return Error::new(Kind::Closed(Some(words)));
        }
        match error.or(self.write_failed.take()) {
            Some(error) => Error::new(Kind::Io(error)),
            None => Error::new(Kind::Closed(None)),
        }
    }

    #[cold]
    pub(crate) fn give_up(&mut self, error: Error) -> Error {
        self.broken = true;
        error
    }

    /// What the server said when it ended the session while nobody waited for an answer.
    fn last_words(&mut self) -> Option<Box<ServerError>> {
        while let Some(aside) = self.connection.take_aside() {
            if let Aside::Notice(notice) = aside
                && notice.is_fatal()
            {
                return Some(notice);
            }
        }
        None
    }

    /// Writes what waits, without waiting for an answer.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.connection.unsent().is_empty() {
            let count = ready!(self.transport.poll_write(cx, self.connection.unsent()))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.connection.handed_over(count);
        }
        self.transport.poll_flush(cx)
    }
}

/// The words with which the server ends a session are kept: whoever uses it next has to be told.
#[cold]
pub(super) fn hand_out(listeners: &Listeners, connection: &mut Connection) {
    connection.sift_asides(|aside| match aside {
        Aside::Notice(notice) => !notice.is_fatal() && listeners.notice(notice),
        Aside::Parameter { name, value } => {
            listeners.parameter(name, value);
            true
        }
        _ => false,
    });
}
