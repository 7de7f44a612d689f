//! What callers match on: violated constraints, conflicts between transactions, and ends that nobody can be sure of.

#[cfg(feature = "tracing")]
mod words;

use hathi_wire::sqlstate::SqlState;

use super::{Error, Kind};

impl Error {
    /// Whether a value could not be sent or read, or a column was asked for that is not there.
    #[must_use]
    pub fn is_codec(&self) -> bool {
        match &self.0.kind {
            Kind::Fragment(mistake) => mistake.is_codec(),
            Kind::Copy(failure) => failure.is_codec(),
            kind => matches!(
                kind,
                Kind::Argument(_) | Kind::Column(_) | Kind::NoSuchColumn(_) | Kind::Payload(_)
            ),
        }
    }

    /// The unique or primary key constraint that was violated.
    ///
    /// # Example: an address that is taken
    ///
    /// ```
    /// fn words(error: &hathi::Error) -> &'static str {
    ///     match error.unique_violation() {
    ///         Some("users_email_key") => "this address has an account",
    ///         _ => "something went wrong",
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn unique_violation(&self) -> Option<&str> {
        self.constraint(SqlState::UNIQUE_VIOLATION)
    }

    /// The foreign key constraint that was violated.
    #[must_use]
    pub fn foreign_key_violation(&self) -> Option<&str> {
        self.constraint(SqlState::FOREIGN_KEY_VIOLATION)
    }

    /// The check constraint that was violated, a domain's included.
    #[must_use]
    pub fn check_violation(&self) -> Option<&str> {
        self.constraint(SqlState::CHECK_VIOLATION)
    }

    /// The exclusion constraint that was violated.
    #[must_use]
    pub fn exclusion_violation(&self) -> Option<&str> {
        self.constraint(SqlState::EXCLUSION_VIOLATION)
    }

    /// The column that was given NULL although its table says NOT NULL.
    #[must_use]
    pub fn not_null_violation(&self) -> Option<&str> {
        let server = self.server()?;
        (server.code == SqlState::NOT_NULL_VIOLATION)
            .then(|| server.column.as_deref().unwrap_or_default())
    }

    /// Whether the transaction met another one and has to be tried again from its beginning.
    #[must_use]
    pub fn is_serialization_failure(&self) -> bool {
        self.is_state(SqlState::SERIALIZATION_FAILURE)
    }

    /// Whether the server broke a deadlock by ending this transaction: it may be tried again from its beginning.
    #[must_use]
    pub fn is_deadlock(&self) -> bool {
        self.is_state(SqlState::DEADLOCK_DETECTED)
    }

    /// Whether a lock could not be had at once, or within `lock_timeout`.
    #[must_use]
    pub fn is_lock_not_available(&self) -> bool {
        self.is_state(SqlState::LOCK_NOT_AVAILABLE)
    }

    /// Whether the server stopped the statement because somebody asked it to, or its own `statement_timeout` passed.
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        self.is_state(SqlState::QUERY_CANCELED)
    }

    /// Whether the role lacks a privilege.
    #[must_use]
    pub fn is_insufficient_privilege(&self) -> bool {
        self.is_state(SqlState::INSUFFICIENT_PRIVILEGE)
    }

    /// Whether the transaction or the server only reads, and the statement writes.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.is_state(SqlState::READ_ONLY_SQL_TRANSACTION)
    }

    /// Whether COMMIT was sent and nobody knows what became of it: the connection was lost, or the answer did not come
    /// in time. Doing it all again may do it twice.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self.0.kind, Kind::OutcomeUnknown(_))
    }

    /// Whether the transaction had ended before: its BEGIN failed, or a statement in it ended it.
    #[must_use]
    pub fn is_transaction_over(&self) -> bool {
        matches!(self.0.kind, Kind::TransactionOver)
    }

    /// Whether the statement cannot run in a transaction, as VACUUM, CREATE DATABASE and `CREATE INDEX CONCURRENTLY`
    /// cannot: of a checked statement that is known, and nothing of it was sent. The transaction goes on.
    #[must_use]
    pub fn is_refused_in_transactions(&self) -> bool {
        matches!(self.0.kind, Kind::InTransaction)
    }

    /// Which statement of a pipeline failed, from 0; as many as there are if all had run and their implicit transaction
    /// could not be committed. Those before it had run, those behind it were skipped.
    #[must_use]
    pub fn pipeline_member(&self) -> Option<usize> {
        self.0.member
    }

    /// Says which statement of a pipeline it was.
    pub(crate) fn of_member(mut self, member: usize) -> Self {
        self.0.member = Some(member);
        self
    }

    /// Nobody knows whether the COMMIT that failed like this has been done.
    pub(crate) fn outcome_unknown(self) -> Self {
        Self::new(Kind::OutcomeUnknown(Box::new(self.into_kind())))
    }

    fn is_state(&self, state: SqlState) -> bool {
        self.sql_state() == Some(state)
    }

    fn constraint(&self, state: SqlState) -> Option<&str> {
        let server = self.server()?;
        (server.code == state).then(|| server.constraint.as_deref().unwrap_or_default())
    }
}
