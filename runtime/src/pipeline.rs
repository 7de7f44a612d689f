//! What may travel together in one flight: tuples and lists of bound statements.

use hathi_wire::Completed;

use crate::cardinality::{Cardinality, Gathered, RowCount};
use crate::codec::{ArgumentError, Arguments, Bind, DataRow};
use crate::error::{Error, Kind};
use crate::fragment::{FragmentCommand, FragmentQuery};
use crate::prepared::{PreparedCommand, PreparedQuery};
use crate::query::{Bound, BoundCommand, Command, DecodeRow, Executable, Query, Statement};
use crate::session::BindTo;
use crate::source::Source;

/// A statement that may be part of a pipeline: a bound query answers what its cardinality says, a bound command the rows
/// affected.
pub trait Pipelined {
    /// What it answers.
    type Output;
    #[doc(hidden)]
    type Gathered: Send;

    #[doc(hidden)]
    fn source(&self) -> Source;
    #[doc(hidden)]
    fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError>;
    #[doc(hidden)]
    fn gather(&self) -> Self::Gathered;
    #[doc(hidden)]
    fn row(gathered: &mut Self::Gathered, row: &DataRow<'_>) -> Result<(), Error>;
    #[doc(hidden)]
    fn finish(gathered: Self::Gathered, completed: Completed) -> Result<Self::Output, RowCount>;
}

/// The rows of a query, as they come.
#[derive(Debug)]
pub struct GatheredRows<R> {
    decode: DecodeRow<R>,
    rows: Gathered<R>,
    excess: Option<RowCount>,
}

macro_rules! queries {
    ($($ty:ty [$($generics:tt)*]),* $(,)?) => {$(
        impl<$($generics)*> Pipelined for $ty
        where
            Self: Statement<Cardinality: Cardinality, Row: Send>,
        {
            type Output = <<Self as Statement>::Cardinality as Cardinality>::Output<<Self as Statement>::Row>;
            type Gathered = GatheredRows<<Self as Statement>::Row>;

            fn source(&self) -> Source {
                Statement::source(self)
            }

            fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
                Statement::bind_to(self, to)
            }

            fn gather(&self) -> Self::Gathered {
                GatheredRows { decode: self.decode(), rows: Gathered::new(), excess: None }
            }

            fn row(gathered: &mut Self::Gathered, row: &DataRow<'_>) -> Result<(), Error> {
                if gathered.excess.is_none() {
                    let row = (gathered.decode)(row)?;
                    gathered.excess =
                        <<Self as Statement>::Cardinality as Cardinality>::push(&mut gathered.rows, row).err();
                }
                Ok(())
            }

            fn finish(gathered: Self::Gathered, _: Completed) -> Result<Self::Output, RowCount> {
                match gathered.excess {
                    Some(excess) => Err(excess),
                    None => <<Self as Statement>::Cardinality as Cardinality>::finish(gathered.rows),
                }
            }
        }
    )*};
}

queries! {
    Bound<A, P, R, C> [A, P, R, C],
    Query<(), R, C> [R, C],
    PreparedQuery<(), R, C> [R, C],
    FragmentQuery<R> [R],
}

macro_rules! commands {
    ($($ty:ty [$($generics:tt)*] $(where $($bounds:tt)*)?),* $(,)?) => {$(
        impl<$($generics)*> Pipelined for $ty $(where $($bounds)*)? {
            type Output = u64;
            type Gathered = ();

            fn source(&self) -> Source {
                Executable::source(self)
            }

            fn bind_to(&self, to: &mut Arguments<'_>) -> Result<(), ArgumentError> {
                Executable::bind_to(self, to)
            }

            fn gather(&self) {}

            fn row(_: &mut (), _: &DataRow<'_>) -> Result<(), Error> {
                Ok(())
            }

            fn finish(_: (), completed: Completed) -> Result<u64, RowCount> {
                Ok(completed.rows)
            }
        }
    )*};
}

commands! {
    BoundCommand<A, P> [A: Bind<P>, P],
    Command<()> [],
    PreparedCommand<()> [],
    FragmentCommand [],
}

/// Statements that travel together: a tuple of up to sixteen, or a `Vec` of statements of one type.
///
/// [`Session::pipeline`](crate::Session::pipeline) and [`Session::pipeline_each`](crate::Session::pipeline_each) take it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "expected a tuple or a `Vec` of statements with their parameters bound",
    note = "a tuple of one statement has a comma: `(statement,)`"
)]
pub trait Pipeline {
    /// What they answer together.
    type Output;
    /// What each of them answers.
    type Results;
    #[doc(hidden)]
    type Gathered: Send;

    #[doc(hidden)]
    fn each(&self, visit: Visit<'_>) -> Result<(), Error>;
    #[doc(hidden)]
    fn gather(&self) -> Self::Gathered;
    #[doc(hidden)]
    fn row(gathered: &mut Self::Gathered, member: usize, row: &DataRow<'_>) -> Result<(), Error>;
    #[doc(hidden)]
    fn finish(
        gathered: Self::Gathered,
        completed: &[Completed],
    ) -> Result<Self::Output, (usize, RowCount)>;
    #[doc(hidden)]
    fn results(gathered: Self::Gathered, outcomes: Vec<Result<Completed, Error>>) -> Self::Results;
}

/// Takes one statement after the other.
type Visit<'a> = &'a mut dyn FnMut(Source, BindTo<'_>) -> Result<(), Error>;

/// What one statement answers, if it ended well.
fn result<S: Pipelined>(
    gathered: S::Gathered,
    outcome: Option<Result<Completed, Error>>,
) -> Result<S::Output, Error> {
    let completed = outcome.unwrap_or_else(|| Err(Error::new(Kind::Closed(None))))?;
    S::finish(gathered, completed).map_err(|count| Error::new(Kind::RowCount(count)))
}

macro_rules! tuples {
    ($($statement:ident $index:tt),+) => {
        impl<$($statement: Pipelined),+> Pipeline for ($($statement,)+) {
            type Output = ($($statement::Output,)+);
            type Results = ($(Result<$statement::Output, Error>,)+);
            type Gathered = ($($statement::Gathered,)+);

            fn each(&self, visit: Visit<'_>) -> Result<(), Error> {
                $(visit(self.$index.source(), &|to| self.$index.bind_to(to))?;)+
                Ok(())
            }

            fn gather(&self) -> Self::Gathered {
                ($(self.$index.gather(),)+)
            }

            fn row(gathered: &mut Self::Gathered, member: usize, row: &DataRow<'_>) -> Result<(), Error> {
                match member {
                    $($index => $statement::row(&mut gathered.$index, row),)+
                    _ => Ok(()),
                }
            }

            fn finish(
                gathered: Self::Gathered,
                completed: &[Completed],
            ) -> Result<Self::Output, (usize, RowCount)> {
                let completed = |index: usize| completed.get(index).copied().unwrap_or_default();
                Ok(($($statement::finish(gathered.$index, completed($index)).map_err(|count| ($index, count))?,)+))
            }

            fn results(gathered: Self::Gathered, outcomes: Vec<Result<Completed, Error>>) -> Self::Results {
                let mut outcomes = outcomes.into_iter();
                ($(result::<$statement>(gathered.$index, outcomes.next()),)+)
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, Q 15);

impl<S: Pipelined> Pipeline for Vec<S> {
    type Output = Vec<S::Output>;
    type Results = Vec<Result<S::Output, Error>>;
    type Gathered = Vec<S::Gathered>;

    fn each(&self, visit: Visit<'_>) -> Result<(), Error> {
        self.iter()
            .try_for_each(|statement| visit(statement.source(), &|to| statement.bind_to(to)))
    }

    fn gather(&self) -> Self::Gathered {
        self.iter().map(S::gather).collect()
    }

    fn row(gathered: &mut Self::Gathered, member: usize, row: &DataRow<'_>) -> Result<(), Error> {
        match gathered.get_mut(member) {
            Some(gathered) => S::row(gathered, row),
            None => Ok(()),
        }
    }

    fn finish(
        gathered: Self::Gathered,
        completed: &[Completed],
    ) -> Result<Self::Output, (usize, RowCount)> {
        let members = gathered.into_iter().zip(completed).enumerate();
        members
            .map(|(index, (gathered, completed))| {
                S::finish(gathered, *completed).map_err(|count| (index, count))
            })
            .collect()
    }

    fn results(gathered: Self::Gathered, outcomes: Vec<Result<Completed, Error>>) -> Self::Results {
        let members = gathered.into_iter().zip(outcomes);
        members
            .map(|(gathered, outcome)| result::<S>(gathered, Some(outcome)))
            .collect()
    }
}
