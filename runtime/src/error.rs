//! The one error of this crate: what went wrong, in which statement, and where that statement stands.

mod conditions;
mod drift;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hathi_sql_text::{caret_block, character_offset};
use hathi_wire::sqlstate::SqlState;
use hathi_wire::{
    Described, Drift, DsnError, EncodeError, Failure, ProtocolError, ServerError, StartupFailure,
    TargetSessionAttrs, UnusablePassfile,
};

use crate::cardinality::RowCount;
use crate::channel;
use crate::codec::{ArgumentError, ColumnError, DecodeError};
use crate::copy::CopyFailure;
use crate::fragment::Mistake;
use crate::pool::PoolFailure;
use crate::row::NoSuchColumn;
use crate::source::{Origin, Source};

mod attempts;

pub(crate) use self::attempts::Attempts;
use self::drift::write_drift;

/// What went wrong.
///
/// Ask it: [`server`](Self::server), [`sql_state`](Self::sql_state), [`is_closed`](Self::is_closed),
/// [`is_timeout`](Self::is_timeout), … Its text shows the statement with a caret, the server's words and the place of
/// the macro call. It never holds a password or the value of a parameter that was sent.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    sql: Option<Box<str>>,
    columns: Vec<Box<str>>,
    origin: Option<Origin>,
    // Whether somebody wrote the statement's columns down, instead of a server.
    unchecked: bool,
    // Which statement of a pipeline.
    member: Option<usize>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Server(Box<ServerError>),
    Config(DsnError),
    Connect(Attempts),
    // Who asks for the password may say what they like, but not the password.
    Password(Box<dyn std::error::Error + Send + Sync>),
    Passfile(UnusablePassfile),
    Target {
        wanted: TargetSessionAttrs,
        found: &'static str,
    },
    // Connecting to the address itself failed: no other way of encryption can do.
    Unreached(std::io::Error),
    NoTls,
    TlsNotOffered,
    // The server did not agree to speak PostgreSQL when TLS began without a question.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    TlsNotAgreed,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    Tls(Box<dyn std::error::Error + Send + Sync>),
    Cancel(Arc<Self>),
    NoCancelKey,
    Startup(StartupFailure),
    Io(std::io::Error),
    // The server's last words, if it had any.
    Closed(Option<Box<ServerError>>),
    Protocol(ProtocolError),
    Encode(EncodeError),
    Argument(ArgumentError),
    Column(ColumnError),
    Row(DecodeError),
    NoSuchColumn(NoSuchColumn),
    Fragment(Arc<Mistake>),
    // A channel that cannot be listened to.
    Channel(channel::Mistake),
    // What somebody said is not what its channel is for.
    Payload(channel::Unreadable),
    Drift(Box<Drift>),
    RowCount(RowCount),
    CommitRolledBack,
    // COMMIT was sent, and its answer has not come.
    OutcomeUnknown(Box<Self>),
    TransactionOver,
    // A statement in the transaction was not what had been checked.
    Spoiled,
    ChainedSavepoint,
    // It was checked to be refused by every server, so that nothing is sent.
    InTransaction,
    Copy(CopyFailure),
    Timeout {
        limit: Duration,
        during: &'static str,
    },
    Pool(PoolFailure),
    // What went wrong for several callers at once.
    Common(Arc<Error>),
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            sql: None,
            columns: Vec::new(),
            origin: None,
            unchecked: false,
            member: None,
        }))
    }

    /// Says in which statement it happened.
    #[cold]
    pub(crate) fn within(mut self, source: &Source) -> Self {
        let columns = source.columns().unwrap_or_default();
        self.0.sql = Some(source.sql().into());
        self.0.columns = columns.iter().map(|column| column.name.into()).collect();
        self.0.origin = source.origin();
        self.0.unchecked = !source.is_checked();
        self
    }

    /// Says what the columns are called.
    #[cold]
    pub(crate) fn with_columns(mut self, columns: &[Described]) -> Self {
        self.0.columns = columns.iter().map(|column| column.name.clone()).collect();
        self
    }

    /// Says in which text it happened.
    #[cold]
    pub(crate) fn within_text(mut self, sql: &str) -> Self {
        self.0.sql = Some(sql.into());
        self
    }

    pub(crate) fn into_kind(self) -> Kind {
        self.0.kind
    }

    /// A row that is not as long as the statement has columns.
    #[cold]
    pub(crate) fn row(cause: DecodeError) -> Self {
        Self::new(Kind::Row(cause))
    }

    /// The server's error with every field it was sent with, if the server refused something.
    #[must_use]
    pub fn server(&self) -> Option<&ServerError> {
        self.0.kind.server()
    }

    /// The SQLSTATE, if the server refused something.
    #[must_use]
    pub fn sql_state(&self) -> Option<SqlState> {
        self.server().map(|error| error.code)
    }

    /// The text of the statement, if there was one.
    #[must_use]
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// Where in the source the statement stands, if a macro wrote it.
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin
    }

    /// Whether the session is over: it has to be opened again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.kind.is_closed()
    }

    /// Whether a time limit has passed.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind.is_timeout()
    }

    /// Whether the connection could not be encrypted as the settings ask: the server does not offer TLS, or one of the
    /// two certificates was not accepted, or a file cannot be used.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.0.kind.is_tls()
    }

    /// Whether nobody got a connection of the pool in time, or the pool could not be closed in time.
    #[must_use]
    pub fn is_pool_timeout(&self) -> bool {
        matches!(&self.0.kind, Kind::Pool(failure) if failure.is_timeout())
    }

    /// Whether a connection was refused for a reason that waiting does not mend: the role, the password, the database.
    pub(crate) fn is_refusal(&self) -> bool {
        let is_named = |error: &ServerError| {
            ["28", "3D", "42"]
                .iter()
                .any(|class| error.code.code().starts_with(class))
        };
        match self.server() {
            Some(error) => is_named(error),
            None => self.0.kind.is_setting(),
        }
    }

    /// Whether the number of rows was not what the verb or the statement promised.
    #[must_use]
    pub fn is_row_count(&self) -> bool {
        matches!(self.0.kind, Kind::RowCount(_))
    }

    /// Whether the statement's columns are not what they were when it was compiled.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        matches!(self.0.kind, Kind::Drift(_))
    }

    /// Whether a COMMIT was answered by ROLLBACK: nothing of the transaction has been kept.
    #[must_use]
    pub fn is_commit_rolled_back(&self) -> bool {
        matches!(self.0.kind, Kind::CommitRolledBack | Kind::Spoiled)
    }
}

impl Kind {
    fn is_tls(&self) -> bool {
        match self {
            Self::NoTls | Self::TlsNotOffered => true,
            Self::Connect(attempts) => attempts.is_tls(),
            Self::Cancel(cause) => cause.is_tls(),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            Self::TlsNotAgreed | Self::Tls(_) => true,
            _ => false,
        }
    }

    fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error)
            | Self::Closed(Some(error))
            | Self::Startup(StartupFailure::Server(error)) => Some(error),
            Self::Connect(attempts) => attempts.server(),
            Self::OutcomeUnknown(cause) => cause.server(),
            Self::Common(error) => error.server(),
            _ => None,
        }
    }

    fn is_closed(&self) -> bool {
        match self {
            Self::Io(_) | Self::Closed(_) | Self::Protocol(_) => true,
            Self::Server(error) => error.is_fatal(),
            Self::OutcomeUnknown(cause) => cause.is_closed(),
            Self::Pool(failure) => failure.is_closed(),
            Self::Common(error) => error.is_closed(),
            _ => false,
        }
    }

    /// Whether it is the configuration that cannot work.
    fn is_setting(&self) -> bool {
        match self {
            Self::Config(_) | Self::Startup(_) => true,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            Self::Tls(_) => true,
            Self::Connect(attempts) => attempts.all(Self::is_setting),
            _ => false,
        }
    }

    fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Connect(attempts) => attempts.is_timeout(),
            Self::OutcomeUnknown(cause) => cause.is_timeout(),
            Self::Cancel(cause) => cause.is_timeout(),
            Self::Pool(failure) => failure.is_timeout(),
            Self::Common(error) => error.is_timeout(),
            _ => false,
        }
    }
}

impl fmt::Debug for Error {
    // What `fn main() -> Result<(), hathi::Error>` prints should be read, not deciphered.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.head(f)?;
        self.0.statement(f)?;
        if let Some(server) = self.server() {
            for (word, text) in [
                ("detail", &server.detail),
                ("hint", &server.hint),
                ("context", &server.context),
            ] {
                if let Some(text) = text {
                    write!(f, "\n  {word}: {}", text.replace('\n', "\n    "))?;
                }
            }
        }
        match self.0.origin {
            Some(origin) => write!(f, "\n  --> {origin}"),
            None => Ok(()),
        }
    }
}

impl Inner {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Column(error) => {
                let name = self.columns.get(usize::from(error.column()));
                match name {
                    Some(name) if !name.is_empty() => write!(f, "\"{name}\": {error}"),
                    _ => fmt::Display::fmt(error, f),
                }
            }
            Kind::Drift(drift) => write_drift(drift, self.unchecked, f),
            kind => fmt::Display::fmt(kind, f),
        }
    }

    /// The statement, with a caret where the server found fault.
    fn statement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(sql) = &self.sql else { return Ok(()) };
        let position = self.kind.server().and_then(|error| error.position);
        let Some(position) = position.and_then(|position| usize::try_from(position).ok()) else {
            return sql.lines().try_for_each(|line| write!(f, "\n  {line}"));
        };
        let start = character_offset(sql, position);
        let length = hathi_sql_text::lex(&sql[start..])
            .next()
            .map_or(0, |token| token.end - token.start);
        let block = caret_block(sql, start..start + length);
        block.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
            Self::Connect(attempts) => attempts.fmt(f),
            Self::Password(error) => write!(f, "the password could not be asked for: {error}"),
            Self::Passfile(unusable) => write!(f, "the server asks for a password, and {unusable}"),
            Self::Target { wanted, found } => {
                write!(f, "the server {found}, and target_session_attrs asks for {wanted}")
            }
            Self::NoTls => f.write_str("sslmode asks for TLS, which this build does not speak: switch the feature \"rustls\" or \"native-tls\" on"),
            Self::TlsNotOffered => f.write_str("sslmode asks for TLS, which the server does not offer: switch ssl on there, or use sslmode=prefer on a network you trust"),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            Self::TlsNotAgreed => f.write_str("sslnegotiation=direct expected the server to agree to speak postgresql, and it did not: use sslnegotiation=postgres before PostgreSQL 17, or this may be another service"),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            Self::Tls(cause) => write!(f, "no TLS with the server: {cause}"),
            Self::Cancel(cause) => write!(f, "the cancel request was not heard: {cause}"),
            Self::NoCancelKey => f.write_str("the server gave the session no key to cancel by"),
            Self::Unreached(error) => write!(f, "the connection failed: {error}"),
            Self::Startup(failure) => failure.fmt(f),
            Self::Io(error) => write!(f, "the connection failed: {error}"),
            Self::Closed(Some(words)) => write!(f, "the server ended the session: {words}"),
            Self::Closed(None) => f.write_str("the session is closed"),
            Self::Protocol(error) => write!(f, "the session had to be closed: {error}"),
            Self::Encode(error) => error.fmt(f),
            Self::Argument(error) => error.fmt(f),
            Self::Column(error) => error.fmt(f),
            Self::Row(error) => write!(f, "a row cannot be read: {error}"),
            Self::NoSuchColumn(missing) => missing.fmt(f),
            Self::Fragment(mistake) => mistake.fmt(f),
            Self::Channel(mistake) => mistake.fmt(f),
            Self::Payload(unreadable) => unreadable.fmt(f),
            Self::Drift(drift) => write_drift(drift, false, f),
            Self::RowCount(count) => count.fmt(f),
            Self::CommitRolledBack => {
                f.write_str("COMMIT was answered by ROLLBACK: the transaction had failed before, nothing of it has been kept")
            }
            Self::OutcomeUnknown(cause) => write!(
                f,
                "COMMIT was sent and its answer has not come, so nobody knows whether the transaction has been kept: look before it is done again: {cause}"
            ),
            Self::TransactionOver => f.write_str(
                "the transaction is over: its BEGIN failed, or a statement in it ended it; begin another one",
            ),
            Self::Spoiled => f.write_str(
                "a statement in the transaction was not what it had been compiled against, so the transaction is rolled back instead of committed",
            ),
            Self::ChainedSavepoint => f.write_str(
                "only a transaction can be chained, found a savepoint: use commit or rollback",
            ),
            Self::InTransaction => f.write_str(
                "expected a statement that can run in a transaction, found one that PostgreSQL refuses there: run it on the session, before the transaction begins or after it has ended",
            ),
            Self::Copy(failure) => failure.fmt(f),
            Self::Pool(failure) => failure.fmt(f),
            Self::Common(error) => error.0.head(f),
            Self::Timeout { limit, during } => write!(f, "no answer within {limit:?} while {during}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            Kind::Io(error) | Kind::Unreached(error) => error.source(),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            Kind::Tls(error) => error.source(),
            Kind::Password(error) => error.source(),
            Kind::Argument(error) => error.source(),
            Kind::Column(error) => error.source(),
            Kind::Copy(failure) => failure.source(),
            Kind::Payload(unreadable) => unreadable.source(),
            _ => None,
        }
    }
}

impl From<ColumnError> for Error {
    #[cold]
    fn from(error: ColumnError) -> Self {
        Self::new(Kind::Column(error))
    }
}

impl From<ProtocolError> for Error {
    #[cold]
    fn from(error: ProtocolError) -> Self {
        Self::new(Kind::Protocol(error))
    }
}

impl From<DsnError> for Error {
    fn from(error: DsnError) -> Self {
        Self::new(Kind::Config(error))
    }
}

impl From<Failure> for Error {
    #[cold]
    fn from(failure: Failure) -> Self {
        Self::new(match failure {
            Failure::Server(error) => Kind::Server(error),
            Failure::Drift(drift) => Kind::Drift(drift),
            Failure::CommitRolledBack => Kind::CommitRolledBack,
            failure => Kind::Copy(failure.into()),
        })
    }
}
