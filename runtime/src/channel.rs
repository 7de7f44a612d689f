//! Channels of notifications: their names, and what is said on them.

mod name;
mod payload;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub use self::payload::{Payload, PayloadError};

pub(crate) use self::name::{Mistake, quoted};
pub(crate) use self::payload::{Sent, Unreadable};

use crate::error::{Error, Kind};
use crate::notification::Notification;

/// A channel, and the type of what is said on it.
///
/// `T` is how a payload is written and read: `str`, numbers, `()` for a channel that says no more than that something
/// has happened, [`Json`](crate::types::Json) with the feature `json`, or a type of yours with [`Payload`]. A channel can be a
/// constant. Where a payload of any kind will do, a name alone is a channel too.
///
/// Names mean exactly what is written: `Jobs` is not `jobs`, and somebody who says `NOTIFY Jobs` without quotes says it
/// on `jobs`.
///
/// # Example: a channel of numbers
///
/// ```no_run
/// use hathi::{Channel, Pool, Session};
///
/// const JOBS: Channel<i64> = Channel::new("jobs");
///
/// # async fn demo(pool: &Pool, session: &mut Session) -> Result<(), hathi::Error> {
/// session.listen(&JOBS).await?;
/// pool.notify(&JOBS, &42).await?;
/// let told = session.next_notification().await?.notification();
/// if let Some(job) = told.as_ref().and_then(|told| JOBS.read(told)) {
///     assert_eq!(job?, 42);
/// }
/// # Ok(()) }
/// ```
pub struct Channel<T: ?Sized> {
    name: Cow<'static, str>,
    marker: PhantomData<fn(&T)>,
}

impl<T: ?Sized> Channel<T> {
    /// A channel with a name that is known.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            marker: PhantomData,
        }
    }

    /// A channel with a name that is found out while the program runs.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Cow::Owned(name.into()),
            marker: PhantomData,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<T: Payload + ?Sized> Channel<T> {
    /// What a notification says, if it is one of this channel.
    ///
    /// The inner result is an error if the payload is not what this channel is for: everybody who may connect may say
    /// anything on any channel.
    #[must_use]
    pub fn read(&self, notification: &Notification) -> Option<Result<T::Owned, Error>> {
        (notification.channel == self.name()).then(|| self.payload(&notification.payload))
    }

    pub(crate) fn payload(&self, text: &str) -> Result<T::Owned, Error> {
        T::read(text).map_err(|cause| {
            let channel = self.name().into();
            Error::new(Kind::Payload(Unreadable { channel, cause }))
        })
    }
}

impl<T: ?Sized> Clone for Channel<T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            marker: PhantomData,
        }
    }
}

impl<T: ?Sized> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Channel").field(&self.name).finish()
    }
}

/// What names a channel: a [`Channel`], or its name.
pub trait AsChannel {
    /// What is said on it.
    type Payload: Payload + ?Sized;

    /// Its name.
    fn name(&self) -> &str;
}

impl<T: Payload + ?Sized> AsChannel for Channel<T> {
    type Payload = T;

    fn name(&self) -> &str {
        &self.name
    }
}

impl AsChannel for str {
    type Payload = Self;

    fn name(&self) -> &str {
        self
    }
}

impl AsChannel for String {
    type Payload = str;

    fn name(&self) -> &str {
        self
    }
}

impl<C: AsChannel + ?Sized> AsChannel for &C {
    type Payload = C::Payload;

    fn name(&self) -> &str {
        C::name(self)
    }
}
