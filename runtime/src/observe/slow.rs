//! Statements that take long: when they began, and the event that tells of them.

use std::time::{Duration, Instant};

use hathi_sql_text::summary_parts;
use tracing::{Level, Span};

use super::span::About;

/// A call that may turn out to be slow.
#[derive(Debug)]
pub(super) struct Stopwatch {
    limit: Duration,
    // Until the first poll nothing has begun.
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    since: Instant,
    summary: Box<str>,
    text: Option<Box<str>>,
}

/// A call that was slow.
#[derive(Debug)]
pub(crate) struct SlowCall {
    took: Duration,
    summary: Box<str>,
    text: Option<Box<str>>,
    rows: u64,
}

impl Stopwatch {
    /// Looks at the clock if anybody wants to hear of slow calls.
    pub(super) fn new(limit: Option<Duration>) -> Option<Self> {
        let is_heard = tracing::event_enabled!(target: "hathi::slow", Level::WARN);
        let limit = limit.filter(|_| is_heard)?;
        Some(Self { limit, begun: None })
    }

    pub(super) fn begin(&mut self, about: &About<'_>) {
        self.begun = Some(Begun {
            since: Instant::now(),
            summary: about.name().into(),
            text: about.text().map(Into::into),
        });
    }

    /// The call has ended: it may have been slow.
    pub(super) fn end(self, rows: u64) -> Option<SlowCall> {
        let begun = self.begun?;
        let took = begun.since.elapsed();
        (took >= self.limit).then_some(SlowCall {
            took,
            summary: begun.summary,
            text: begun.text,
            rows,
        })
    }
}

impl SlowCall {
    /// Whether EXPLAIN knows what to do with it.
    pub(crate) fn has_plan(&self) -> bool {
        let operations = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"];
        operations.contains(&summary_parts(&self.summary).0)
    }

    pub(super) fn tell(&self, span: &Span, plan: Option<&str>) {
        tracing::event!(
            target: "hathi::slow",
            parent: span.id(),
            Level::WARN,
            "db.query.summary" = &*self.summary,
            "db.query.text" = self.text.as_deref(),
            "duration" = self.took.as_secs_f64(),
            "rows" = self.rows,
            "plan" = plan,
            "slow statement"
        );
    }
}
