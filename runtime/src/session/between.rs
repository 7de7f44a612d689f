//! What is done with a connection between its users, or after the last one.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use hathi_wire::{Failure, TransactionStatus};

use super::cancel::{Canceller, Request};
use super::drive::Link;
use crate::error::Error;

/// The server refuses to write: read_only_sql_transaction.
const READ_ONLY: &str = "25006";

impl Link {
    /// Tells those who measure what the prepared statements were good for since it was told last.
    pub(crate) fn tell_statements(&mut self) {
        self.statements
            .tell(|| self.connection.statements().counters());
    }

    /// Reads what the server has said meanwhile, without waiting; whether the connection still lives.
    pub(crate) fn look(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        while !self.is_broken() {
            match self.transport.poll_read(&mut cx, self.input.space()) {
                Poll::Pending => break,
                Poll::Ready(Ok(count)) if count > 0 => {
                    self.input.filled(count);
                    if self.hear().is_err() {
                        self.broken = true;
                    }
                }
                Poll::Ready(_) => self.broken = true,
            }
        }
        !self.is_broken()
    }

    /// Takes messages that nobody waits for.
    fn hear(&mut self) -> Result<(), Error> {
        while let Some(frame) = self
            .input
            .next_frame()
            .map_err(hathi_wire::ProtocolError::from)?
        {
            let is_idle = self.connection.owed() == 0;
            self.connection.receive(frame.tag, self.input.body(frame))?;
            // An error that answers nothing is the server's farewell.
            if is_idle && frame.tag == b'E' {
                self.broken = true;
            }
        }
        Ok(())
    }

    /// Whether the server has not answered everything yet.
    pub(crate) fn owes_answers(&self) -> bool {
        self.connection.owed() > 0
    }

    /// Tells the server that the session ends, if it can be told at once.
    pub(crate) fn say_goodbye(&mut self) {
        if !self.is_broken() && self.connection.unsent().is_empty() {
            self.connection.terminate();
            // The server hears of the end in any case.
            drop(self.transport.try_write(self.connection.unsent()));
        }
    }

    /// Ends the session and waits until the server has closed it: until then it counts among the server's connections.
    pub(crate) fn poll_hang_up(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.leaving {
            self.leaving = true;
            if !self.is_broken() {
                self.connection.abandon_all();
                self.connection.terminate();
            }
        }
        while !self.is_broken() && !self.connection.unsent().is_empty() {
            let count = ready!(self.transport.poll_write(cx, self.connection.unsent()))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.connection.handed_over(count);
        }
        ready!(self.transport.poll_shutdown(cx))?;
        let mut rest = [0; 4096];
        while ready!(self.transport.poll_read(cx, &mut rest))? > 0 {}
        Poll::Ready(Ok(()))
    }

    /// Asks the server to stop what runs in the session, if it can be asked.
    pub(crate) fn cancel(&mut self) -> Option<Cancel> {
        let canceller = self.canceller();
        canceller.has_key().then(|| Cancel {
            request: canceller.begin(),
            canceller: Arc::clone(canceller),
        })
    }

    /// The connection has ended: what the server said about it, if it did.
    #[cold]
    pub(crate) fn ended(&mut self, error: Option<io::Error>) -> Error {
        self.closed(error)
    }

    /// Notes a refusal that says something about the server: it may have become a standby without ending the session.
    #[cold]
    pub(crate) fn heed(&mut self, failure: &Failure) {
        let Failure::Server(error) = failure else {
            return;
        };
        if error.code.code() != READ_ONLY {
            return;
        }
        let is_on = |name| self.connection.parameter(name) == Some("on");
        // On a server that takes writes it is the transaction that was read-only, because somebody asked for it.
        let asked_for = self.connection.status() != TransactionStatus::Idle;
        self.demoted |=
            !asked_for || is_on("in_hot_standby") || is_on("default_transaction_read_only");
    }

    /// Whether the server has turned out to take no writes any more.
    pub(crate) fn was_demoted(&self) -> bool {
        self.demoted
    }
}

/// A cancel request on its way.
pub(crate) struct Cancel {
    canceller: Arc<Canceller>,
    request: Arc<Request>,
}

impl Cancel {
    /// Ready when the server has heard, or cannot be reached: then the answer ends some other way.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.canceller.poll(&self.request, cx).map(drop)
    }
}

impl std::fmt::Debug for Cancel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cancel")
    }
}
