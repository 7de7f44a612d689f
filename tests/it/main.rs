//! The session against servers that play a script, and against real ones of every supported version.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, but not in the functions that several tests share"
)]

mod live;
mod scripted;
