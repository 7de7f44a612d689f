//! What a statement that is right may still do otherwise than meant.

use serde::{Deserialize, Serialize};

/// Something in a statement that is allowed and seldom meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lint {
    /// One of [`LINTS`], or what a later release calls one.
    pub name: String,
    /// What it is, why it matters and what to do.
    pub message: String,
}

/// The names of all lints, as `hathi.toml` and `allow(…)` write them.
pub const LINTS: [&str; 12] = [
    "always_null",
    "disconnected_join",
    "foreign_type_word",
    "implicit_cast",
    "multiplied_aggregate",
    "no_where",
    "not_in_nullable",
    "nullable_argument",
    "redundant_mark",
    "unordered_limit",
    "unused_cte",
    "volatile_predicate",
];
