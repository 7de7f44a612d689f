//! COPY as verbs of a session, a transaction and a pool.

use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite};

use super::command::{CopyInCommand, CopyOutCommand};
use super::held::Held;
use super::{CopyIn, CopyInBytes, CopyOut, CopyOutBytes, CopyRows, CopyWriter, start};
use crate::codec::Bind;
use crate::error::Error;
use crate::pool::Pool;
use crate::session::Session;
use crate::transaction::Transaction;

/// Writes the verbs that are the same everywhere.
macro_rules! verbs {
    ($([$($generics:tt)*] $client:ty, $short:literal, &$($mutable:ident)?);+ $(;)?) => {$(
        impl<$($generics)*> $client {
            /// Copies all rows of an iterator in, and returns how many there are.
            ///
            /// # Errors
            ///
            /// As [`CopyWriter::send`] and [`CopyWriter::finish`]; then nothing is kept.
            ///
            /// # Cancellation
            ///
            /// Dropping the future ends the COPY, and nothing is kept unless its end has been handed to the transport.
            ///
            /// # Example: structs, a row from each
            ///
            /// ```no_run
            /// use hathi::CopyIn;
            /// use hathi::sql::{Int4, Text, int4, text};
            ///
            /// const USERS: CopyIn<(Int4, Text)> = CopyIn::raw("users (id, name)", (int4, text));
            ///
            /// struct User {
            ///     id: i32,
            ///     name: String,
            /// }
            ///
            #[doc = concat!("# async fn demo(client: &mut hathi::", $short, ", users: Vec<User>) -> Result<(), hathi::Error> {")]
            /// let rows = users.iter().map(|user| (user.id, &user.name));
            /// let count = client.copy_in_rows(USERS, rows).await?;
            /// # let _ = count;
            /// # Ok(()) }
            /// ```
            pub async fn copy_in_rows<P, R, I>(
                &$($mutable)? self,
                statement: CopyIn<P>,
                rows: I,
            ) -> Result<u64, Error>
            where
                R: Bind<P>,
                I: IntoIterator<Item = R>,
            {
                let mut copy = self.copy_in(statement).await?;
                copy.send_all(rows).await?;
                copy.finish().await
            }

            /// Copies all rows of a stream that can fail in, and returns how many there are.
            ///
            /// # Errors
            ///
            /// As [`CopyWriter::try_send_stream`] and [`CopyWriter::finish`]; then nothing is kept.
            ///
            /// # Cancellation
            ///
            /// As [`copy_in_rows`](Self::copy_in_rows).
            pub async fn copy_in_stream<P, R, E, S>(
                &$($mutable)? self,
                statement: CopyIn<P>,
                rows: S,
            ) -> Result<u64, Error>
            where
                R: Bind<P>,
                E: Into<Box<dyn std::error::Error + Send + Sync>>,
                S: Stream<Item = Result<R, E>>,
            {
                let mut copy = self.copy_in(statement).await?;
                copy.try_send_stream(rows).await?;
                copy.finish().await
            }

            /// Copies all bytes of a reader in, and returns how many rows there are.
            ///
            /// # Errors
            ///
            /// As [`CopyInBytes::send_from`] and [`CopyInBytes::finish`]; then nothing is kept.
            ///
            /// # Cancellation
            ///
            /// As [`copy_in_rows`](Self::copy_in_rows).
            pub async fn copy_in_from<C: CopyInCommand>(
                &$($mutable)? self,
                command: C,
                reader: impl AsyncRead,
            ) -> Result<u64, Error> {
                let mut copy = self.copy_in_raw(command).await?;
                copy.send_from(reader).await?;
                copy.finish().await
            }
        }
    )+};
}

verbs! {
    [] Session, "Session", &mut;
    ['s] Transaction<'s>, "Transaction<'_>", &mut;
    [] Pool, "Pool", &;
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is handed over, so that callers need no name for it"
)]
impl Session {
    /// Begins to copy rows in, and returns what they are given to.
    ///
    /// The types of the columns are compared with the server's first, in the same flight.
    ///
    /// # Errors
    ///
    /// If the server refuses the COPY, or the columns are not those of the statement.
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the COPY, and nothing is kept.
    pub async fn copy_in<P>(&mut self, statement: CopyIn<P>) -> Result<CopyWriter<'_, P>, Error> {
        start::copy_in(Held::Borrowed(self.link()), statement).await
    }

    /// Begins to copy bytes in, and returns what they are given to.
    ///
    /// # Errors
    ///
    /// If the command copies nothing in, or the server refuses it.
    ///
    /// # Cancellation
    ///
    /// As [`copy_in`](Self::copy_in).
    pub async fn copy_in_raw<C: CopyInCommand>(
        &mut self,
        command: C,
    ) -> Result<CopyInBytes<'_>, Error> {
        start::copy_in_raw(Held::Borrowed(self.link()), command.copied_in()).await
    }

    /// Copies rows out, one by one; see [`CopyRows`].
    pub fn copy_out<R>(&mut self, statement: CopyOut<R>) -> CopyRows<'_, R> {
        start::copy_out(Held::Borrowed(self.link()), statement)
    }

    /// Copies bytes out; see [`CopyOutBytes`].
    pub fn copy_out_raw<C: CopyOutCommand>(&mut self, command: C) -> CopyOutBytes<'_> {
        start::copy_out_raw(Held::Borrowed(self.link()), command.copied_out())
    }

    /// Copies all bytes out to a writer, and returns how many rows there are.
    ///
    /// # Errors
    ///
    /// As [`CopyOutBytes::write_to`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future ends the COPY.
    pub async fn copy_out_to<C: CopyOutCommand>(
        &mut self,
        command: C,
        writer: impl AsyncWrite,
    ) -> Result<u64, Error> {
        self.copy_out_raw(command).write_to(writer).await
    }
}

impl Transaction<'_> {
    /// Begins to copy rows in, as part of the transaction; see [`Session::copy_in`]. If the COPY fails or is dropped, the
    /// transaction has failed.
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    pub async fn copy_in<P>(&mut self, statement: CopyIn<P>) -> Result<CopyWriter<'_, P>, Error> {
        self.session().copy_in(statement).await
    }

    /// Begins to copy bytes in, as part of the transaction; see [`Session::copy_in_raw`].
    ///
    /// # Errors
    ///
    /// As [`Session::copy_in_raw`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    pub async fn copy_in_raw<C: CopyInCommand>(
        &mut self,
        command: C,
    ) -> Result<CopyInBytes<'_>, Error> {
        self.session().copy_in_raw(command).await
    }

    /// Copies rows out, one by one; see [`Session::copy_out`].
    pub fn copy_out<R>(&mut self, statement: CopyOut<R>) -> CopyRows<'_, R> {
        self.session().copy_out(statement)
    }

    /// Copies bytes out; see [`Session::copy_out_raw`].
    pub fn copy_out_raw<C: CopyOutCommand>(&mut self, command: C) -> CopyOutBytes<'_> {
        self.session().copy_out_raw(command)
    }

    /// Copies all bytes out to a writer, and returns how many rows there are; see [`Session::copy_out_to`].
    ///
    /// # Errors
    ///
    /// As [`CopyOutBytes::write_to`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_out_to`].
    pub async fn copy_out_to<C: CopyOutCommand>(
        &mut self,
        command: C,
        writer: impl AsyncWrite,
    ) -> Result<u64, Error> {
        self.session().copy_out_to(command, writer).await
    }
}

impl Pool {
    /// Begins to copy rows in over a connection of its own, which goes back when the COPY is over; see
    /// [`Session::copy_in`].
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire) and [`Session::copy_in`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    pub async fn copy_in<P>(&self, statement: CopyIn<P>) -> Result<CopyWriter<'static, P>, Error> {
        let held = Held::Pooled(Box::new(self.acquire().await?));
        start::copy_in(held, statement).await
    }

    /// Begins to copy bytes in over a connection of its own; see [`Session::copy_in_raw`].
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire) and [`Session::copy_in_raw`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_in`].
    pub async fn copy_in_raw<C: CopyInCommand>(
        &self,
        command: C,
    ) -> Result<CopyInBytes<'static>, Error> {
        let held = Held::Pooled(Box::new(self.acquire().await?));
        start::copy_in_raw(held, command.copied_in()).await
    }

    /// Copies rows out over a connection of its own, which goes back when they are dropped; see
    /// [`Session::copy_out`].
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancellation
    ///
    /// As [`acquire`](Self::acquire).
    pub async fn copy_out<R>(&self, statement: CopyOut<R>) -> Result<CopyRows<'static, R>, Error> {
        let held = Held::Pooled(Box::new(self.acquire().await?));
        Ok(start::copy_out(held, statement))
    }

    /// Copies bytes out over a connection of its own; see [`Session::copy_out_raw`].
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Cancellation
    ///
    /// As [`acquire`](Self::acquire).
    pub async fn copy_out_raw<C: CopyOutCommand>(
        &self,
        command: C,
    ) -> Result<CopyOutBytes<'static>, Error> {
        let held = Held::Pooled(Box::new(self.acquire().await?));
        Ok(start::copy_out_raw(held, command.copied_out()))
    }

    /// Copies all bytes out to a writer, over a connection of its own, and returns how many rows there are.
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire) and [`CopyOutBytes::write_to`].
    ///
    /// # Cancellation
    ///
    /// As [`Session::copy_out_to`].
    pub async fn copy_out_to<C: CopyOutCommand>(
        &self,
        command: C,
        writer: impl AsyncWrite,
    ) -> Result<u64, Error> {
        self.copy_out_raw(command).await?.write_to(writer).await
    }
}
