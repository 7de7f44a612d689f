//! Why a column may be NULL, in the words that a reviewer of a cache file reads.

use crate::analyzed::JoinKind;
use crate::catalog::Catalog;

/// That something is never NULL, or why it may be.
pub(crate) type Proof = Result<(), Doubt>;

/// Why a column may be NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The table's column has no NOT NULL.
    Allowed { relation: u32, attribute: i16 },
    /// Its NOT NULL has not been checked for the rows that were there before.
    NotValidated { relation: u32, attribute: i16 },
    /// A table that inherits from it allows NULL, or enforces nothing.
    Heir { relation: u32, attribute: i16 },
    /// The relation is no table: a foreign table, a materialized view, …
    NotATable { relation: u32 },
    /// An outer join may find no row.
    OuterJoin(JoinKind),
    /// A grouping set may leave the key out.
    GroupingSet,
    /// The row that RETURNING speaks of may be absent.
    Returning,
    /// It is no plain column.
    Expression,
    /// It comes from VALUES.
    Values,
    /// It comes from a function.
    Function,
    /// It comes from a CTE that refers to itself.
    RecursiveCte,
    /// The server does not show how it understands the statement.
    NotShown,
    /// Nothing is known.
    Unknown,
}

impl Doubt {
    /// The reason as a clause, without a full stop.
    pub(crate) fn words(self, catalog: &Catalog) -> String {
        match self {
            Self::Allowed {
                relation,
                attribute,
            } => format!("{} allows NULL", catalog.column(relation, attribute)),
            Self::NotValidated {
                relation,
                attribute,
            } => {
                format!(
                    "NOT NULL of {} is NOT VALID",
                    catalog.column(relation, attribute)
                )
            }
            Self::Heir {
                relation,
                attribute,
            } => {
                format!(
                    "a table that inherits {} allows NULL",
                    catalog.column(relation, attribute)
                )
            }
            Self::NotATable { relation } => format!(
                "{} is not a table that enforces NOT NULL",
                catalog.name(relation)
            ),
            Self::OuterJoin(JoinKind::Left) => "a LEFT JOIN may find no row".to_owned(),
            Self::OuterJoin(JoinKind::Right) => "a RIGHT JOIN may find no row".to_owned(),
            Self::OuterJoin(JoinKind::Full | JoinKind::Inner) => {
                "a FULL JOIN may find no row".to_owned()
            }
            Self::GroupingSet => "a grouping set may leave it out".to_owned(),
            Self::Returning => "the row that RETURNING speaks of may be absent".to_owned(),
            Self::Expression => "not a plain column".to_owned(),
            Self::Values => "not a plain column: it comes from VALUES".to_owned(),
            Self::Function => "not a plain column: it comes from a function".to_owned(),
            Self::RecursiveCte => "it comes from a recursive CTE".to_owned(),
            Self::NotShown => {
                "the server does not show how it understands the statement".to_owned()
            }
            Self::Unknown => "nothing is known of it".to_owned(),
        }
    }
}
