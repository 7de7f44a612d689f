//! What needs a connection for itself from its beginning to its end, given to the pool.

use super::Pool;
use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::transaction::{Transaction, TransactionOptions};

impl Pool {
    /// Runs a closure in a transaction on a connection of its own; see
    /// [`Session::transaction`](crate::Session::transaction).
    ///
    /// # Errors
    ///
    /// The closure's own; why there was no connection; why the transaction could not be committed.
    ///
    /// # Cancellation
    ///
    /// Dropping the future rolls back, unless COMMIT had been handed to the transport, and gives the connection back.
    ///
    /// # Example: both or none
    ///
    /// ```no_run
    /// # async fn demo(pool: &hathi::Pool) -> Result<(), hathi::Error> {
    /// pool.transaction(async |tx| {
    ///     tx.simple("UPDATE accounts SET balance = balance - 100 WHERE id = 1").await?;
    ///     tx.simple("UPDATE accounts SET balance = balance + 100 WHERE id = 2").await
    /// })
    /// .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.acquire().await?.transaction(work).await
    }

    /// Runs a closure in a transaction of some kind, again and again if its options say so; see
    /// [`Session::transaction_with`](crate::Session::transaction_with).
    ///
    /// # Errors
    ///
    /// As [`transaction`](Self::transaction); of the last attempt.
    ///
    /// # Cancellation
    ///
    /// As [`transaction`](Self::transaction).
    pub async fn transaction_with<T, E, F>(
        &self,
        options: TransactionOptions,
        work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.acquire().await?.transaction_with(options, work).await
    }

    /// Runs several statements in one flight, as one implicit transaction; see
    /// [`Session::pipeline`](crate::Session::pipeline).
    ///
    /// # Errors
    ///
    /// As [`Session::pipeline`](crate::Session::pipeline); and why there was no connection.
    ///
    /// # Cancellation
    ///
    /// As [`Session::pipeline`](crate::Session::pipeline); the connection is given back.
    pub async fn pipeline<P: Pipeline>(&self, statements: P) -> Result<P::Output, Error> {
        self.acquire().await?.pipeline(statements).await
    }

    /// Runs several statements in one flight, each for itself; see
    /// [`Session::pipeline_each`](crate::Session::pipeline_each).
    ///
    /// # Errors
    ///
    /// As [`Session::pipeline_each`](crate::Session::pipeline_each); and why there was no connection.
    ///
    /// # Cancellation
    ///
    /// As [`pipeline`](Self::pipeline).
    pub async fn pipeline_each<P: Pipeline>(&self, statements: P) -> Result<P::Results, Error> {
        self.acquire().await?.pipeline_each(statements).await
    }
}
