//! Which rows of a table a unique key leaves, if columns of it are held at values.

use crate::analysis::Rule;
use crate::catalog::{Key, KeyColumn};

use super::Ground;
use super::pins::{Equality, Pin};

/// Whether at most one row of a table has the values that pins ask for.
pub(super) fn is_one(ground: Ground<'_>, relation: u32, inherits: bool, pins: &[Pin]) -> bool {
    let inherits = inherits && ground.applies(Rule::IndexOfOneTable);
    let is_one_by = |key: &Key| {
        key.columns.iter().all(|column| {
            pins.iter()
                .filter(|pin| pin.attribute == column.attribute)
                .any(|pin| holds(ground, key, *column, pin.equality))
        })
    };
    let mut keys = ground.keys.unique(relation, inherits).iter();
    is_at_one_place(ground, relation, inherits, pins)
        || ground.applies(Rule::HeldKey) && keys.any(is_one_by)
}

/// Whether an equality leaves only values that a unique index takes to be the same.
fn holds(ground: Ground<'_>, key: &Key, column: KeyColumn, equality: Equality) -> bool {
    match equality {
        Equality::Null => key.nulls_are_equal,
        Equality::Operator {
            operator,
            ty,
            collation,
        } => {
            let is_member = ground
                .keys
                .operator(operator)
                .is_some_and(|operator| operator.families.contains(&column.family));
            let is_its_own = is_member && (ty == column.ty || POLYMORPHIC.contains(&column.ty));
            let is_exact = collation == column.collation || ground.keys.is_deterministic(collation);
            (is_its_own || !ground.applies(Rule::IndexFamily))
                && (is_exact || !ground.applies(Rule::IndexCollation))
        }
    }
}

/// What operator classes of many types say they take: `anyarray`, `anyenum`, `record`, `anyrange`, `anymultirange`.
const POLYMORPHIC: [u32; 5] = [2277, 3500, 2249, 3831, 4537];

/// A row's place in its table is its own.
fn is_at_one_place(ground: Ground<'_>, relation: u32, inherits: bool, pins: &[Pin]) -> bool {
    const CTID: i16 = -1;
    const TID_EQUALS: u32 = 387;
    let is_one_table = ground.keys.storage(relation).is_some_and(|storage| {
        matches!(storage.kind, 'r' | 'm') && (storage.childless || !inherits)
    });
    ground.applies(Rule::RowPlace)
        && is_one_table
        && pins.iter().any(|pin| {
            pin.attribute == CTID
                && matches!(
                    pin.equality,
                    Equality::Operator {
                        operator: TID_EQUALS,
                        ..
                    }
                )
        })
}
