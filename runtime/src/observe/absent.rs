//! In place of spans where no feature asks for any: nothing, in no bytes.

use std::future::Future;

use hathi_wire::Host;

use super::{Subject, Verb};
use crate::config::Config;
use crate::error::Error;

/// Nobody listens.
#[inline(always)]
pub(crate) const fn is_wanted() -> bool {
    false
}

/// What a session knows for those who listen: nothing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Observed(());

impl Observed {
    pub(crate) fn new(_config: &Config, _host: Option<&Host>) -> Self {
        Self(())
    }
}

/// Watches nothing.
#[derive(Debug, Default)]
pub(crate) struct Watch(());

impl Watch {
    pub(crate) fn new(_verb: Verb, _observed: &Observed) -> Self {
        Self(())
    }

    #[inline(always)]
    pub(crate) const fn is_some(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) const fn is_unborn(&self) -> bool {
        false
    }

    pub(crate) fn begin(
        &mut self,
        _observed: &Observed,
        _scope: Option<&Self>,
        _subject: Subject<'_>,
    ) {
    }

    pub(crate) fn begin_in(&mut self, _observed: &Observed, _scope: &Self, _subject: Subject<'_>) {}

    pub(crate) fn prepares(&mut self, _observed: &Observed, _subject: Subject<'_>) {}

    pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    pub(crate) fn around(&self) -> Around {
        Around
    }

    pub(crate) fn run<F: Future>(self, work: F) -> F {
        work
    }

    pub(crate) fn row(&mut self) {}

    pub(crate) fn completed(&mut self, _affected: u64) {}

    pub(crate) fn failed(&mut self, _error: &Error) {}

    pub(crate) fn ended(&mut self, _outcome: &'static str) {}
}

/// Nothing is around.
#[derive(Debug)]
pub(crate) struct Around;

impl Around {
    pub(crate) fn run<F: Future>(self, work: F) -> F {
        work
    }
}

/// Does the work.
pub(crate) fn watched<T, F>(
    _verb: Verb,
    _observed: impl FnOnce() -> Observed,
    _name: &str,
    work: F,
) -> F
where
    F: Future<Output = Result<T, Error>>,
{
    work
}
