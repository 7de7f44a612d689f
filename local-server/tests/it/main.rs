//! Real servers of all majors, in both lives. The first run on a machine fetches what it lacks.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, but not in the functions that several tests share"
)]

mod login;
mod owned;
mod progress;
mod shared;
mod standby;
mod surroundings;
