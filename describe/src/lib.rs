//! Asks a PostgreSQL server about a statement and understands the answer.
//!
//! The server is made to print the statement as it has analysed it; what can be NULL is proven from that and from the
//! catalog. Nothing of the user's is ever executed.

mod client;
mod encryption;
mod error;
mod surroundings;
mod transport;

mod fingerprint;
mod live;
mod user_types;

mod analyzed;
mod tree;

mod builtins;

mod catalog;
mod row;

mod analysis;
mod cardinality;
mod doubt;

mod lints;
mod parameters;

mod dependencies;
mod settings;
mod sort;
mod words;

mod copy;
mod description;
mod name;
mod refusal;
mod utility;

#[cfg(feature = "execute")]
mod execute;

#[cfg(feature = "switches")]
mod dump;
#[cfg(test)]
mod golden;
#[cfg(feature = "switches")]
mod record;

pub use analysis::Rule;
pub use client::Limits;
#[cfg(feature = "switches")]
pub use dump::proven;
pub use error::Error;
#[cfg(feature = "execute")]
pub use execute::{Refusal, Rows};
pub use live::{Database, shared};
#[cfg(feature = "switches")]
pub use record::Record;

/// Where a database is: for those who may not know `hathi-wire`.
pub use hathi_wire::Dsn;

#[cfg(feature = "execute")]
pub use hathi_wire::{ServerError, TransactionStatus};
