//! TLS by rustls, set up as libpq's settings say: who is trusted, who we are, and what binds SCRAM to the transport.
//!
//! No socket is here: the blocking client of the macros and the async one of programs bring their own.

mod binding;
mod error;
mod files;
mod setup;
mod verify;

pub use binding::end_point;
pub use error::Error;
pub use rustls;
pub use setup::{Protocol, Settings};
