//! Listens to channels over a connection of its own, which is opened again when it is lost, and says where that left a
//! gap.

mod options;
mod queue;
mod subscription;
mod task;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::options::{ListenerOptions, Overflow};
pub use self::subscription::Subscription;

use self::queue::Shared;
use self::task::{Request, Task, Verb};
use crate::channel::{AsChannel, quoted};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::notification::Event;

/// How many changes of channels wait for the task.
const REQUESTS: usize = 16;
/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(5);

/// Listens to channels, and goes on when the connection is lost: connects again, listens again to all channels, and then
/// says with a [`Gap`](crate::Gap) that notifications may be missing, before it tells what comes later.
///
/// It is a stream of [`Event`]s. A task of its own reads the connection, so the server is rid of its notifications also
/// while nobody reads the stream: the newest 8192 are kept, and if more came, a gap tells how many are missing (see
/// [`Overflow`]). Nothing is told twice, and nothing is lost without a gap.
///
/// A gap means: read the state of the database, then go on. When it is told, all channels are listened to again, so
/// nothing falls between the two.
///
/// Only a primary has notifications. Where the configuration names several servers, say `target_session_attrs=read-write`
/// in it. Poolers that hand a session to another client after each transaction cannot listen.
///
/// # Example: a cache that is right again after every mishap
///
/// ```no_run
/// use hathi::{Config, Event, Listener};
///
/// # async fn forget(key: &str) {}
/// # async fn forget_all() {}
/// # async fn demo(config: &Config) -> Result<(), hathi::Error> {
/// let mut listener = Listener::connect(config).await?;
/// listener.listen("changed").await?;
/// while let Some(event) = listener.next().await {
///     match event? {
///         Event::Notification(told) => forget(&told.payload).await,
///         Event::Gap(gap) => {
///             eprintln!("{gap}");
///             forget_all().await;
///         }
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// ```
#[must_use = "a listener that is dropped closes its connection"]
pub struct Listener {
    shared: Arc<Shared>,
    requests: mpsc::Sender<Request>,
    task: JoinHandle<()>,
    // How long a change of the channels may take.
    limit: Duration,
}

impl Listener {
    /// Opens the connection.
    ///
    /// # Errors
    ///
    /// As [`Session::connect`](crate::Session::connect): what is wrong from the beginning is told at once.
    ///
    /// # Cancellation
    ///
    /// Dropping the future closes the connection that is being opened.
    pub async fn connect(config: &Config) -> Result<Self, Error> {
        Self::connect_with(config, ListenerOptions::new()).await
    }

    /// Opens the connection of a listener with options of its own.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    ///
    /// # Cancellation
    ///
    /// As [`connect`](Self::connect).
    pub async fn connect_with(config: &Config, options: ListenerOptions) -> Result<Self, Error> {
        let limit = options.limit_of_calls(config);
        let shared = Arc::new(Shared::new(&options));
        let (requests, asked) = mpsc::channel(REQUESTS);
        let task = Task::connect(config.clone(), options, Arc::clone(&shared), asked).await?;
        Ok(Self {
            shared,
            requests,
            task: tokio::spawn(task.run()),
            limit,
        })
    }

    /// Listens to a channel, from the server's answer on. If the connection is lost before it comes, it is awaited on
    /// the next one.
    ///
    /// # Errors
    ///
    /// If the name is empty or longer than 63 bytes; if the server is a standby; if no answer comes within
    /// [`Config::call_limit`], or 30 seconds if that is unlimited: then nobody knows whether the channel is listened to.
    ///
    /// # Cancellation
    ///
    /// A future that is dropped before its first poll does nothing. After that the channel may be listened to.
    pub async fn listen(&self, channel: impl AsChannel) -> Result<(), Error> {
        self.change(Verb::Listen, channel.name()).await
    }

    /// Listens to a channel no more. What has arrived before is still told.
    ///
    /// # Errors
    ///
    /// As [`listen`](Self::listen).
    ///
    /// # Cancellation
    ///
    /// As [`listen`](Self::listen).
    pub async fn unlisten(&self, channel: impl AsChannel) -> Result<(), Error> {
        self.change(Verb::Unlisten, channel.name()).await
    }

    /// The next event: waits for it as long as it takes. `None` behind an error.
    ///
    /// # Errors
    ///
    /// Only if the listener has given up, as [`ListenerOptions::give_up_after`] allows it to, or if its runtime has ended.
    ///
    /// # Cancellation
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|cx| self.shared.poll_next(cx)).await
    }

    /// The process of this listener on the server, as `pg_stat_activity` calls it; `None` while there is no connection.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.shared.process()
    }

    /// Ends the session in good order, and the listener with it. What has not been read is dropped.
    ///
    /// # Errors
    ///
    /// If the server does not end the session within five seconds; the connection is closed all the same.
    ///
    /// # Cancellation
    ///
    /// Dropping the future, or a listener that was not closed, closes the connection all the same.
    pub async fn close(mut self) -> Result<(), Error> {
        if self.process().is_none() {
            return Ok(());
        }
        let told = async {
            // Whoever does not hear it has ended.
            let _ = self.requests.send(Request::Close).await;
            poll_fn(|cx| Pin::new(&mut self.task).poll(cx)).await
        };
        match timeout(CLOSING, told).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::new(Kind::Timeout {
                limit: CLOSING,
                during: "closing the listener",
            })),
        }
    }

    async fn change(&self, verb: Verb, channel: &str) -> Result<(), Error> {
        let name = quoted(channel).map_err(|mistake| Error::new(Kind::Channel(mistake)))?;
        let asked = async {
            let (answer, answered) = oneshot::channel();
            let request = Request::Change { verb, name, answer };
            let over = || Error::new(Kind::Closed(None));
            self.requests.send(request).await.map_err(|_| over())?;
            answered.await.unwrap_or_else(|_| Err(over()))
        };
        match timeout(self.limit, asked).await {
            Ok(answered) => answered,
            Err(_) => Err(Error::new(Kind::Timeout {
                limit: self.limit,
                during: "waiting for the listener",
            })),
        }
    }
}

impl Stream for Listener {
    type Item = Result<Event, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.shared.poll_next(cx)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("process", &self.process())
            .finish_non_exhaustive()
    }
}
