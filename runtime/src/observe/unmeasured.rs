//! In place of metrics where no feature asks for any: nothing, in no bytes.

use hathi_wire::StatementCounters;

use crate::config::Config;
use crate::pool::PoolStatus;

/// Nobody looks at the clock.
#[derive(Debug)]
pub(crate) struct Moment;

impl Moment {
    #[inline(always)]
    pub(crate) const fn now() -> Self {
        Self
    }
}

/// Counts nothing.
#[derive(Debug, Default)]
pub(crate) struct StatementMeter;

impl StatementMeter {
    #[inline(always)]
    pub(crate) fn tell(&mut self, _now: impl FnOnce() -> StatementCounters) {}
}

/// Measures nothing.
#[derive(Debug)]
pub(crate) struct PoolMeter;

impl PoolMeter {
    pub(crate) const fn new(_config: &Config) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn changed(&self, _status: impl FnOnce() -> PoolStatus) {}

    pub(crate) const fn timed_out(&self) {}

    pub(crate) const fn created(&self, _since: &Moment) {}

    pub(crate) const fn waited(&self, _since: &Moment) {}

    pub(crate) const fn used(&self, _since: &Moment) {}
}
