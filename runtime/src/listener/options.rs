//! How a listener behaves: how much it keeps, how it notices a dead connection, how it connects again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::error::Error;
use crate::pool::about;
use crate::session::LONGEST;

/// How long a change of the channels may take if the configuration knows no limit.
const LIMIT: Duration = Duration::from_secs(30);

/// How much longer or shorter than was asked a wait may be, in percent.
const JITTER: u32 = 50;

type OnTrouble = Arc<dyn Fn(&Error) + Send + Sync>;

/// What happens when more arrives than is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The oldest notification makes room, and a [`Gap`](crate::Gap) tells how many did. The default: a reader that is slow or
    /// stuck harms only itself.
    #[default]
    DropOldest,
    /// Nothing more is read from the connection, and the server keeps what is to be told. Nothing is lost; but its queue
    /// of 8 GB is one for all databases, and when it is full every transaction that notifies fails. Watch
    /// `pg_notification_queue_usage()`. A dead connection is not noticed meanwhile.
    Wait,
}

/// How a [`Listener`](crate::Listener) behaves.
///
/// # Example: a listener that asks often whether the server lives, and speaks up
///
/// ```
/// use std::time::Duration;
/// use hathi::ListenerOptions;
///
/// let options = ListenerOptions::new()
///     .check(Duration::from_secs(10), Duration::from_secs(2))
///     .on_trouble(|error| eprintln!("not listening: {error}"));
/// # let _ = options;
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a listener is made of them"]
pub struct ListenerOptions {
    pub(super) queue: usize,
    pub(super) overflow: Overflow,
    pub(super) check_every: Duration,
    pub(super) check_limit: Duration,
    pub(super) backoff: (Duration, Duration),
    pub(super) give_up_after: Option<Duration>,
    on_trouble: Option<OnTrouble>,
}

impl ListenerOptions {
    /// 8192 notifications are kept and the oldest make room; a silent connection is asked for a sign of life after 60
    /// seconds, and has 10 to give it; connecting again is tried without end.
    pub fn new() -> Self {
        Self {
            queue: 8192,
            overflow: Overflow::default(),
            check_every: Duration::from_secs(60),
            check_limit: Duration::from_secs(10),
            backoff: (Duration::from_millis(100), Duration::from_secs(10)),
            give_up_after: None,
            on_trouble: None,
        }
    }

    /// How many notifications are kept until they are read: 8192 unless told otherwise, and at least one. Each may have
    /// 8000 bytes.
    pub fn queue(mut self, notifications: usize) -> Self {
        self.queue = notifications.max(1);
        self
    }

    /// What happens when more arrives than is read.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// After how much silence the server is asked for a sign of life, and how long it may take to give one: 60 and 10
    /// seconds unless told otherwise. A connection that leads nowhere is found out after both.
    pub fn check(mut self, every: Duration, limit: Duration) -> Self {
        self.check_every = every.min(LONGEST);
        self.check_limit = limit.min(LONGEST);
        self
    }

    /// How long to wait before connecting again: `first`, then twice as long each time up to `longest`, each made longer
    /// or shorter by up to a half by chance. 100 milliseconds and 10 seconds unless told otherwise.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = (first.min(LONGEST), longest.min(LONGEST));
        self
    }

    /// For how long connecting again is tried: without end unless told otherwise. Then the stream yields the last error
    /// and ends.
    pub fn give_up_after(mut self, limit: Option<Duration>) -> Self {
        self.give_up_after = limit;
        self
    }

    /// Calls a function when the connection is lost, and each time it could not be opened again. It should be quick.
    pub fn on_trouble(mut self, tell: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.on_trouble = Some(Arc::new(tell));
        self
    }

    pub(super) fn tell(&self, trouble: &Error) {
        if let Some(tell) = &self.on_trouble {
            tell(trouble);
        }
    }

    pub(super) fn limit_of_calls(&self, config: &Config) -> Duration {
        config.limit_of_calls().unwrap_or(LIMIT)
    }

    /// How long to wait after so many failures in a row.
    pub(super) fn wait(&self, failures: u32) -> Duration {
        let (first, longest) = self.backoff;
        let wait = first.saturating_mul(2_u32.saturating_pow(failures));
        about(wait.min(longest), JITTER)
    }
}

impl Default for ListenerOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ListenerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListenerOptions")
            .field("queue", &self.queue)
            .field("overflow", &self.overflow)
            .field("check_every", &self.check_every)
            .field("check_limit", &self.check_limit)
            .field("backoff", &self.backoff)
            .field("give_up_after", &self.give_up_after)
            .field("on_trouble", &self.on_trouble.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest_and_differ_by_a_half_at_most() {
        let second = Duration::from_secs(1);
        let options = ListenerOptions::new().backoff(second, 10 * second);
        for (failures, expected) in [(0, 1), (1, 2), (3, 8), (4, 10), (u32::MAX, 10)] {
            let wait = options.wait(failures);
            let expected = expected * second;
            assert!(wait >= expected / 2 && wait <= expected * 3 / 2, "{wait:?}");
        }
    }
}
