//! Single statements of many tasks on few connections, each statement in a segment of its own.
//!
//! ```text
//! task ── arguments ──> job ──> inbox of a carrier ──> one write for many ──> server
//! task <── its rows ─── job <── carrier <── one read for many <────────────────┘
//! ```

mod carrier;
mod fitness;
mod flying;
mod job;
mod seat;
mod single;

pub(super) use self::carrier::Carrier;
pub(super) use self::job::Job;
pub(super) use self::seat::{Fleet, Given};
pub(crate) use self::single::Single;
