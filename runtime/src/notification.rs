//! What whoever listens is told: notifications, and gaps where some may be missing.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::error::Error;

/// What somebody said on a channel.
///
/// `T` is the payload: a `String`, or what a [`Channel<T>`](crate::Channel) has read from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Notification<T = String> {
    /// The channel.
    pub channel: String,
    /// What was said; empty if nothing was.
    pub payload: T,
    /// The server process that said it, which may be the listener's own: see [`Session::process`](crate::Session::process).
    pub process_id: u32,
}

impl From<hathi_wire::Notification> for Notification {
    fn from(notification: hathi_wire::Notification) -> Self {
        Self {
            channel: notification.channel,
            payload: notification.payload,
            process_id: notification.process,
        }
    }
}

/// What whoever listens is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<T = String> {
    /// Somebody said something on a channel.
    Notification(Notification<T>),
    /// Some may be missing here, between what came before and what comes next.
    Gap(Gap),
}

impl<T> Event<T> {
    /// The notification, unless this is a gap.
    #[must_use]
    pub fn notification(self) -> Option<Notification<T>> {
        match self {
            Self::Notification(notification) => Some(notification),
            Self::Gap(_) => None,
        }
    }

    /// The gap, if this is one.
    #[must_use]
    pub fn gap(self) -> Option<Gap> {
        match self {
            Self::Notification(_) => None,
            Self::Gap(gap) => Some(gap),
        }
    }
}

/// Notifications may be missing: the connection was lost, or more came than were kept.
///
/// When it is told, all channels are listened to again. So whoever reads the state of the database now, and then goes
/// on with the next event, has missed nothing that matters.
#[derive(Debug, Clone)]
pub struct Gap {
    pub(crate) since: SystemTime,
    pub(crate) dropped: u64,
    pub(crate) cause: Option<Arc<Error>>,
}

impl Gap {
    /// Everything that was said before this moment, by the clock of this machine, has been told or is part of an
    /// earlier gap.
    #[must_use]
    pub fn since(&self) -> SystemTime {
        self.since
    }

    /// How many notifications arrived and were dropped, because they were not read and the queue was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Why the connection was lost, if it was: then nobody knows how many notifications are missing.
    #[must_use]
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_deref()
    }

    /// Both gaps as one, this one being the earlier.
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            since: self.since.min(later.since),
            dropped: self.dropped.saturating_add(later.dropped),
            cause: self.cause.or(later.cause),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cause, self.dropped) {
            (Some(cause), 0) => {
                write!(
                    f,
                    "notifications may be missing: the connection was lost: {cause}"
                )
            }
            (Some(cause), dropped) => write!(
                f,
                "notifications are missing: {dropped} were not read in time, and the connection was lost: {cause}"
            ),
            (None, dropped) => {
                write!(
                    f,
                    "notifications are missing: {dropped} were not read in time"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn two_gaps_are_one_that_begins_with_the_earlier_and_forgets_nothing() {
        let early = SystemTime::UNIX_EPOCH;
        let dropped = |since, dropped| Gap {
            since,
            dropped,
            cause: None,
        };
        let lost = Gap {
            since: early + Duration::from_secs(5),
            dropped: 0,
            cause: Some(Arc::new(Error::new(Kind::Closed(None)))),
        };
        let both = dropped(early, 3).and(lost);
        assert_eq!((both.since(), both.dropped()), (early, 3));
        assert!(both.cause().is_some_and(Error::is_closed));
        assert_eq!(
            both.to_string(),
            "notifications are missing: 3 were not read in time, and the connection was lost: the session is closed"
        );
        assert_eq!(
            dropped(early, 3).and(dropped(early, 4)).to_string(),
            "notifications are missing: 7 were not read in time"
        );
    }
}
