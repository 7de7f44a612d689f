//! Futures dropped at every poll and at every partial write: the session stays in step, and what was not handed over
//! never runs.

mod answer;
mod futures;
mod write;
