//! What newer servers understand.

use super::Refusal;

const MERGE: &str = "MERGE needs PostgreSQL 15, its RETURNING and BY SOURCE 17 or later";

pub(super) fn way_out(refusal: &Refusal<'_>) -> Option<&'static str> {
    match refusal.sqlstate {
        "42P01" if is_old_or_new(refusal) => {
            Some("RETURNING old and new need PostgreSQL 18 or later")
        }
        "22023" if refusal.message.starts_with("NUMERIC scale -") => {
            Some("a negative scale needs PostgreSQL 15 or later")
        }
        "42601" => grammar(refusal),
        _ => None,
    }
}

fn grammar(refusal: &Refusal<'_>) -> Option<&'static str> {
    if refusal.at(&["merge"]) == Some(0) {
        return Some(MERGE);
    }
    if let Some(at) = refusal.at(&["returning", "by"])
        && (0..at).any(|index| refusal.is(index, &["merge"]))
    {
        return Some(MERGE);
    }
    let nulls = refusal.at(&["nulls"])?;
    (refusal.is(nulls + 1, &["distinct"]) || refusal.is(nulls + 2, &["distinct"]))
        .then_some("NULLS [NOT] DISTINCT needs PostgreSQL 15 or later")
}

fn is_old_or_new(refusal: &Refusal<'_>) -> bool {
    refusal
        .at(&["old", "new"])
        .is_some_and(|at| (0..at).any(|index| refusal.is(index, &["returning"])))
}
