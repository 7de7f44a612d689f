//! Which statements are slow, and whether their plans are wanted.

use std::time::Duration;

use super::Config;

/// What is told of statements that take long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Slow {
    /// How long is long.
    pub(crate) limit: Option<Duration>,
    /// Whether the server is asked for the plan.
    pub(crate) with_plan: bool,
}

impl Config {
    /// Tells of every call that takes this long or longer: an event of the level WARN and the target `hathi::slow`, with
    /// the summary and the text of the statement, how long it took in seconds, and its rows.
    ///
    /// Streams are left out: their time is that of their readers, too.
    ///
    /// # Example: what takes longer than a fifth of a second
    ///
    /// ```
    /// use std::time::Duration;
    /// use hathi::Config;
    ///
    /// let config = Config::new().slow_statement(Duration::from_millis(200)).explain_slow_statements(true);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn slow_statement(mut self, limit: Duration) -> Self {
        self.slow.limit = Some(limit);
        self
    }

    /// Whether the event of a slow statement has its plan: the session asks the server with EXPLAIN when the statement
    /// has ended, before its caller goes on.
    ///
    /// It is the generic plan (PostgreSQL 16 or later) or the plan of a statement without parameters; nothing is run
    /// again, no value is sent, and nothing is asked within a transaction, where a mistake of EXPLAIN would end it. The
    /// server has half a second for it. Statements given to a pool are told of without their plans.
    #[must_use]
    pub fn explain_slow_statements(mut self, explain: bool) -> Self {
        self.slow.with_plan = explain;
        self
    }

    pub(crate) fn slow(&self) -> Slow {
        self.slow
    }
}
