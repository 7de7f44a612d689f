//! Fragments as statements that a session runs.

use std::fmt;
use std::sync::Arc;

use super::Fragment;
use crate::cardinality::Many;
use crate::codec::{ArgumentError, Arguments};
use crate::query::{DecodeRow, Executable, Statement};
use crate::row::Row;
use crate::source::{Column, Composed, Source};
use crate::sql::Columns;

impl Fragment {
    /// The fragment as a statement that returns these columns: `(int8, nullable(text))`, as in
    /// [`Query::raw`](crate::Query::raw).
    ///
    /// # Example: a typed row of a composed statement
    ///
    /// ```no_run
    /// use hathi::sql::{Int4, int4, nullable, text};
    /// use hathi::sql;
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let crew = sql!("SELECT id, nick FROM crew WHERE id > $id", id: Int4 = 7);
    /// for (id, nick) in session.fetch(crew.query((int4, nullable(text)))).await? {
    ///     assert!(id > 7 || nick.is_none());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn query<S: Columns>(self, _columns: S) -> FragmentQuery<S::Rust> {
        FragmentQuery {
            fragment: self,
            columns: Some(S::COLUMNS),
            decode: S::decode,
        }
    }

    /// The fragment as a statement whose columns are whatever the server says.
    ///
    /// # Example: a table chosen while the program runs
    ///
    /// ```no_run
    /// use hathi::{Identifier, sql};
    ///
    /// # async fn demo(session: &mut hathi::Session, table: &str) -> Result<(), hathi::Error> {
    /// let all = sql!("SELECT * FROM {table}", table = Identifier::new(table));
    /// for row in session.fetch(all.rows()).await? {
    ///     let name: Option<String> = row.get("name")?;
    ///     # let _ = name;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn rows(self) -> FragmentQuery<Row> {
        FragmentQuery {
            fragment: self,
            columns: None,
            decode: Row::decode,
        }
    }

    /// The fragment as a command; rows that it returns are dropped.
    ///
    /// # Example: an identifier chosen while the program runs
    ///
    /// ```no_run
    /// use hathi::{Identifier, sql};
    ///
    /// # async fn demo(session: &mut hathi::Session, table: &str) -> Result<(), hathi::Error> {
    /// let table = Identifier::qualified("archive", table);
    /// session.execute(sql!("TRUNCATE {table}", table = table).command()).await?;
    /// # Ok(()) }
    /// ```
    pub fn command(self) -> FragmentCommand {
        FragmentCommand { fragment: self }
    }

    fn source(&self, columns: Option<&'static [Column]>) -> Source {
        Source::Composed(Arc::new(Composed {
            sql: self.render().into(),
            types: self.types.as_slice().into(),
            columns,
            origin: self.origin,
            mistake: self.mistake.clone(),
        }))
    }

    fn bind_to(&self, to: &mut Arguments<'_>) {
        to.encoded(&self.values, self.types.len());
    }
}

/// A [`Fragment`] as a statement that returns rows, ready for a session.
#[derive(Clone)]
#[must_use = "a statement does nothing until a session runs it"]
pub struct FragmentQuery<R> {
    fragment: Fragment,
    columns: Option<&'static [Column]>,
    decode: DecodeRow<R>,
}

// An error about another type is better off with the short list.
#[diagnostic::do_not_recommend]
impl<R> Statement for FragmentQuery<R> {
    type Row = R;
    type Cardinality = Many;

    fn source(&self) -> Source {
        self.fragment.source(self.columns)
    }

    fn decode(&self) -> DecodeRow<R> {
        self.decode
    }

    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.fragment.bind_to(to);
        Ok(())
    }
}

impl<R> fmt::Debug for FragmentQuery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FragmentQuery")
            .field("fragment", &self.fragment)
            .finish_non_exhaustive()
    }
}

/// A [`Fragment`] as a command, ready for a session.
#[derive(Debug, Clone)]
#[must_use = "a command does nothing until a session runs it"]
pub struct FragmentCommand {
    fragment: Fragment,
}

// An error about another type is better off with the short list.
#[diagnostic::do_not_recommend]
impl Executable for FragmentCommand {
    fn source(&self) -> Source {
        self.fragment.source(None)
    }

    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.fragment.bind_to(to);
        Ok(())
    }
}
