//! The rows that INSERT, UPDATE, DELETE and MERGE return.

use super::{Bounds, Rows};
use crate::analyzed::Query;

impl<'a> Rows<'a> {
    /// A row for each that is inserted, unless something takes it away.
    pub(super) fn insert(&mut self, query: Query<'a>) -> Bounds {
        let rows = if query.0.flag("hasTargetSRFs") == Some(false) {
            self.from(query)
        } else {
            Bounds::ANY
        };
        if self.keeps_each(query) {
            rows
        } else {
            rows.or_fewer()
        }
    }

    /// Whether each row that an INSERT is given is inserted, or else updated, or the statement fails.
    fn keeps_each(&self, query: Query<'a>) -> bool {
        let target = query.target_relation();
        let Some(storage) = target.and_then(|target| self.catalog.keys().storage(target)) else {
            return false;
        };
        if !storage.local || storage.interferes.insert() {
            return false;
        }
        if query.0.is_null("onConflict") {
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
            && !storage.interferes.update()
            && is_alone
    }
}
