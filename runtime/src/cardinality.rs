//! How many rows a statement answers with, as types.

use std::fmt;

/// How many rows a statement answers with, and what is handed to the caller for them.
///
/// The list is complete: [`One`], [`Optional`], [`AtLeastOne`] and [`Many`]. Nothing else can implement this trait.
pub trait Cardinality: sealed::Sealed {
    /// What the caller gets: `R`, `Option<R>` or `Vec<R>`.
    type Output<R>;

    #[doc(hidden)]
    fn push<R>(rows: &mut Gathered<R>, row: R) -> Result<(), RowCount>;

    #[doc(hidden)]
    fn finish<R>(rows: Gathered<R>) -> Result<Self::Output<R>, RowCount>;
}

/// Rows as they come: one has its place without an allocation. The same for all cardinalities, because a type that
/// depends on them costs the compiler at each query.
#[doc(hidden)]
#[derive(Debug)]
pub struct Gathered<R> {
    one: Option<R>,
    many: Vec<R>,
}

impl<R> Gathered<R> {
    pub(crate) const fn new() -> Self {
        Self {
            one: None,
            many: Vec::new(),
        }
    }
}

/// Exactly one row: the caller gets `R`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum One {}

/// At most one row: the caller gets `Option<R>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {}

/// One row or more: the caller gets `Vec<R>`, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtLeastOne {}

/// Any number of rows: the caller gets `Vec<R>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {}

/// The number of rows is not what was promised.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCount {
    OneFoundNone,
    OneFoundMore,
    OptionalFoundMore,
    AtLeastOneFoundNone,
}

impl fmt::Display for RowCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneFoundNone => "expected exactly one row, found none",
            Self::OneFoundMore => "expected exactly one row, found more",
            Self::OptionalFoundMore => "expected at most one row, found more",
            Self::AtLeastOneFoundNone => "expected at least one row, found none",
        })
    }
}

mod sealed {
    /// Keeps the list of cardinalities complete.
    pub trait Sealed {}

    impl Sealed for super::One {}
    impl Sealed for super::Optional {}
    impl Sealed for super::AtLeastOne {}
    impl Sealed for super::Many {}
}

/// Keeps the first row; a second one is a mistake.
fn only<R>(rows: &mut Option<R>, row: R, mistake: RowCount) -> Result<(), RowCount> {
    if rows.is_some() {
        return Err(mistake);
    }
    *rows = Some(row);
    Ok(())
}

impl Cardinality for One {
    type Output<R> = R;

    fn push<R>(rows: &mut Gathered<R>, row: R) -> Result<(), RowCount> {
        only(&mut rows.one, row, RowCount::OneFoundMore)
    }

    fn finish<R>(rows: Gathered<R>) -> Result<R, RowCount> {
        rows.one.ok_or(RowCount::OneFoundNone)
    }
}

impl Cardinality for Optional {
    type Output<R> = Option<R>;

    fn push<R>(rows: &mut Gathered<R>, row: R) -> Result<(), RowCount> {
        only(&mut rows.one, row, RowCount::OptionalFoundMore)
    }

    fn finish<R>(rows: Gathered<R>) -> Result<Option<R>, RowCount> {
        Ok(rows.one)
    }
}

impl Cardinality for AtLeastOne {
    type Output<R> = Vec<R>;

    fn push<R>(rows: &mut Gathered<R>, row: R) -> Result<(), RowCount> {
        rows.many.push(row);
        Ok(())
    }

    fn finish<R>(rows: Gathered<R>) -> Result<Vec<R>, RowCount> {
        if rows.many.is_empty() {
            Err(RowCount::AtLeastOneFoundNone)
        } else {
            Ok(rows.many)
        }
    }
}

impl Cardinality for Many {
    type Output<R> = Vec<R>;

    fn push<R>(rows: &mut Gathered<R>, row: R) -> Result<(), RowCount> {
        rows.many.push(row);
        Ok(())
    }

    fn finish<R>(rows: Gathered<R>) -> Result<Vec<R>, RowCount> {
        Ok(rows.many)
    }
}
