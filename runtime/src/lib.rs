//! SQL checked against PostgreSQL while Rust compiles, and run on a driver of its own.
//!
//! A statement is a value: [`Query`] or [`Command`], typed by the SQL types of its parameters, the Rust row and how
//! many rows there can be. The macros make such values from SQL that the server has checked; a [`Session`] runs them.

#[doc(hidden)]
pub mod __private;
mod cardinality;
mod channel;
mod client;
mod codec;
mod config;
mod copy;
mod dependencies;
mod error;
mod fragment;
mod listener;
#[cfg(feature = "macros")]
mod macros;
mod notification;
mod observe;
mod pipeline;
mod pool;
mod prepared;
mod query;
mod row;
mod script_result;
mod session;
mod source;
pub mod sql;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[path = "tls/absent.rs"]
mod tls;
mod transaction;
pub mod types;
mod types_in_words;

pub use cardinality::{AtLeastOne, Cardinality, Many, One, Optional};
pub use channel::{AsChannel, Channel, Payload, PayloadError};
pub use client::Client;
pub use codec::{
    ArgumentError, Arguments, Bind, ColumnError, DataRow, Decode, DecodeError, DecodeNullable,
    Encode, EncodeError, FromValue,
};
pub use config::{Config, WireTrace};
pub use copy::{
    CopyFormat, CopyIn, CopyInBytes, CopyInCommand, CopyOptions, CopyOut, CopyOutBytes,
    CopyOutCommand, CopyProgress, CopyRows, CopyWriter,
};
pub use dependencies::{Dependencies, RelationLock, RelationUse, StatementKind};
pub use error::Error;
pub use fragment::{Fragment, FragmentCommand, FragmentQuery, Identifier, Nest};
pub use hathi_wire::sqlstate::SqlState;
pub use hathi_wire::{
    AuthMethod, AuthMethods, ChannelBinding, LoadBalanceHosts, ProtocolVersion, SslMode,
    SslNegotiation, TargetSessionAttrs, scram_verifier,
};
pub use hathi_wire::{ServerError, Severity, StatementCounters};
pub use listener::{Listener, ListenerOptions, Overflow, Subscription};
pub use notification::{Event, Gap, Notification};
pub use pipeline::{Pipeline, Pipelined};
pub use pool::{Health, Hooked, Pool, PoolOptions, PoolStatus, Pooled, Reset};
pub use prepared::{PreparedCommand, PreparedQuery};
pub use query::{Bound, BoundCommand, Command, Executable, Query, Statement};
pub use row::{ColumnIndex, ResultColumn, Row};
pub use script_result::{ScriptResult, TextRow};
pub use session::{
    Affected, CancelToken, Fetch, Notifications, Preparation, Rows, Script, ScriptQuery, Session,
};
pub use source::Origin;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub use tls::TlsBackend;
pub use transaction::{Isolation, Retry, Transaction, TransactionOptions};
