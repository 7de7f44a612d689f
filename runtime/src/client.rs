//! What a function can ask for that runs statements and does not care where: in a session, a transaction or a pool.

use std::future::Future;

use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::cardinality::{Cardinality, Many, One, Optional};
use crate::channel::AsChannel;
use crate::codec::Bind;
use crate::copy::{
    CopyIn, CopyInBytes, CopyInCommand, CopyOut, CopyOutBytes, CopyOutCommand, CopyRows, CopyWriter,
};
use crate::error::Error;
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
///
/// # Example: a COPY, whoever lends the connection
///
/// ```no_run
/// use hathi::sql::{Int4, Text, int4, text};
/// use hathi::{Client, CopyIn, Pool};
///
/// const USERS: CopyIn<(Int4, Text)> = CopyIn::raw("users (id, name)", (int4, text));
///
/// async fn import(mut db: impl Client, names: Vec<String>) -> Result<u64, hathi::Error> {
///     db.copy_in_rows(USERS, (1..).zip(names)).await
/// }
///
/// # async fn demo(pool: Pool) -> Result<(), hathi::Error> {
/// let count = import(&pool, vec!["Ada".into(), "Grace".into()]).await?;
/// assert_eq!(count, 2);
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

    /// Begins to copy rows in; see [`Session::copy_in`]. A pool gives it a connection of its own.
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in`] and [`Pool::copy_in`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    fn copy_in<P>(
        &mut self,
        statement: CopyIn<P>,
    ) -> impl Future<Output = Result<CopyWriter<'_, P>, Error>> + Send
    where
        Self: Sized;

    /// Begins to copy bytes in; see [`Session::copy_in_raw`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in_raw`] and [`Pool::copy_in_raw`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    fn copy_in_raw<C: CopyInCommand + Send>(
        &mut self,
        command: C,
    ) -> impl Future<Output = Result<CopyInBytes<'_>, Error>> + Send
    where
        Self: Sized;

    /// Copies rows out, one by one; see [`CopyRows`]. Only a pool has to be waited for.
    ///
    /// # Errors
    ///
    /// As [`Pool::copy_out`].
    ///
    /// # Cancellation
    ///
    /// As [`Pool::copy_out`].
    fn copy_out<R>(
        &mut self,
        statement: CopyOut<R>,
    ) -> impl Future<Output = Result<CopyRows<'_, R>, Error>> + Send
    where
        Self: Sized;

    /// Copies bytes out; see [`CopyOutBytes`]. Only a pool has to be waited for.
    ///
    /// # Errors
    ///
    /// As [`Pool::copy_out_raw`].
    ///
    /// # Cancellation
    ///
    /// As [`Pool::copy_out`].
    fn copy_out_raw<C: CopyOutCommand + Send>(
        &mut self,
        command: C,
    ) -> impl Future<Output = Result<CopyOutBytes<'_>, Error>> + Send
    where
        Self: Sized;

    /// Copies all rows of an iterator in, and returns how many there are; see [`Session::copy_in_rows`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in_rows`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in_rows`].
    fn copy_in_rows<P, I>(
        &mut self,
        statement: CopyIn<P>,
        rows: I,
    ) -> impl Future<Output = Result<u64, Error>> + Send
    where
        I: IntoIterator<Item: Bind<P> + Send, IntoIter: Send> + Send,
        Self: Sized,
    {
        async move {
            let mut copy = self.copy_in(statement).await?;
            copy.send_all(rows).await?;
            copy.finish().await
        }
    }

    /// Copies all rows of a stream that can fail in, and returns how many there are; see [`Session::copy_in_stream`].
    ///
    /// In a task that is spawned the compiler wants rows that own what they hold; for others there is
    /// [`CopyWriter::try_send_stream`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in_stream`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in_rows`].
    fn copy_in_stream<P, R, E, S>(
        &mut self,
        statement: CopyIn<P>,
        rows: S,
    ) -> impl Future<Output = Result<u64, Error>> + Send
    where
        R: Bind<P> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
        S: Stream<Item = Result<R, E>> + Send,
        Self: Sized,
    {
        async move {
            let mut copy = self.copy_in(statement).await?;
            copy.try_send_stream(rows).await?;
            copy.finish().await
        }
    }

    /// Copies all bytes of a reader in, and returns how many rows there are; see [`Session::copy_in_from`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in_from`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in_rows`].
    fn copy_in_from<C: CopyInCommand + Send>(
        &mut self,
        command: C,
        reader: impl AsyncRead + Send,
    ) -> impl Future<Output = Result<u64, Error>> + Send
    where
        Self: Sized,
    {
        async move {
            let mut copy = self.copy_in_raw(command).await?;
            copy.send_from(reader).await?;
            copy.finish().await
        }
    }

    /// Copies all bytes out to a writer, and returns how many rows there are; see [`Session::copy_out_to`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_out_to`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_out_to`].
    fn copy_out_to<C: CopyOutCommand + Send>(
        &mut self,
        command: C,
        writer: impl AsyncWrite + Send,
    ) -> impl Future<Output = Result<u64, Error>> + Send
    where
        Self: Sized,
    {
        async move { self.copy_out_raw(command).await?.write_to(writer).await }
    }
}

/// A COPY that begins at once, or that has to be waited for.
macro_rules! begun {
    (at_once $copy:expr) => {
        Ok($copy)
    };
    (awaited $copy:expr) => {
        $copy.await
    };
}

macro_rules! clients {
    ($([$($generics:tt)*] $ty:ty => $inner:ty, $begun:ident);* $(;)?) => {$(
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

            async fn copy_in<P>(&mut self, statement: CopyIn<P>) -> Result<CopyWriter<'_, P>, Error> {
                <$inner>::copy_in(self, statement).await
            }

            async fn copy_in_raw<C: CopyInCommand + Send>(
                &mut self,
                command: C,
            ) -> Result<CopyInBytes<'_>, Error> {
                <$inner>::copy_in_raw(self, command).await
            }

            async fn copy_out<R>(&mut self, statement: CopyOut<R>) -> Result<CopyRows<'_, R>, Error> {
                begun!($begun <$inner>::copy_out(self, statement))
            }

            async fn copy_out_raw<C: CopyOutCommand + Send>(
                &mut self,
                command: C,
            ) -> Result<CopyOutBytes<'_>, Error> {
                begun!($begun <$inner>::copy_out_raw(self, command))
            }
        }
    )*};
}

clients! {
    [] Pool => Pool, awaited;
    [] &Pool => Pool, awaited;
    [] Session => Session, at_once;
    [] Pooled => Session, at_once;
    ['s] Transaction<'s> => Transaction<'s>, at_once;
    [T: Client] &mut T => T, awaited;
}
