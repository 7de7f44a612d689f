//! Notifications of a plain session: listening to channels, saying something on one, waiting for what others say.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use futures_core::Stream;
use hathi_wire::{ProtocolError, TransactionStatus};

use super::drive::{Link, hand_out};
use super::{Fetch, Session};
use crate::cardinality::One;
use crate::channel::{AsChannel, Mistake, Payload, Sent, quoted};
use crate::error::{Error, Kind};
use crate::notification::{Event, Gap};
use crate::query::{Bound, Query};
use crate::sql;

/// Says something on a channel.
const NOTIFY: Query<(sql::Text, sql::Text), ()> = Query::raw(
    "SELECT pg_catalog.pg_notify($1, $2)",
    (sql::text, sql::text),
    sql::void,
);

/// The statement that says something on a channel.
pub(crate) fn notify<'a, C: AsChannel + ?Sized>(
    channel: &'a C,
    payload: &'a C::Payload,
) -> Bound<(Sent<'a>, Sent<'a>), (sql::Text, sql::Text), ()> {
    let payload = Sent::Payload(payload.write());
    NOTIFY.bind((Sent::Name(channel.name()), payload))
}

impl Session {
    /// Listens to a channel: from the server's answer on, all that others say on it reaches this session, and so does
    /// what it says itself.
    ///
    /// Take it with [`next_notification`](Self::next_notification) or [`notifications`](Self::notifications). When the
    /// connection is lost, so is the listening: a [`Listener`](crate::Listener) connects again. Listening twice to one
    /// channel is as listening once.
    ///
    /// # Errors
    ///
    /// If the name is empty or longer than 63 bytes; if the server is a standby, on which nobody can listen.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves the session usable. If it was polled, the session may listen to the channel.
    pub async fn listen(&mut self, channel: impl AsChannel) -> Result<(), Error> {
        self.say("LISTEN", &channel).await
    }

    /// Listens to a channel no more. What has arrived before is still told.
    ///
    /// # Errors
    ///
    /// If the name is empty or longer than 63 bytes, or the connection is lost.
    ///
    /// # Cancellation
    ///
    /// As [`listen`](Self::listen).
    pub async fn unlisten(&mut self, channel: impl AsChannel) -> Result<(), Error> {
        self.say("UNLISTEN", &channel).await
    }

    /// Says something on a channel, to all sessions of this database that listen to it.
    ///
    /// It is told when the transaction commits, and never if that is rolled back. What is said twice in one transaction,
    /// channel and payload being the same, may be told once.
    ///
    /// # Errors
    ///
    /// If the name of the channel is empty or longer than 63 bytes, or the payload has no text or one of more than 7999
    /// bytes: nothing is sent then. If the server refuses, because its queue of notifications is full.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn notify<C: AsChannel>(&mut self, channel: C, payload: &C::Payload) -> Fetch<'_, (), One> {
        self.fetch_one(notify(&channel, payload))
    }

    /// The next notification, or a gap: waits for it as long as it takes.
    ///
    /// Notifications that arrive while other calls wait for their answers are kept, the newest 1024 of them; if more
    /// came, a [`Gap`] tells how many are missing, before those that are left. While nobody calls the session nothing is
    /// read from it: the server keeps what is to be told in its queue, which all sessions share. See `pg_notification_queue_usage()`.
    ///
    /// # Errors
    ///
    /// If the connection is lost; if a transaction is open, because the server tells nothing before its end.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing: put a time limit around it, or `select!`.
    ///
    /// # Example: wait for something to do, but not for ever
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// session.listen("jobs").await?;
    /// let limit = Duration::from_secs(60);
    /// match tokio::time::timeout(limit, session.next_notification()).await {
    ///     Ok(event) => drop(event?),
    ///     Err(_) => println!("nothing was said for a minute"),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next_notification(&mut self) -> Result<Event, Error> {
        poll_fn(|cx| self.link.poll_notification(cx)).await
    }

    /// The next notification that has arrived, or a gap, without waiting.
    pub fn take_notification(&mut self) -> Option<Event> {
        if !self.link.owes_answers() && !self.link.is_broken() {
            self.link.look();
        }
        self.link.take_event()
    }

    /// The notifications of this session as a stream; see [`next_notification`](Self::next_notification). It ends behind
    /// an error.
    pub fn notifications(&mut self) -> Notifications<'_> {
        Notifications {
            session: self,
            ended: false,
        }
    }

    async fn say(&mut self, verb: &str, channel: &impl AsChannel) -> Result<(), Error> {
        let name = quoted(channel.name()).map_err(|mistake| Error::new(Kind::Channel(mistake)))?;
        self.simple(&format!("{verb} {name}")).await.map(drop)
    }
}

impl Link {
    /// The next notification; reads no further than to it, so that nothing makes room while somebody takes them.
    pub(crate) fn poll_notification(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Error>> {
        if let Some(event) = self.take_event() {
            return Poll::Ready(Ok(event));
        }
        if self.is_broken() {
            return Poll::Ready(Err(self.closed(None)));
        }
        self.begin();
        // Whoever waits for others to speak waits as long as it takes.
        self.deadline.lift();
        loop {
            match self.hear_one() {
                Ok(true) => {}
                Ok(false) if self.owes_answers() => ready!(self.poll_transfer(cx))?,
                Ok(false) => {
                    if self.connection.status() != TransactionStatus::Idle {
                        let mistake = Mistake::InTransaction;
                        return Poll::Ready(Err(Error::new(Kind::Channel(mistake))));
                    }
                    ready!(self.poll_transfer(cx))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
            if let Some(event) = self.take_event() {
                return Poll::Ready(Ok(event));
            }
        }
    }

    /// The next event that has arrived.
    pub(crate) fn take_event(&mut self) -> Option<Event> {
        match self.connection.take_notification() {
            Some(Ok(notification)) => Some(Event::Notification(notification.into())),
            Some(Err(dropped)) => Some(Event::Gap(Gap {
                since: self.all_told,
                dropped,
                cause: None,
            })),
            None => {
                self.all_told = SystemTime::now();
                None
            }
        }
    }

    /// Takes one message that nobody waits for; whether there was one.
    fn hear_one(&mut self) -> Result<bool, Error> {
        let frame = match self.input.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(false),
            Err(error) => return Err(self.give_up(ProtocolError::from(error).into())),
        };
        let is_idle = !self.owes_answers();
        let heard = self.connection.receive(frame.tag, self.input.body(frame));
        if let Err(error) = heard {
            return Err(self.give_up(error.into()));
        }
        hand_out(&self.listeners, &mut self.connection);
        // An error that answers nothing is the server's farewell.
        match is_idle && frame.tag == b'E' {
            true => Err(self.closed(None)),
            false => Ok(true),
        }
    }
}

/// The notifications of a session, one by one; from [`Session::notifications`].
#[must_use = "streams do nothing unless they are polled"]
pub struct Notifications<'s> {
    session: &'s mut Session,
    ended: bool,
}

impl Notifications<'_> {
    /// The next notification, or a gap; `None` behind an error.
    ///
    /// # Errors
    ///
    /// As [`Session::next_notification`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Notifications<'_> {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let event = ready!(self.session.link.poll_notification(cx));
        self.ended = event.is_err();
        Poll::Ready(Some(event))
    }
}

impl fmt::Debug for Notifications<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
