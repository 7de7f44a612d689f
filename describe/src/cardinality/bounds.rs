//! How many rows there are, at least and at most.

use hathi_query_cache::Cardinality;

/// The number of rows, as far as it is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) lo: u64,
    // Any number that cannot be counted to is no limit at all.
    pub(crate) hi: u64,
}

/// More than can be counted.
pub(crate) const UNLIMITED: u64 = u64::MAX;

impl Bounds {
    /// Nothing is known.
    pub(crate) const ANY: Self = Self {
        lo: 0,
        hi: UNLIMITED,
    };

    pub(crate) const fn exactly(rows: u64) -> Self {
        Self { lo: rows, hi: rows }
    }

    /// The rows of both.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            lo: self.lo.saturating_add(other.lo),
            hi: self.hi.saturating_add(other.hi),
        }
    }

    /// Some rows may be missing.
    pub(crate) const fn or_fewer(self) -> Self {
        Self { lo: 0, hi: self.hi }
    }

    /// Each row once, or one row for many.
    pub(crate) fn merged(self) -> Self {
        Self {
            lo: self.lo.min(1),
            hi: self.hi,
        }
    }

    pub(crate) fn at_most(self, rows: u64) -> Self {
        Self {
            lo: self.lo.min(rows),
            hi: self.hi.min(rows),
        }
    }

    /// Without the first rows.
    pub(crate) const fn behind(self, rows: u64) -> Self {
        let hi = if self.hi == UNLIMITED {
            UNLIMITED
        } else {
            self.hi.saturating_sub(rows)
        };
        Self {
            lo: self.lo.saturating_sub(rows),
            hi,
        }
    }

    /// The same in the words of a description.
    pub(crate) const fn cardinality(self) -> Cardinality {
        match (self.lo, self.hi) {
            (1.., 0..=1) => Cardinality::One,
            (0, 0..=1) => Cardinality::Optional,
            (1.., _) => Cardinality::AtLeastOne,
            (0, _) => Cardinality::Many,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bounds: Bounds, expected: Cardinality) {
        assert_eq!(bounds.cardinality(), expected, "{bounds:?}");
    }

    #[test]
    fn bounds_are_told_in_four_words() {
        check(Bounds::exactly(1), Cardinality::One);
        check(Bounds::exactly(0), Cardinality::Optional);
        check(Bounds { lo: 0, hi: 1 }, Cardinality::Optional);
        check(Bounds::exactly(2), Cardinality::AtLeastOne);
        check(
            Bounds {
                lo: 1,
                hi: UNLIMITED,
            },
            Cardinality::AtLeastOne,
        );
        check(Bounds { lo: 0, hi: 2 }, Cardinality::Many);
        check(Bounds::ANY, Cardinality::Many);
    }

    #[test]
    fn what_is_skipped_is_subtracted_but_from_no_limit() {
        assert_eq!(Bounds::exactly(3).behind(2), Bounds::exactly(1));
        assert_eq!(Bounds::exactly(3).behind(5), Bounds::exactly(0));
        assert_eq!(Bounds::ANY.behind(5), Bounds::ANY);
    }
}
