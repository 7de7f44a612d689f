//! TLS set up as libpq's settings say: who is trusted, who we are, and what binds SCRAM to the transport.
//!
//! Two libraries can speak it, each behind a feature: `rustls`, and the platform's own (`native-tls`). No socket is
//! here: the blocking client of the macros and the async one of programs bring their own.
#![cfg(any(feature = "rustls", feature = "native-tls"))]

mod alpn;
#[cfg(test)]
mod authority;
#[cfg(feature = "rustls")]
mod binding;
mod error;
mod files;
#[cfg(feature = "native-tls")]
mod native;
#[cfg(feature = "rustls")]
mod roots;
mod settings;
#[cfg(feature = "rustls")]
mod setup;
#[cfg(feature = "rustls")]
mod verify;

pub use alpn::is_agreed;
#[cfg(feature = "rustls")]
pub use binding::end_point;
pub use error::Error;
#[cfg(feature = "native-tls")]
pub use native::NativeProtocol;
#[cfg(feature = "native-tls")]
pub use native_tls;
#[cfg(feature = "rustls")]
pub use rustls;
pub use settings::Settings;
#[cfg(feature = "rustls")]
pub use setup::Protocol;
