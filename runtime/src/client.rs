//! What a function can ask for that runs statements and does not care where: in a session, a transaction or a pool.

use crate::cardinality::{Cardinality, Many, One, Optional};
use crate::channel::AsChannel;
use crate::pool::{Pool, Pooled};
use crate::query::{Executable, Statement};
use crate::session::{Affected, Fetch, Rows, Session};
use crate::transaction::Transaction;

/// Runs statements: a [`Session`], a [`Transaction`], a [`Pool`], or a borrowed one of them.
///
/// # Example: one function for all of them
///
/// ```no_run
/// use hathi::{Client, Query, Session, sql};
///
/// const COUNT: Query<(), i64> = Query::raw("SELECT count(*) FROM users", (), sql::int8);
///
/// async fn users(mut db: impl Client) -> Result<i64, hathi::Error> {
///     db.fetch_one(COUNT).await
/// }
///
/// # async fn demo(session: &mut Session) -> Result<(), hathi::Error> {
/// let before = users(&mut *session).await?;
/// let mut tx = session.begin();
/// assert_eq!(users(&mut tx).await?, before);
/// # Ok(()) }
/// ```
pub trait Client: Send {
    /// Runs a query and returns what its cardinality says; see [`Session::fetch`].
    fn fetch<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, S::Cardinality>
    where
        S::Cardinality: Cardinality,
        Self: Sized;

    /// Runs a query and returns its only row; see [`Session::fetch_one`].
    fn fetch_one<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, One>
    where
        Self: Sized;

    /// Runs a query and returns its row, if it has one; see [`Session::fetch_optional`].
    fn fetch_optional<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Optional>
    where
        Self: Sized;

    /// Runs a query and returns all its rows; see [`Session::fetch_all`].
    fn fetch_all<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Many>
    where
        Self: Sized;

    /// Runs a query and returns its rows one by one; see [`Session::stream`].
    fn stream<S: Statement>(&mut self, statement: S) -> Rows<'_, S::Row>
    where
        Self: Sized;

    /// Runs a command and returns the rows affected; see [`Session::execute`].
    fn execute<E: Executable>(&mut self, command: E) -> Affected<'_>
    where
        Self: Sized;

    /// Says something on a channel; see [`Session::notify`].
    fn notify<N: AsChannel>(&mut self, channel: N, payload: &N::Payload) -> Fetch<'_, (), One>
    where
        Self: Sized;
}

macro_rules! clients {
    ($([$($generics:tt)*] $ty:ty => $inner:ty),* $(,)?) => {$(
        impl<$($generics)*> Client for $ty {
            fn fetch<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, S::Cardinality>
            where
                S::Cardinality: Cardinality,
            {
                <$inner>::fetch(self, statement)
            }

            fn fetch_one<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, One> {
                <$inner>::fetch_one(self, statement)
            }

            fn fetch_optional<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Optional> {
                <$inner>::fetch_optional(self, statement)
            }

            fn fetch_all<S: Statement>(&mut self, statement: S) -> Fetch<'_, S::Row, Many> {
                <$inner>::fetch_all(self, statement)
            }

            fn stream<S: Statement>(&mut self, statement: S) -> Rows<'_, S::Row> {
                <$inner>::stream(self, statement)
            }

            fn execute<E: Executable>(&mut self, command: E) -> Affected<'_> {
                <$inner>::execute(self, command)
            }

            fn notify<N: AsChannel>(&mut self, channel: N, payload: &N::Payload) -> Fetch<'_, (), One> {
                <$inner>::notify(self, channel, payload)
            }
        }
    )*};
}

clients! {
    [] Pool => Pool,
    [] &Pool => Pool,
    [] Session => Session,
    [] Pooled => Session,
    ['s] Transaction<'s> => Transaction<'s>,
    [T: Client] &mut T => T,
}
