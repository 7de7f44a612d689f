//! A listener of one channel, whose payloads are read as what the channel is for.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{Listener, ListenerOptions};
use crate::channel::{Channel, Payload};
use crate::config::Config;
use crate::error::Error;
use crate::notification::{Event, Notification};

/// A [`Listener`] of one channel: a stream of events with the channel's payload.
///
/// # Example: work that is announced
///
/// ```no_run
/// use hathi::{Channel, Config, Event};
///
/// const JOBS: Channel<i64> = Channel::new("jobs");
///
/// # async fn take(job: Option<i64>) {}
/// # async fn demo(config: &Config) -> Result<(), hathi::Error> {
/// let mut jobs = JOBS.subscribe(config).await?;
/// take(None).await; // what was announced before anybody listened
/// while let Some(event) = jobs.next().await {
///     match event {
///         Ok(Event::Notification(told)) => take(Some(told.payload)).await,
///         Ok(Event::Gap(_)) => take(None).await,
///         Ok(_) => {}
///         Err(error) if error.is_codec() => eprintln!("{error}"),
///         Err(error) => return Err(error),
///     }
/// }
/// # Ok(()) }
/// ```
#[must_use = "a subscription that is dropped closes its connection"]
pub struct Subscription<T: ?Sized> {
    listener: Listener,
    channel: Channel<T>,
}

impl<T: Payload + ?Sized> Channel<T> {
    /// Listens to this channel over a connection of its own.
    ///
    /// # Errors
    ///
    /// As [`Listener::connect`] and [`Listener::listen`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future closes the connection.
    pub async fn subscribe(&self, config: &Config) -> Result<Subscription<T>, Error> {
        self.subscribe_with(config, ListenerOptions::new()).await
    }

    /// Listens to this channel by a listener with options of its own.
    ///
    /// # Errors
    ///
    /// As [`subscribe`](Self::subscribe).
    ///
    /// # Cancellation
    ///
    /// As [`subscribe`](Self::subscribe).
    pub async fn subscribe_with(
        &self,
        config: &Config,
        options: ListenerOptions,
    ) -> Result<Subscription<T>, Error> {
        let listener = Listener::connect_with(config, options).await?;
        listener.listen(self).await?;
        let channel = self.clone();
        Ok(Subscription { listener, channel })
    }
}

impl<T: Payload + ?Sized> Subscription<T> {
    /// The next event: waits for it as long as it takes. `None` behind the last error of [`Listener::next`].
    ///
    /// # Errors
    ///
    /// [`Error::is_codec`] if a payload is not what the channel is for: the stream goes on behind it. Others as
    /// [`Listener::next`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Event<T::Owned>, Error>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// The listener behind it.
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Ends the session in good order; see [`Listener::close`].
    ///
    /// # Errors
    ///
    /// As [`Listener::close`].
    ///
    /// # Cancellation
    ///
    /// As [`Listener::close`].
    pub async fn close(self) -> Result<(), Error> {
        self.listener.close().await
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event<T::Owned>, Error>>> {
        let event = match ready!(self.listener.shared.poll_next(cx)) {
            Some(Ok(Event::Notification(told))) => {
                let payload = self.channel.payload(&told.payload);
                payload.map(|payload| {
                    Event::Notification(Notification {
                        channel: told.channel,
                        payload,
                        process_id: told.process_id,
                    })
                })
            }
            Some(Ok(Event::Gap(gap))) => Ok(Event::Gap(gap)),
            Some(Err(error)) => Err(error),
            None => return Poll::Ready(None),
        };
        Poll::Ready(Some(event))
    }
}

impl<T: Payload + ?Sized> Stream for Subscription<T> {
    type Item = Result<Event<T::Owned>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(cx)
    }
}

impl<T: ?Sized> fmt::Debug for Subscription<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("listener", &self.listener)
            .field("channel", &self.channel)
            .finish()
    }
}
