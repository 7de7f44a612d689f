//! Why a column may be NULL, in the words that a reviewer of a cache file reads.

use crate::analyzed::JoinKind;
use crate::catalog::Catalog;
use crate::tree::Tree;

/// That something is never NULL, or why it may be.
pub(crate) type Proof = Result<(), Doubt>;

/// Why a column may be NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The table's column has no NOT NULL.
    Allowed {
        relation: u32,
        attribute: i16,
    },
    /// Its NOT NULL has not been checked for the rows that were there before.
    NotValidated {
        relation: u32,
        attribute: i16,
    },
    /// A table that inherits from it allows NULL, or enforces nothing.
    Heir {
        relation: u32,
        attribute: i16,
    },
    /// The relation is no table: a foreign table, a materialized view, …
    NotATable {
        relation: u32,
    },
    /// An outer join may find no row; the entry is a node of the tree.
    OuterJoin {
        kind: JoinKind,
        entry: Option<usize>,
    },
    /// A grouping set may leave the key out.
    GroupingSet,
    /// The row that RETURNING speaks of may be absent.
    AbsentRow,
    /// A trigger may change the row that is written.
    Trigger {
        relation: u32,
    },
    /// It is NULL as it is written.
    Null,
    /// A parameter may be NULL.
    Parameter {
        number: usize,
    },
    /// A function may return NULL.
    Function {
        function: u32,
    },
    /// An operator may return NULL.
    Operator {
        operator: u32,
    },
    /// An aggregate may have no row.
    NoInput {
        function: u32,
    },
    /// FILTER may leave an aggregate without a row.
    Filter {
        function: u32,
    },
    /// The frame of a window function may not hold the current row.
    EmptyFrame {
        function: u32,
    },
    /// `lag` and `lead` have no row before the first and behind the last.
    NoOtherRow {
        function: u32,
    },
    /// A cast may return NULL.
    Cast,
    CaseWithoutElse,
    Nullif,
    /// An element of an array, or of something like it.
    Element,
    /// An array that is compared with may hold NULL.
    NullElement,
    /// A field of a row.
    Field,
    /// A scalar subquery may have no row.
    NoRow,
    /// It comes from VALUES.
    Values,
    /// It comes from a function in FROM.
    FunctionInFrom,
    /// It comes from a CTE that refers to itself.
    RecursiveCte,
    /// The server does not show how it understands the statement.
    NotShown,
    /// Nothing is known.
    Unknown,
}

/// What the words of a doubt name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) tree: Option<&'a Tree<'a>>,
}

impl Doubt {
    /// The reason as a clause, without a full stop.
    pub(crate) fn words(self, names: Names<'_>) -> String {
        self.words_about_relations(names)
            .or_else(|| self.words_about_calls(names))
            .unwrap_or_else(|| self.fixed_words().to_owned())
    }

    fn words_about_relations(self, names: Names<'_>) -> Option<String> {
        let catalog = names.catalog;
        Some(match self {
            Self::Allowed {
                relation,
                attribute,
            } => {
                format!("{} allows NULL", catalog.column(relation, attribute))
            }
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
                let column = catalog.column(relation, attribute);
                format!("a table that inherits {column} allows NULL")
            }
            Self::NotATable { relation } => {
                format!(
                    "{} is not a table that enforces NOT NULL",
                    catalog.name(relation)
                )
            }
            Self::Trigger { relation } => {
                format!("a trigger of {} may change it", catalog.name(relation))
            }
            Self::OuterJoin { kind, entry } => {
                let join = match kind {
                    JoinKind::Left => "LEFT JOIN",
                    JoinKind::Right => "RIGHT JOIN",
                    JoinKind::Full | JoinKind::Inner => "FULL JOIN",
                };
                let entry = names.tree.and_then(|tree| tree.node(entry?)?.node("eref"));
                match entry.and_then(|name| name.text("aliasname")) {
                    Some(name) => format!("{name} is on the nullable side of a {join}"),
                    None => format!("a {join} may find no row"),
                }
            }
            _ => return None,
        })
    }

    fn words_about_calls(self, names: Names<'_>) -> Option<String> {
        let name = |function| {
            let function = names.catalog.function(function);
            let signature = function.map_or("a function", |function| &function.signature);
            let name = signature.split('(').next().unwrap_or(signature);
            format!("{name}()")
        };
        Some(match self {
            Self::Parameter { number } => format!("${number} may be NULL"),
            Self::Function { function } => format!("{} may return NULL", name(function)),
            Self::Operator { operator } => {
                format!(
                    "the operator {} may return NULL",
                    names.catalog.operator_name(operator)
                )
            }
            Self::NoInput { function } => format!("{} over no rows is NULL", name(function)),
            Self::Filter { function } => {
                format!("FILTER may leave {} without a row", name(function))
            }
            Self::EmptyFrame { function } => {
                format!("the frame of {} may be without a row", name(function))
            }
            Self::NoOtherRow { function } => {
                format!(
                    "{} without a default is NULL where there is no other row",
                    name(function)
                )
            }
            _ => return None,
        })
    }

    fn fixed_words(self) -> &'static str {
        match self {
            Self::GroupingSet => "a grouping set may leave it out",
            Self::AbsentRow => "the row that RETURNING speaks of may be absent",
            Self::Null => "it is NULL",
            Self::Cast => "a cast may return NULL",
            Self::CaseWithoutElse => "a CASE without ELSE, or with ELSE NULL, may be NULL",
            Self::Nullif => "NULLIF may be NULL",
            Self::Element => "an element may be absent, or NULL",
            Self::NullElement => "an array that it is compared with may hold NULL",
            Self::Field => "a field of a row may be NULL",
            Self::NoRow => "a subquery may have no row",
            Self::Values => "it comes from VALUES",
            Self::FunctionInFrom => "it comes from a function in FROM",
            Self::RecursiveCte => "it comes from a recursive CTE",
            Self::NotShown => "the server does not show how it understands the statement",
            _ => "nothing is known of it",
        }
    }
}
