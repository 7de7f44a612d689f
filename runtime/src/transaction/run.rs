//! Transactions as closures: committed when the closure succeeds, undone when it fails, tried again if that was asked for.

use std::hash::{BuildHasher, RandomState};

use super::{Transaction, TransactionOptions};
use crate::error::Error;
use crate::session::Session;

impl Session {
    /// Begins a transaction; nothing is sent before its first statement.
    pub fn begin(&mut self) -> Transaction<'_> {
        Transaction::open(self, "BEGIN")
    }

    /// Begins a transaction of some kind; nothing is sent before its first statement.
    ///
    /// [`Retry`](super::Retry) has no meaning here: it is for [`transaction_with`](Self::transaction_with).
    pub fn begin_with(&mut self, options: TransactionOptions) -> Transaction<'_> {
        Transaction::open(self, &options.to_string())
    }

    /// Runs a closure in a transaction: commits if it returns `Ok`, rolls back if it returns `Err`.
    ///
    /// # Errors
    ///
    /// The closure's own, or why the transaction could not be committed; see [`Transaction::commit`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future rolls back, unless COMMIT had been handed to the transport.
    ///
    /// # Example: both or none
    ///
    /// ```no_run
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let rows = session
    ///     .transaction(async |tx| {
    ///         tx.simple("UPDATE accounts SET balance = balance - 100 WHERE id = 1").await?;
    ///         tx.simple("UPDATE accounts SET balance = balance + 100 WHERE id = 2").await
    ///     })
    ///     .await?;
    /// assert_eq!(rows, 1);
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        attempt(self.begin(), work).await
    }

    /// Runs a closure in a transaction of some kind, again and again if [`Retry`](super::Retry) says so.
    ///
    /// # Errors
    ///
    /// As [`transaction`](Self::transaction); of the last attempt.
    ///
    /// # Cancellation
    ///
    /// As [`transaction`](Self::transaction).
    ///
    /// # Example: a serializable transaction that is tried again
    ///
    /// ```no_run
    /// use hathi::{Isolation, Retry, TransactionOptions};
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let options = TransactionOptions::new().isolation(Isolation::Serializable).retry(Retry::attempts(5));
    /// session
    ///     .transaction_with(options, async |tx| tx.simple("UPDATE stock SET left = left - 1").await)
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub async fn transaction_with<T, E, F>(
        &mut self,
        options: TransactionOptions,
        mut work: F,
    ) -> Result<T, E>
    where
        F: AsyncFnMut(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        let mut failed = 0;
        loop {
            let outcome = attempt(self.begin_with(options), &mut work).await;
            let Err(error) = outcome else { return outcome };
            failed += 1;
            let rest = options.retry.filter(|_| self.link().worth_retrying);
            match rest.and_then(|retry| retry.rest(failed, chance())) {
                Some(rest) => tokio::time::sleep(rest).await,
                None => return Err(error),
            }
        }
    }
}

impl Transaction<'_> {
    /// Runs a closure in a savepoint: keeps what it did if it returns `Ok`, undoes that alone if it returns `Err`.
    ///
    /// # Errors
    ///
    /// The closure's own, or why the savepoint could not be released.
    ///
    /// # Cancellation
    ///
    /// Dropping the future undoes what the closure did.
    ///
    /// # Example: an attempt that may fail
    ///
    /// ```no_run
    /// # async fn demo(tx: &mut hathi::Transaction<'_>) -> Result<(), hathi::Error> {
    /// let added = tx.transaction(async |inner| inner.simple("INSERT INTO tags VALUES ('new')").await).await;
    /// assert!(added.is_ok() || added.is_err(), "the transaction goes on either way");
    /// # Ok(()) }
    /// ```
    pub async fn transaction<T, E, F>(&mut self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        attempt(self.begin(), work).await
    }
}

async fn attempt<T, E, F>(mut transaction: Transaction<'_>, work: F) -> Result<T, E>
where
    F: AsyncFnOnce(&mut Transaction<'_>) -> Result<T, E>,
    E: From<Error>,
{
    // An error drops the transaction, which undoes it without waiting.
    let around = transaction.around();
    let value = around.run(work(&mut transaction)).await?;
    transaction.commit().await?;
    Ok(value)
}

/// A number between 0 and 1 that nobody can foresee.
fn chance() -> f64 {
    let bits = RandomState::new().hash_one(0_u8);
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
