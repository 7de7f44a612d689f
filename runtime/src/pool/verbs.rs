//! Single statements given to the pool itself.

use super::Pool;
use super::shared::Single;
use crate::cardinality::{Cardinality, Many, One, Optional};
use crate::channel::AsChannel;
use crate::observe::Verb;
use crate::query::{Executable, Statement};
use crate::session::{Affected, Call, Fetch, Rows, notify};

#[expect(
    clippy::needless_pass_by_value,
    reason = "a statement is handed over, so that callers need no name for it"
)]
impl Pool {
    /// Runs a query and returns what its cardinality says: a row, an `Option` or a `Vec`.
    ///
    /// Single statements of many tasks fly together on a few connections, each on its own as far as the server is
    /// concerned. A statement that touches the state of a session (SET, LISTEN, advisory locks, …) or is slow has a
    /// connection for itself, and so has every statement the first time; see [`PoolOptions::sharing`](crate::PoolOptions::sharing).
    ///
    /// # Errors
    ///
    /// As [`Session::fetch`](crate::Session::fetch), and as [`acquire`](Self::acquire).
    ///
    /// # Cancellation
    ///
    /// Dropping the future of a statement that was not sent yet means that it never runs. One that was sent runs on,
    /// and its answer is thrown away; if that takes long, the server is asked to stop it.
    ///
    /// # Example: nobody has to hold a connection
    ///
    /// ```no_run
    /// # use hathi::{Bound, Error, One, Pool};
    /// # async fn demo(pool: &Pool, name_of: Bound<(i32,), (hathi::sql::Int4,), String, One>) -> Result<(), Error> {
    /// let name = pool.fetch(name_of).await?;
    /// assert!(!name.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn fetch<S: Statement>(&self, statement: S) -> Fetch<'_, S::Row, S::Cardinality>
    where
        S::Cardinality: Cardinality,
    {
        self.start(&statement)
    }

    /// Runs a query and returns its only row.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`](crate::Error::is_row_count) if the server sends no row or more than one.
    ///
    /// # Cancellation
    ///
    /// As [`fetch`](Self::fetch).
    pub fn fetch_one<S: Statement>(&self, statement: S) -> Fetch<'_, S::Row, One> {
        self.start(&statement)
    }

    /// Runs a query and returns its row, if it has one.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch); [`Error::is_row_count`](crate::Error::is_row_count) if the server sends more than one row.
    ///
    /// # Cancellation
    ///
    /// As [`fetch`](Self::fetch).
    pub fn fetch_optional<S: Statement>(&self, statement: S) -> Fetch<'_, S::Row, Optional> {
        self.start(&statement)
    }

    /// Runs a query and returns all its rows. They are in memory twice for a moment, as bytes and as values.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// As [`fetch`](Self::fetch).
    pub fn fetch_all<S: Statement>(&self, statement: S) -> Fetch<'_, S::Row, Many> {
        self.start(&statement)
    }

    /// Runs a command and returns the rows affected; zero for one whose answer has no count, such as CREATE TABLE.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    ///
    /// # Cancellation
    ///
    /// As [`fetch`](Self::fetch).
    pub fn execute<E: Executable>(&self, command: E) -> Affected<'_> {
        let single = Single::new(&self.inner, &|to| command.bind_to(to));
        Affected::new(Call::of_pool(command.source(), single, Verb::Command))
    }

    /// Says something on a channel; see [`Session::notify`](crate::Session::notify).
    ///
    /// # Errors
    ///
    /// As [`Session::notify`](crate::Session::notify), and as [`acquire`](Self::acquire).
    ///
    /// # Cancellation
    ///
    /// As [`fetch`](Self::fetch).
    pub fn notify<C: AsChannel>(&self, channel: C, payload: &C::Payload) -> Fetch<'_, (), One> {
        self.start(&notify(&channel, payload))
    }

    /// Runs a query and returns its rows one by one; see [`Session::stream`](crate::Session::stream). The stream has a
    /// connection for itself until its last row was read or it is dropped.
    pub fn stream<S: Statement>(&self, statement: S) -> Rows<'_, S::Row> {
        let single = Single::new(&self.inner, &|to| statement.bind_to(to));
        let single = single.map(Single::streaming);
        let call = Call::of_pool(statement.source(), single, Verb::Stream);
        Rows::new(call, statement.decode())
    }

    fn start<S: Statement, C: Cardinality>(&self, statement: &S) -> Fetch<'_, S::Row, C> {
        let single = Single::new(&self.inner, &|to| statement.bind_to(to));
        Fetch::new(
            Call::of_pool(statement.source(), single, Verb::Query),
            statement.decode(),
        )
    }
}
