//! Statements that a session has prepared before their first use.

use std::fmt;

use crate::cardinality::Many;
use crate::codec::{ArgumentError, Arguments, Bind};
use crate::query::{Bound, BoundCommand, Command, DecodeRow, Executable, Query, Statement};
use crate::source::Source;

/// A query that a session has prepared: what [`Session::prepare_query`](crate::Session::prepare_query) returns.
///
/// It is a value, and runs on any session: on the one that made it the first use is as quick as all others, on another
/// one it is prepared when it is used. Nothing is pinned: should it make room for other statements, or be dropped by the
/// server, its next use prepares it again in the same flight.
pub struct PreparedQuery<P, R, C = Many>(Query<P, R, C>);

impl<P, R, C> PreparedQuery<P, R, C> {
    pub(crate) const fn new(query: Query<P, R, C>) -> Self {
        Self(query)
    }

    /// Brings the values of the parameters: a tuple, in the statement's order.
    pub fn bind<A: Bind<P>>(self, arguments: A) -> Bound<A, P, R, C> {
        self.0.bind(arguments)
    }

    /// The query that was prepared.
    pub const fn query(self) -> Query<P, R, C> {
        self.0
    }
}

// An error about another type is better off with the short list.
#[diagnostic::do_not_recommend]
impl<R, C> Statement for PreparedQuery<(), R, C> {
    type Row = R;
    type Cardinality = C;

    fn source(&self) -> Source {
        self.0.source()
    }

    fn decode(&self) -> DecodeRow<R> {
        self.0.decode()
    }

    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.0.bind_to(to)
    }
}

impl<P, R, C> Copy for PreparedQuery<P, R, C> {}

impl<P, R, C> Clone for PreparedQuery<P, R, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R, C> fmt::Debug for PreparedQuery<P, R, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedQuery").field(&self.0).finish()
    }
}

/// A command that a session has prepared: what [`Session::prepare_command`](crate::Session::prepare_command) returns.
///
/// As [`PreparedQuery`], it is a value that runs on any session.
pub struct PreparedCommand<P>(Command<P>);

impl<P> PreparedCommand<P> {
    pub(crate) const fn new(command: Command<P>) -> Self {
        Self(command)
    }

    /// Brings the values of the parameters: a tuple, in the statement's order.
    pub fn bind<A: Bind<P>>(self, arguments: A) -> BoundCommand<A, P> {
        self.0.bind(arguments)
    }

    /// The command that was prepared.
    pub const fn command(self) -> Command<P> {
        self.0
    }
}

// An error about another type is better off with the short list.
#[diagnostic::do_not_recommend]
impl Executable for PreparedCommand<()> {
    fn source(&self) -> Source {
        self.0.source()
    }

    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
        self.0.bind_to(to)
    }
}

impl<P> Copy for PreparedCommand<P> {}

impl<P> Clone for PreparedCommand<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> fmt::Debug for PreparedCommand<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedCommand").field(&self.0).finish()
    }
}
