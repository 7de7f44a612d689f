//! The PostgreSQL protocol without IO: framing, messages, connection state, exchanges.
//!
//! Nothing here owns a socket or knows the time. A loop elsewhere moves bytes between a transport and
//! [`Connection`] (what is to be sent, what is owed, what is known) and [`Input`] (what was read); an [`Exchange`] is
//! one conversation on top of both.

mod backend;
mod batch;
mod close;
mod connection;
mod copy_buffer;
mod copy_in;
mod copy_out;
mod dsn;
mod exchange;
mod execute;
mod frontend;
mod input;
mod keep;
mod prepare;
mod reader;
mod reads;
mod server_error;
mod simple;
pub mod sqlstate;
mod ssl;
#[cfg(feature = "auth")]
mod startup;
mod statements;
mod tag;
mod trace;
pub mod types;

pub use backend::{
    Authentication, Backend, Field, ParameterDescription, RowDescription, TransactionStatus,
};
pub use batch::{Batch, BatchFailure};
pub use close::Close;
pub use connection::{Aside, Connection, Notification, RiderId, SegmentId};
pub use copy_buffer::CopyBuffer;
pub use copy_in::CopyIn;
pub use copy_out::CopyOut;
pub use dsn::{
    AuthMethod, AuthMethods, ChannelBinding, Dsn, DsnError, Host, Keepalives, LoadBalanceHosts,
    ProtocolVersion, Secret, SslMode, SslNegotiation, TargetSessionAttrs, UnusablePassfile,
    password_in,
};
pub use exchange::{EncodeError, Exchange, ProtocolError, Step};
pub use execute::{Arguments, Execute, Failure, Statement};
pub use frontend::cancel_request;
pub use input::{Frame, FrameError, Input, MESSAGE_LIMIT};
pub use keep::Keep;
pub use prepare::{Prepare, Prepared, PreparedColumn};
pub use reader::Malformed;
pub use server_error::{ServerError, Severity};
pub use simple::{Simple, SimpleResult};
pub use ssl::{Encryption, SSL_REQUEST, accepts_tls};
#[cfg(feature = "auth")]
pub use startup::{
    Credentials, ITERATION_LIMIT, ScramFailure, Startup, StartupFailure, scram_verifier,
};
pub use statements::{Column, Described, Drift, Identity, StatementCounters, Statements};
pub use tag::Completed;
pub use trace::{Told, Trace};
