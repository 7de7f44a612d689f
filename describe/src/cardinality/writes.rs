//! The rows that INSERT, UPDATE, DELETE and MERGE return.

use super::joins::Block;
use super::{Bounds, Rows};
use crate::analysis::Rule;
use crate::analyzed::Query;

impl<'a> Rows<'a> {
    /// A row for each that is inserted, unless something takes it away.
    pub(super) fn insert(&mut self, query: Query<'a>) -> Bounds {
        let rows = if query.0.flag("hasTargetSRFs") == Some(false) {
            let block = Block::of(query, self.ground, Vec::new());
            let hi = self.count(query, &block, [].into()).hi;
            Bounds {
                lo: self.least(query).min(hi),
                hi,
            }
        } else {
            Bounds::ANY
        };
        if self.keeps_each(query) {
            rows
        } else {
            rows.or_fewer()
        }
    }

    /// A row is updated or deleted once, however many others it is joined with.
    pub(super) fn update(&mut self, query: Query<'a>) -> Bounds {
        let block = Block::of(query, self.ground, Vec::new());
        let counted = self.count(query, &block, [].into());
        let is_one = query
            .target()
            .is_some_and(|target| counted.same.contains(&target))
            && self.ground.applies(Rule::WrittenOnce);
        Bounds {
            lo: 0,
            hi: if is_one {
                counted.hi.min(1)
            } else {
                counted.hi
            },
        }
    }

    /// Each row of the source, with those of the target that match it or with none, is one row at most.
    pub(super) fn merge(&mut self, query: Query<'a>) -> Bounds {
        const NOT_MATCHED_BY_SOURCE: u8 = 1;
        let mut actions = query.0.list("mergeActionList").nodes();
        let joins_all = actions.any(|action| {
            action
                .number("matchKind")
                .is_none_or(|kind: u8| kind == NOT_MATCHED_BY_SOURCE)
        });
        let target = query
            .target()
            .filter(|target| query.0.number("mergeTargetRelation") == Some(*target));
        let Some(target) = target.filter(|_| !joins_all) else {
            return Bounds::ANY;
        };
        let block = Block::of_merge(query, self.ground, target);
        let hi = self.count(query, &block, [].into()).hi;
        Bounds { lo: 0, hi }
    }

    /// Whether each row that an INSERT is given is inserted, or else updated, or the statement fails.
    fn keeps_each(&self, query: Query<'a>) -> bool {
        let target = query.target_relation();
        let Some(storage) = target.and_then(|target| self.ground.keys.storage(target)) else {
            return false;
        };
        let drops = self.ground.applies(Rule::DroppedRow);
        if drops && (!storage.local || storage.interferes.insert()) {
            return false;
        }
        if query.0.is_null("onConflict") || !self.ground.applies(Rule::Conflict) {
            return true;
        }
        const UPDATE: u8 = 2;
        let Some(conflict) = query.0.node("onConflict") else {
            return false;
        };
        // Another part of the statement may have taken the row that is in the way.
        let is_alone =
            query.0.flag("hasModifyingCTE") == Some(false) && query.0.enclosing_query().is_none();
        conflict.number("action") == Some(UPDATE)
            && conflict.is_null("onConflictWhere")
            && !(drops && storage.interferes.update())
            && is_alone
    }
}
