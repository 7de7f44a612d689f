//! Statements as values: checked when they were compiled, typed, `const`, and copied for nothing.

use std::fmt;
use std::marker::PhantomData;

use crate::cardinality::{Many, Optional};
use crate::codec::{ArgumentError, Arguments, Bind, DataRow};
use crate::dependencies::Dependencies;
use crate::error::Error;
use crate::row::Row;
use crate::source::{Fixed, Origin, Parts, RawParts, Shape, Source};
use crate::sql::{Columns, Types};

/// How a row becomes a value.
pub type DecodeRow<R> = for<'r> fn(&DataRow<'r>) -> Result<R, Error>;

/// A statement that returns rows: `P` are the SQL types of its parameters, `R` is the Rust row, `C` how many there are.
///
/// Values of this type come from [`query!`](crate::query!), or are written by hand with [`raw`](Self::raw). They are `const` and `Copy`, and hold no value of a
/// parameter: [`bind`](Self::bind) brings those.
///
/// # Example: a statement bound twice
///
/// ```ignore
/// const OLDER: Query<(sql::Int4,), User> = query!("SELECT id, name, email FROM users WHERE age > $age" as User);
///
/// let adults = session.fetch(OLDER.bind((17,))).await?;
/// let elders = session.fetch(OLDER.bind((64,))).await?;
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Query<P, R, C = Many> {
    source: Fixed,
    decode: DecodeRow<R>,
    marker: PhantomData<fn() -> (P, C)>,
}

impl<P, R, C> Query<P, R, C> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static Parts, decode: DecodeRow<R>) -> Self {
        Self::of(Fixed::Checked(parts), decode)
    }

    pub(crate) const fn of(source: Fixed, decode: DecodeRow<R>) -> Self {
        Self {
            source,
            decode,
            marker: PhantomData,
        }
    }

    pub(crate) const fn written(&self) -> Fixed {
        self.source
    }

    /// Brings the values of the parameters: a tuple, in the statement's order. [`bind!`](crate::bind!) names them.
    pub fn bind<A: Bind<P>>(self, arguments: A) -> Bound<A, P, R, C> {
        Bound {
            query: self,
            write: A::bind,
            arguments,
        }
    }

    /// The text as it is sent, parameters as `$n`.
    #[must_use]
    pub const fn sql(&self) -> &'static str {
        self.source.sql()
    }

    /// The names of the parameters, in the statement's order; empty for one that has only its number.
    #[must_use]
    pub const fn names(&self) -> &'static [&'static str] {
        self.source.names()
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.source.origin()
    }

    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        self.source.dependencies()
    }

    /// The same statement, promising only that there may be many rows.
    pub const fn as_many(self) -> Query<P, R, Many> {
        Query::of(self.source, self.decode)
    }
}

impl<P: Types> Query<P, Row, Many> {
    /// A statement written by hand whose columns are whatever the server says: rows are looked into while the program
    /// runs.
    ///
    /// # Example: all that there is
    ///
    /// ```no_run
    /// use hathi::Query;
    /// use hathi::sql::int4;
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let query = Query::untyped("SELECT * FROM crew WHERE id = $1", (int4,));
    /// let row = session.fetch_one(query.bind((7,))).await?;
    /// let name: String = row.get("name")?;
    /// # let _ = name;
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub const fn untyped(sql: &'static str, _parameters: P) -> Self {
        Self::of(
            Fixed::Raw(RawParts::new(sql, <Shaped<P, ()>>::UNTYPED)),
            Row::decode,
        )
    }
}

impl<P: Types, R> Query<P, R, Many> {
    /// A statement written by hand: its text, the types of its parameters and those of its columns.
    ///
    /// Nothing checks it while it is compiled. The number and the types of its columns are compared with the server's
    /// before a row is read; their names are free. A NULL in a column that is not [`nullable`](crate::sql::nullable)
    /// is an error. Rows are tuples of the [default types](mod@crate::sql#default-rust-types) of the columns, or values
    /// of one if there is only one and it stands without parentheses.
    ///
    /// # Example: a statement over a system catalog
    ///
    /// ```no_run
    /// use hathi::Query;
    /// use hathi::sql::{Name, int4, int8, name, nullable, text};
    ///
    /// const TABLES: Query<(Name,), (String, Option<String>)> = Query::raw(
    ///     "SELECT relname, obj_description(oid) FROM pg_class WHERE relnamespace = to_regnamespace($1::text)",
    ///     (name,),
    ///     (name, nullable(text)),
    /// );
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// for (table, comment) in session.fetch(TABLES.bind(("public",))).await? {
    ///     assert!(!table.is_empty() || comment.is_none());
    /// }
    /// let doubled = Query::raw("SELECT 2 * $1::int8", (int4,), int8);
    /// assert_eq!(session.fetch_one(doubled.bind((21,))).await?, 42);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub const fn raw<S: Columns<Rust = R>>(sql: &'static str, _parameters: P, _columns: S) -> Self {
        Self::of(
            Fixed::Raw(RawParts::new(sql, <Shaped<P, S>>::QUERY)),
            S::decode,
        )
    }
}

impl<P, R> Query<P, R, crate::cardinality::One> {
    /// The same statement, promising only that there is at most one row.
    pub const fn as_optional(self) -> Query<P, R, Optional> {
        Query::of(self.source, self.decode)
    }
}

impl<P, R, C> Copy for Query<P, R, C> {}

impl<P, R, C> Clone for Query<P, R, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R, C> fmt::Debug for Query<P, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("sql", &self.source.sql())
            .finish_non_exhaustive()
    }
}

/// A query and the values of its parameters, ready for a session.
#[derive(Clone, Copy)]
#[must_use = "a statement does nothing until a session runs it"]
pub struct Bound<A, P, R, C = Many> {
    query: Query<P, R, C>,
    // Proven where the values are bound, so that the compiler need not prove it again where they are sent.
    write: WriteArguments<A>,
    arguments: A,
}

impl<A, P, R, C> Bound<A, P, R, C> {
    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        self.query.dependencies()
    }
}

/// Writes the values of a statement's parameters.
type WriteArguments<A> = fn(&A, &mut Arguments<'_>) -> Result<(), ArgumentError>;

// The values are the user's and none of a log's business.
impl<A, P, R, C> fmt::Debug for Bound<A, P, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("sql", &self.query.source.sql())
            .finish_non_exhaustive()
    }
}

/// A statement that returns no rows: `P` are the SQL types of its parameters. Running it answers the rows affected.
///
/// Values of this type come from [`command!`](crate::command!), or are written by hand with [`raw`](Self::raw).
#[must_use = "a statement does nothing until a session runs it"]
pub struct Command<P> {
    source: Fixed,
    marker: PhantomData<fn() -> P>,
}

impl<P> Command<P> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static Parts) -> Self {
        Self::of(Fixed::Checked(parts))
    }

    pub(crate) const fn of(source: Fixed) -> Self {
        Self {
            source,
            marker: PhantomData,
        }
    }

    pub(crate) const fn written(&self) -> Fixed {
        self.source
    }

    /// Brings the values of the parameters: a tuple, in the statement's order. [`bind!`](crate::bind!) names them.
    pub fn bind<A: Bind<P>>(self, arguments: A) -> BoundCommand<A, P> {
        BoundCommand {
            command: self,
            arguments,
        }
    }

    /// The text as it is sent, parameters as `$n`.
    #[must_use]
    pub const fn sql(&self) -> &'static str {
        self.source.sql()
    }

    /// The names of the parameters, in the statement's order; empty for one that has only its number.
    #[must_use]
    pub const fn names(&self) -> &'static [&'static str] {
        self.source.names()
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.source.origin()
    }

    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        self.source.dependencies()
    }
}

impl<P: Types> Command<P> {
    /// A command written by hand: its text and the types of its parameters. Rows that it returns are dropped.
    ///
    /// # Example: a setting of the server
    ///
    /// ```no_run
    /// use hathi::Command;
    /// use hathi::sql::{int4, text};
    ///
    /// # async fn demo(session: &mut hathi::Session) -> Result<(), hathi::Error> {
    /// let rename = Command::raw("UPDATE crew SET name = $2 WHERE id = $1", (int4, text));
    /// assert_eq!(session.execute(rename.bind((1, "Ada"))).await?, 1);
    /// session.execute(Command::raw("ANALYZE crew", ())).await?;
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub const fn raw(sql: &'static str, _parameters: P) -> Self {
        Self::of(Fixed::Raw(RawParts::new(sql, <Shaped<P, ()>>::UNTYPED)))
    }
}

/// The types of hand-written statements as constants.
struct Shaped<P, S>(PhantomData<(P, S)>);

impl<P: Types, S: Columns> Shaped<P, S> {
    const QUERY: &'static Shape = &Shape {
        types: P::TYPES,
        columns: Some(S::COLUMNS),
    };

    const UNTYPED: &'static Shape = &Shape {
        types: P::TYPES,
        columns: None,
    };
}

impl<P> Copy for Command<P> {}

impl<P> Clone for Command<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> fmt::Debug for Command<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("sql", &self.source.sql())
            .finish_non_exhaustive()
    }
}

/// A command and the values of its parameters, ready for a session.
#[derive(Clone, Copy)]
#[must_use = "a statement does nothing until a session runs it"]
pub struct BoundCommand<A, P> {
    command: Command<P>,
    arguments: A,
}

impl<A, P> BoundCommand<A, P> {
    /// What the statement needs of its surroundings; `None` for one written by hand.
    #[must_use]
    pub const fn dependencies(&self) -> Option<Dependencies> {
        self.command.dependencies()
    }
}

impl<A, P> fmt::Debug for BoundCommand<A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundCommand")
            .field("sql", &self.command.source.sql())
            .finish_non_exhaustive()
    }
}

/// What a session can fetch rows with: a bound query, or one that has no parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a statement whose rows can be fetched",
    label = "expected a query with its parameters bound",
    note = "bring the values with `.bind((…,))`, or run a command with `execute`"
)]
pub trait Statement {
    /// The Rust row.
    type Row;
    /// How many rows there are.
    type Cardinality;

    #[doc(hidden)]
    fn source(&self) -> Source;

    #[doc(hidden)]
    fn decode(&self) -> DecodeRow<Self::Row>;

    #[doc(hidden)]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
}

impl<A, P, R, C> Statement for Bound<A, P, R, C> {
    type Row = R;
    type Cardinality = C;

    #[inline]
    fn source(&self) -> Source {
        self.query.source.into()
    }

    #[inline]
    fn decode(&self) -> DecodeRow<R> {
        self.query.decode
    }

    #[inline]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        (self.write)(&self.arguments, to)
    }
}

impl<R, C> Statement for Query<(), R, C> {
    type Row = R;
    type Cardinality = C;

    #[inline]
    fn source(&self) -> Source {
        self.source.into()
    }

    #[inline]
    fn decode(&self) -> DecodeRow<R> {
        self.decode
    }

    #[inline]
    fn bind_to(&self, _to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        Ok(())
    }
}

/// What a session can execute: a bound command, or one that has no parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "expected a command with its parameters bound",
    note = "bring the values with `.bind((…,))`, or read the rows of a query with `fetch`"
)]
pub trait Executable {
    #[doc(hidden)]
    fn source(&self) -> Source;

    #[doc(hidden)]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
}

impl<A: Bind<P>, P> Executable for BoundCommand<A, P> {
    #[inline]
    fn source(&self) -> Source {
        self.command.source.into()
    }

    #[inline]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.arguments.bind(to)
    }
}

impl Executable for Command<()> {
    #[inline]
    fn source(&self) -> Source {
        self.source.into()
    }

    #[inline]
    fn bind_to(&self, _to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        Ok(())
    }
}
