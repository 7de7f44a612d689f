//! What the analysis claims, on real servers of every supported version.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in the functions around it too"
)]

mod attacked;
mod attacks;
mod cardinality;
mod conversation;
mod copies;
mod corpus;
mod dependencies;
mod descriptions;
mod fingerprint;
mod golden;
mod grouping;
mod joins;
mod lints;
mod lints_are_quiet;
mod login;
mod nested;
mod other_servers;
mod parameters;
mod proofs;
mod protocol_only;
mod random;
mod returning;
mod support;
mod surface;
mod tables;
#[cfg(feature = "rustls")]
mod tls;
