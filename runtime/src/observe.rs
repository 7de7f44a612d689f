//! What is told of the work of a session while it is done: spans and events by OpenTelemetry's conventions.
//!
//! A call asks once whether anybody listens. If nobody does, it holds an empty [`Watch`] and never asks again.

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "observe/unmeasured.rs"]
mod metrics;
#[cfg(feature = "tracing")]
mod place;
#[cfg(feature = "tracing")]
mod slow;
#[cfg(feature = "tracing")]
mod span;
#[cfg(not(feature = "tracing"))]
#[path = "observe/absent.rs"]
mod watch;
#[cfg(feature = "tracing")]
mod watch;

pub(crate) use self::metrics::{Moment, PoolMeter, StatementMeter};
#[cfg(feature = "tracing")]
pub(crate) use self::slow::SlowCall;
pub(crate) use self::watch::{Around, Observed, Watch, is_wanted, watched};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Connect,
    Acquire,
    Prepare,
    Query,
    Stream,
    Command,
    Script,
    Pipeline,
    CopyIn,
    CopyOut,
    Transaction,
    Savepoint,
}

/// What it is done with.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "nobody is told of it")
)]
pub(crate) enum Subject<'a> {
    /// A statement, and its summary if that is known.
    Statement(&'a str, Option<&'static str>),
    /// Any text, whose literals may be anything.
    Script(&'a str),
    /// Statements that are sent together.
    Batch(&'a [Self]),
    /// Something that has no text.
    Named(&'a str),
}
