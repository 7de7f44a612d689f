//! How many rows a statement answers with, as types.

use std::fmt;

/// How many rows a statement answers with, and what is handed to the caller for them.
///
/// The list is complete: [`One`], [`Optional`], [`AtLeastOne`] and [`Many`]. Nothing else can implement this trait.
pub trait Cardinality: sealed::Sealed {
    /// What the caller gets: `R`, `Option<R>` or `Vec<R>`.
    type Output<R>;

    #[doc(hidden)]
    type Rows<R>: Default;

    #[doc(hidden)]
    fn push<R>(rows: &mut Self::Rows<R>, row: R) -> Result<(), RowCount>;

    #[doc(hidden)]
    fn finish<R>(rows: Self::Rows<R>) -> Result<Self::Output<R>, RowCount>;
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
    type Rows<R> = Option<R>;

    fn push<R>(rows: &mut Option<R>, row: R) -> Result<(), RowCount> {
        only(rows, row, RowCount::OneFoundMore)
    }

    fn finish<R>(rows: Option<R>) -> Result<R, RowCount> {
        rows.ok_or(RowCount::OneFoundNone)
    }
}

impl Cardinality for Optional {
    type Output<R> = Option<R>;
    type Rows<R> = Option<R>;

    fn push<R>(rows: &mut Option<R>, row: R) -> Result<(), RowCount> {
        only(rows, row, RowCount::OptionalFoundMore)
    }

    fn finish<R>(rows: Option<R>) -> Result<Option<R>, RowCount> {
        Ok(rows)
    }
}

impl Cardinality for AtLeastOne {
    type Output<R> = Vec<R>;
    type Rows<R> = Vec<R>;

    fn push<R>(rows: &mut Vec<R>, row: R) -> Result<(), RowCount> {
        rows.push(row);
        Ok(())
    }

    fn finish<R>(rows: Vec<R>) -> Result<Vec<R>, RowCount> {
        if rows.is_empty() {
            Err(RowCount::AtLeastOneFoundNone)
        } else {
            Ok(rows)
        }
    }
}

impl Cardinality for Many {
    type Output<R> = Vec<R>;
    type Rows<R> = Vec<R>;

    fn push<R>(rows: &mut Vec<R>, row: R) -> Result<(), RowCount> {
        rows.push(row);
        Ok(())
    }

    fn finish<R>(rows: Vec<R>) -> Result<Vec<R>, RowCount> {
        Ok(rows)
    }
}
