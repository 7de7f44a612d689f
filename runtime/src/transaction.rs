//! Transactions and savepoints: as guards and as closures, begun with their first statement, undone unless they are
//! committed.

mod options;
mod run;

use std::fmt;

pub use self::options::{Isolation, Retry, TransactionOptions};

use crate::cardinality::{Cardinality, Many, One, Optional};
use crate::channel::AsChannel;
use crate::error::{Error, Kind};
use crate::observe::{Around, Watch};
use crate::pipeline::Pipeline;
use crate::query::{Executable, Query, Statement};
use crate::session::scopes::End;
use crate::session::{Affected, Fetch, Link, Rows, Script, Session};
use crate::sql;

/// A transaction, or a savepoint in one. Whatever was not committed is undone when it is dropped.
///
/// BEGIN travels with the first statement, so a transaction of one statement takes two round trips, and one without a
/// statement none. It borrows the session: nothing else can run in between.
///
/// When it is dropped, ROLLBACK is written at once if the socket takes it, so that no lock waits for the session's next
/// use; its answer is read by that.
///
/// # Example: move what one account has to another
///
/// ```no_run
/// use hathi::{Command, Session, sql};
///
/// const MOVE: Command<(sql::Int8, sql::Int4)> =
///     Command::raw("UPDATE accounts SET balance = balance + $1 WHERE id = $2", (sql::int8, sql::int4));
///
/// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
/// let mut tx = session.begin();
/// tx.execute(MOVE.bind((-100, 1))).await?;
/// tx.execute(MOVE.bind((100, 2))).await?;
/// tx.commit().await?;
/// # Ok(()) }
/// ```
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction<'s> {
    session: &'s mut Session,
    over: bool,
}

impl<'s> Transaction<'s> {
    pub(crate) fn open(session: &'s mut Session, begin: &str) -> Self {
        session.link().open_scope(begin);
        Self {
            session,
            over: false,
        }
    }

    /// Keeps what was done: COMMIT, or RELEASE of a savepoint.
    ///
    /// # Errors
    ///
    /// If the server refuses, nothing is kept: [`Error::is_commit_rolled_back`] if a statement had failed before, or
    /// was not what it had been compiled against,
    /// [`Error::is_serialization_failure`] or a violated constraint that was deferred. [`Error::is_outcome_unknown`] if
    /// the connection was lost, or the time limit passed, when COMMIT had been sent.
    ///
    /// # Cancellation
    ///
    /// Dropping the future before COMMIT was handed to the transport rolls back; after that, nobody knows.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.finish(End::Keep).await
    }

    /// Undoes what was done, and waits until the server has.
    ///
    /// Dropping the transaction undoes it as well, without waiting.
    ///
    /// # Errors
    ///
    /// If the connection is lost: the server then rolls back by itself.
    ///
    /// # Cancellation
    ///
    /// Dropping the future rolls back all the same.
    pub async fn rollback(mut self) -> Result<(), Error> {
        self.finish(End::Undo).await
    }

    /// Keeps what was done and goes on in a new transaction of the same kind, in one round trip (`COMMIT AND CHAIN`).
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit); and if this is a savepoint, which cannot be chained.
    ///
    /// # Cancellation
    ///
    /// As [`commit`](Self::commit).
    pub async fn commit_and_chain(&mut self) -> Result<(), Error> {
        self.chain("COMMIT AND CHAIN", End::Keep).await
    }

    /// Undoes what was done and goes on in a new transaction of the same kind, in one round trip (`ROLLBACK AND CHAIN`).
    ///
    /// # Errors
    ///
    /// If the connection is lost; and if this is a savepoint, which cannot be chained.
    ///
    /// # Cancellation
    ///
    /// Dropping the future leaves a transaction that can be used.
    pub async fn rollback_and_chain(&mut self) -> Result<(), Error> {
        self.chain("ROLLBACK AND CHAIN", End::Undo).await
    }

    /// Changes a setting until the transaction ends, as SET LOCAL does; the value may come from anywhere.
    ///
    /// # Errors
    ///
    /// If there is no such setting, or it cannot have the value.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    ///
    /// # Example: less patience with locks
    ///
    /// ```no_run
    /// # async fn demo(tx: &mut hathi::Transaction<'_>) -> Result<(), hathi::Error> {
    /// tx.set_local("lock_timeout", "2s").await?;
    /// # Ok(()) }
    /// ```
    pub async fn set_local(&mut self, name: &str, value: &str) -> Result<(), Error> {
        const SET: Query<(sql::Text, sql::Text), Option<String>> = Query::raw(
            "SELECT pg_catalog.set_config($1, $2, true)",
            (sql::text, sql::text),
            sql::nullable(sql::text),
        );
        self.fetch_one(SET.bind((name, value))).await.map(drop)
    }

    /// Opens a savepoint: what is done in it can be undone alone.
    ///
    /// # Example: a row that may be there already
    ///
    /// ```no_run
    /// # async fn demo(tx: &mut hathi::Transaction<'_>) -> Result<(), hathi::Error> {
    /// let mut attempt = tx.begin();
    /// match attempt.simple("INSERT INTO tags VALUES ('new')").await {
    ///     Ok(_) => attempt.commit().await?,
    ///     Err(error) if error.unique_violation().is_some() => attempt.rollback().await?,
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn begin(&mut self) -> Transaction<'_> {
        Transaction::open(self.session, "")
    }

    /// Runs a query in the transaction; see [`Session::fetch`].
    ///
    /// # Errors
    ///
    /// As [`Session::fetch`]; [`Error::is_transaction_over`] if the transaction has ended.
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, S::Cardinality>
    where
        S::Cardinality: Cardinality,
    {
        self.session.fetch(statement)
    }

    /// Runs a query and returns its only row; see [`Session::fetch_one`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`].
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_one<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, One> {
        self.session.fetch_one(statement)
    }

    /// Runs a query and returns its row, if it has one; see [`Session::fetch_optional`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`].
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_optional<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Optional> {
        self.session.fetch_optional(statement)
    }

    /// Runs a query and returns all its rows; see [`Session::fetch_all`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn fetch_all<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Many> {
        self.session.fetch_all(statement)
    }

    /// Runs a query and returns its rows one by one; see [`Session::stream`]. The transaction goes on behind it.
    pub fn stream<S: Statement>(&mut self, statement: S) -> Rows<'_, S::Row> {
        self.session.stream(statement)
    }

    /// Runs several statements in one flight; see [`Session::pipeline`]. They are part of the transaction: if one of them
    /// fails, the transaction has failed.
    ///
    /// # Errors
    ///
    /// As [`Session::pipeline`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::pipeline`].
    pub async fn pipeline<P: Pipeline>(&mut self, statements: P) -> Result<P::Output, Error> {
        self.session.pipeline(statements).await
    }

    /// Runs a command and returns the rows affected; see [`Session::execute`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn execute<E: Executable>(&mut self, command: E) -> Affected<'_> {
        self.session.execute(command)
    }

    /// Says something on a channel when the transaction commits; see [`Session::notify`].
    ///
    /// # Errors
    ///
    /// As [`Session::notify`].
    ///
    /// # Cancellation
    ///
    /// See [`Fetch`].
    pub fn notify<C: AsChannel>(&mut self, channel: C, payload: &C::Payload) -> Fetch<'_, (), One> {
        self.session.notify(channel, payload)
    }

    /// Runs a script; see [`Session::simple`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// See [`Script`].
    pub fn simple(&mut self, script: &str) -> Script<'_> {
        self.session.simple(script)
    }

    /// What the work of a closure is done in.
    pub(super) fn around(&mut self) -> Around {
        let scope = self.session.link().scope();
        scope.map_or_else(|| Watch::default().around(), Watch::around)
    }

    pub(crate) fn session(&mut self) -> &mut Session {
        self.session
    }

    async fn finish(&mut self, end: End) -> Result<(), Error> {
        let Some(sql) = self.session.link().end_of_scope(end) else {
            self.over = true;
            self.session.link().pop_scope();
            return Ok(());
        };
        if end == End::Keep && self.session.link().is_spoiled() {
            return Err(self.failed(|_| Error::new(Kind::Spoiled)));
        }
        let transaction = self.session.link().depth() == 1;
        let said = self.session.link().say_end(&sql, end).await;
        match said {
            Ok(_) => {
                self.over = true;
                if let Some(watch) = self.session.link().scope_mut() {
                    watch.ended(match end {
                        End::Keep => "committed",
                        End::Undo => "rolled_back",
                    });
                }
                self.session.link().pop_scope();
                Ok(())
            }
            Err(error) if transaction && end == End::Keep => {
                Err(self.failed(|link| link.doubt_commit(error)))
            }
            Err(error) => Err(self.failed(|_| error)),
        }
    }

    /// It could not be ended as was asked.
    #[cold]
    fn failed(&mut self, error: impl FnOnce(&mut Link) -> Error) -> Error {
        let link = self.session.link();
        let error = error(link);
        if let Some(watch) = link.scope_mut() {
            watch.failed(&error);
        }
        error
    }

    async fn chain(&mut self, sql: &str, end: End) -> Result<(), Error> {
        let link = self.session.link();
        if link.depth() > 1 {
            return Err(Error::new(Kind::ChainedSavepoint));
        }
        if link.has_said_nothing() {
            return Ok(());
        }
        if end == End::Keep && link.is_spoiled() {
            return Err(Error::new(Kind::Spoiled));
        }
        let said = link.say(sql, end).await;
        let link = self.session.link();
        match said {
            Ok(_) => {
                link.begins_anew();
                Ok(())
            }
            Err(error) if end == End::Keep => Err(link.doubt_commit(error)),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.session.link().drop_scope();
        }
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
