//! How a transaction begins, and whether it is tried again.

use std::time::Duration;

/// How much of other transactions a transaction sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isolation {
    /// What was committed when each statement began: PostgreSQL's default.
    ReadCommitted,
    /// What was committed when the first statement began.
    RepeatableRead,
    /// As if one transaction ran after the other; those that cannot fail and are to be tried again.
    Serializable,
}

/// How a transaction begins. What is left out is as the session's settings say.
///
/// # Example: a report that neither waits nor fails
///
/// ```
/// use hathi::{Isolation, TransactionOptions};
///
/// let report = TransactionOptions::new().isolation(Isolation::Serializable).read_only().deferrable();
/// assert_eq!(report.to_string(), "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TransactionOptions {
    isolation: Option<Isolation>,
    read_only: Option<bool>,
    deferrable: Option<bool>,
    pub(super) retry: Option<Retry>,
}

impl TransactionOptions {
    /// Everything as the session's settings say, and no retry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How much of other transactions it sees.
    #[must_use]
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = Some(isolation);
        self
    }

    /// It writes nothing.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = Some(true);
        self
    }

    /// It may write, whatever `default_transaction_read_only` says.
    #[must_use]
    pub fn read_write(mut self) -> Self {
        self.read_only = Some(false);
        self
    }

    /// A serializable transaction that only reads waits for a moment in which it can neither fail nor make others fail.
    #[must_use]
    pub fn deferrable(mut self) -> Self {
        self.deferrable = Some(true);
        self
    }

    /// It is tried again after a serialization failure or a deadlock.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }
}

/// The statement that begins the transaction.
impl std::fmt::Display for TransactionOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BEGIN")?;
        match self.isolation {
            None => {}
            Some(Isolation::ReadCommitted) => f.write_str(" ISOLATION LEVEL READ COMMITTED")?,
            Some(Isolation::RepeatableRead) => f.write_str(" ISOLATION LEVEL REPEATABLE READ")?,
            Some(Isolation::Serializable) => f.write_str(" ISOLATION LEVEL SERIALIZABLE")?,
        }
        match self.read_only {
            None => {}
            Some(true) => f.write_str(" READ ONLY")?,
            Some(false) => f.write_str(" READ WRITE")?,
        }
        match self.deferrable {
            Some(true) => f.write_str(" DEFERRABLE"),
            _ => Ok(()),
        }
    }
}

/// How often a transaction is tried, and how long it rests in between.
///
/// Only what the server ended with 40001 (serialization failure) or 40P01 (deadlock) is tried again: then nothing of it
/// was kept. A COMMIT whose outcome is unknown never is.
///
/// # Example: five attempts
///
/// ```
/// use std::time::Duration;
/// use hathi::{Retry, TransactionOptions};
///
/// let retry = Retry::attempts(5).pause(Duration::from_millis(2), Duration::from_millis(100));
/// let options = TransactionOptions::new().retry(retry);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    first: Duration,
    longest: Duration,
}

impl Retry {
    /// At most so many attempts in all, at least one; pauses of up to 5 ms first and 500 ms in the end.
    #[must_use]
    pub fn attempts(attempts: u32) -> Self {
        Self {
            attempts: attempts.max(1),
            first: Duration::from_millis(5),
            longest: Duration::from_millis(500),
        }
    }

    /// The longest pause before the second attempt, and the longest of all. Pauses double, and each is drawn at random
    /// between nothing and its length, so that those who met do not meet again.
    #[must_use]
    pub fn pause(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest;
        self
    }

    /// How long to rest after so many failed attempts; `None` if that was the last one. `chance` is between 0 and 1.
    pub(super) fn rest(&self, failed: u32, chance: f64) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        let doubled = self
            .first
            .saturating_mul(1 << failed.saturating_sub(1).min(20));
        Some(doubled.min(self.longest).mul_f64(chance.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_its_words_in_the_order_of_the_grammar() {
        let options = TransactionOptions::new();
        for (options, sql) in [
            (options, "BEGIN"),
            (
                options.isolation(Isolation::ReadCommitted).read_write(),
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            ),
            (
                options.isolation(Isolation::RepeatableRead).read_only(),
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
            (options.deferrable(), "BEGIN DEFERRABLE"),
        ] {
            assert_eq!(options.to_string(), sql);
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_attempts() {
        let retry = Retry::attempts(5).pause(Duration::from_millis(10), Duration::from_millis(35));
        let rests: Vec<_> = (1..=5).map(|failed| retry.rest(failed, 1.0)).collect();
        let ms = |count| Some(Duration::from_millis(count));
        assert_eq!(rests, [ms(10), ms(20), ms(35), ms(35), None]);
        assert_eq!(retry.rest(1, 0.0), Some(Duration::ZERO));
        assert_eq!(Retry::attempts(0).rest(1, 1.0), None);
    }
}
