//! Statements as values: checked when they were compiled, typed, `const`, and copied for nothing.

use std::fmt;
use std::marker::PhantomData;

use crate::cardinality::{Many, Optional};
use crate::codec::{ArgumentError, Arguments, Bind, DataRow};
use crate::error::Error;
use crate::sql::TypeRef;

pub use hathi_wire::Column;

/// Where in the user's source a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What the macros know of a statement.
#[derive(Debug)]
pub struct Parts {
    /// The text, parameters as `$n`.
    pub sql: &'static str,
    /// The types of the parameters.
    pub parameters: &'static [TypeRef],
    /// The names of the parameters; empty for one that has only its number.
    pub names: &'static [&'static str],
    /// The columns it was checked to return.
    pub columns: &'static [Column],
    /// Whether it changes anything.
    pub writes: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// How a row becomes a value.
pub type DecodeRow<R> = for<'r> fn(&DataRow<'r>) -> Result<R, Error>;

/// A statement that returns rows: `P` are the SQL types of its parameters, `R` is the Rust row, `C` how many there are.
///
/// Values of this type come from [`query!`](crate::query!). They are `const` and `Copy`, and hold no value of a
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
    parts: &'static Parts,
    decode: DecodeRow<R>,
    marker: PhantomData<fn() -> (P, C)>,
}

impl<P, R, C> Query<P, R, C> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static Parts, decode: DecodeRow<R>) -> Self {
        Self {
            parts,
            decode,
            marker: PhantomData,
        }
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
        self.parts.sql
    }

    /// The names of the parameters, in the statement's order; empty for one that has only its number.
    #[must_use]
    pub const fn names(&self) -> &'static [&'static str] {
        self.parts.names
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.parts.origin
    }

    /// The same statement, promising only that there may be many rows.
    pub const fn as_many(self) -> Query<P, R, Many> {
        Query::__new(self.parts, self.decode)
    }
}

impl<P, R> Query<P, R, crate::cardinality::One> {
    /// The same statement, promising only that there is at most one row.
    pub const fn as_optional(self) -> Query<P, R, Optional> {
        Query::__new(self.parts, self.decode)
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
            .field("sql", &self.parts.sql)
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

/// Writes the values of a statement's parameters.
type WriteArguments<A> = fn(&A, &mut Arguments<'_>) -> Result<(), ArgumentError>;

// The values are the user's and none of a log's business.
impl<A, P, R, C> fmt::Debug for Bound<A, P, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("sql", &self.query.parts.sql)
            .finish_non_exhaustive()
    }
}

/// A statement that returns no rows: `P` are the SQL types of its parameters. Running it answers the rows affected.
///
/// Values of this type come from [`command!`](crate::command!).
#[must_use = "a statement does nothing until a session runs it"]
pub struct Command<P> {
    parts: &'static Parts,
    marker: PhantomData<fn() -> P>,
}

impl<P> Command<P> {
    #[doc(hidden)]
    pub const fn __new(parts: &'static Parts) -> Self {
        Self {
            parts,
            marker: PhantomData,
        }
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
        self.parts.sql
    }

    /// The names of the parameters, in the statement's order; empty for one that has only its number.
    #[must_use]
    pub const fn names(&self) -> &'static [&'static str] {
        self.parts.names
    }

    /// Where in the source the statement stands.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.parts.origin
    }
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
            .field("sql", &self.parts.sql)
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

impl<A, P> fmt::Debug for BoundCommand<A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundCommand")
            .field("sql", &self.command.parts.sql)
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
    fn parts(&self) -> &'static Parts;

    #[doc(hidden)]
    fn decode(&self) -> DecodeRow<Self::Row>;

    #[doc(hidden)]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
}

impl<A, P, R, C> Statement for Bound<A, P, R, C> {
    type Row = R;
    type Cardinality = C;

    #[inline]
    fn parts(&self) -> &'static Parts {
        self.query.parts
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
    fn parts(&self) -> &'static Parts {
        self.parts
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
    fn parts(&self) -> &'static Parts;

    #[doc(hidden)]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
}

impl<A: Bind<P>, P> Executable for BoundCommand<A, P> {
    #[inline]
    fn parts(&self) -> &'static Parts {
        self.command.parts
    }

    #[inline]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.arguments.bind(to)
    }
}

impl Executable for Command<()> {
    #[inline]
    fn parts(&self) -> &'static Parts {
        self.parts
    }

    #[inline]
    fn bind_to(&self, _to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        Ok(())
    }
}
