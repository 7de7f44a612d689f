//! The rules of the analysis by name, so that a test can switch one off and see what it was good for.

/// Writes the enum, the list of all rules and their names once.
macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $name:literal,)+) => {
        /// A rule of the analysis.
        ///
        /// Some rules prove that a value is not NULL, and without them fewer columns are; the others hold a proof back
        /// that would be wrong, and without them too many are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)+];

            /// The name of a rule, as the files of a corpus call it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                }
            }
        }
    };
}

rules! {
    /// A table's column with a validated NOT NULL is not NULL.
    StoredColumn = "stored-column",
    /// Outer joins null the columns of their nullable sides.
    OuterJoin = "outer-join",
    /// Every row of a FULL JOIN has one of its sides, so that a column merged from two proven ones is proven.
    MergedColumn = "merged-column",
    /// A strict function or operator that is not NULL has no NULL argument.
    StrictCondition = "strict-condition",
    /// `x IS NOT NULL` proves x.
    IsNotNull = "is-not-null",
    /// What holds for both sides of AND holds together.
    Conjunction = "conjunction",
    /// After OR, only what both sides prove holds.
    Disjunction = "disjunction",
    /// `IS TRUE`, `IS NOT FALSE` and the like pass on what they ask for.
    TruthTest = "truth-test",
    /// A value that is not distinct from a constant is not NULL.
    NotDistinct = "not-distinct",
    /// `= ANY (array)` that is true has compared something; `= ALL (array)` may not have.
    EmptyArray = "empty-array",
    /// `IN (SELECT …)` that is true has compared something; `NOT IN` may not have.
    EmptySubquery = "empty-subquery",
    /// A comparison of rows has looked at the first pair, by the support function of a built-in operator family.
    RowComparison = "row-comparison",
    /// An expression that is proven by a condition is proven wherever it stands again, unless its value may differ.
    SameExpression = "same-expression",
    /// A fact about the nullable side of an outer join cancels that join's nulling for the whole side.
    CancelledJoin = "cancelled-join",
    /// An outer join ON true with an item that has a row finds it.
    AlwaysMatched = "always-matched",
    /// The THEN of a searched CASE knows that its WHEN is true, and those before were not.
    CaseGuard = "case-guard",
    /// HAVING proves keys of groups.
    Having = "having",
    /// Built-in functions on the list are not NULL for arguments that are not.
    BuiltInFunction = "built-in-function",
    /// A function that is not on the list may return NULL.
    UnknownFunction = "unknown-function",
    /// A function on the list may return NULL for an argument that is NULL.
    NullArgument = "null-argument",
    /// Parts of infinite dates, and their text, are NULL.
    InfiniteDate = "infinite-date",
    /// COALESCE, GREATEST and LEAST are not NULL if any argument is not.
    AnyArgument = "any-argument",
    /// A CASE is not NULL if no branch is.
    CaseBranches = "case-branches",
    /// A CASE without ELSE may be NULL.
    CaseElse = "case-else",
    /// IS NULL, IS TRUE and the like are never NULL.
    NullTest = "null-test",
    /// IS DISTINCT FROM is never NULL if its `=` is on the list.
    DistinctFrom = "distinct-from",
    /// Constructors of rows and arrays are never NULL.
    Constructor = "constructor",
    /// JSON constructors are never NULL; what they return is cast by functions on the list.
    JsonConstructor = "json-constructor",
    /// A cast to a domain that refuses NULL has refused it.
    DomainCast = "domain-cast",
    /// A comparison with the elements of an array is NULL where one of them is.
    NullElement = "null-element",
    /// count() and the like are never NULL.
    CountingAggregate = "counting-aggregate",
    /// Aggregates over one row or more are not NULL if their arguments are not.
    AggregateOfRows = "aggregate-of-rows",
    /// An aggregate without GROUP BY, or of the empty grouping set, may have no row.
    EmptyGroup = "empty-group",
    /// FILTER may leave an aggregate without a row.
    AggregateFilter = "aggregate-filter",
    /// row_number() and the like are never NULL, lag() and lead() are not with a default.
    WindowFunction = "window-function",
    /// The frame of a window function may not hold the current row.
    WindowFrame = "window-frame",
    /// A grouping set may leave a key out.
    GroupingSet = "grouping-set",
    /// Where a key that may be left out is no plain column, expressions over its columns may turn out equal to it.
    FoldedKey = "folded-key",
    /// Before 18, columns of subqueries may turn out to be a key that may be left out.
    PulledUpKey = "pulled-up-key",
    /// EXISTS and ARRAY (SELECT …) are never NULL.
    ExistsSubquery = "exists-subquery",
    /// A scalar subquery is not NULL if it has a row and its column is not NULL.
    ScalarSubquery = "scalar-subquery",
    /// A scalar subquery may have no row.
    NoRow = "no-row",
    /// `IN (SELECT …)` is NULL where a side may be.
    TestedSubquery = "tested-subquery",
    /// A column of UNION is proven on both sides.
    Union = "union",
    /// A column of INTERSECT is proven on one side.
    Intersect = "intersect",
    /// A column of EXCEPT is proven on the left side.
    Except = "except",
    /// The planner's casts of branches of set operations are casts.
    BranchCast = "branch-cast",
    /// The columns of a recursive CTE are those that stay proven when they are taken to be.
    RecursiveCte = "recursive-cte",
    /// A column of VALUES is proven in every row.
    Values = "values",
    /// The rows of known functions in FROM, and WITH ORDINALITY.
    FunctionInFrom = "function-in-from",
    /// ROWS FROM fills the shorter functions up with NULL.
    RowsFrom = "rows-from",
    /// RETURNING speaks of a row that may be absent: old of INSERT, new of DELETE, the source of MERGE.
    AbsentRow = "absent-row",
    /// RETURNING shows what was assigned.
    AssignedColumn = "assigned-column",
    /// RETURNING shows what WHERE has proven, in columns that are not assigned.
    KeptColumn = "kept-column",
    /// Triggers may replace the row that is written.
    ReplacedRow = "replaced-row",
    /// A parameter that is no `Option` is not NULL.
    Parameter = "parameter",
    /// The elements of arrays that are made of proven values are proven.
    Elements = "elements",
    /// A unique key whose columns are held at one value each finds one row.
    HeldKey = "held-key",
    /// A row's place in its table is its own.
    RowPlace = "row-place",
    /// A unique index knows rows apart by the equality of its operator family, and by no other.
    IndexFamily = "index-family",
    /// An equality that holds a column is immutable.
    ImmutableEquality = "immutable-equality",
    /// An equality that holds a column is strict: it is not true of NULL.
    StrictEquality = "strict-equality",
    /// Values that a collation takes to be equal may be different ones to a unique index or a grouping.
    IndexCollation = "index-collation",
    /// An index of a table knows nothing of those that inherit from it.
    IndexOfOneTable = "index-of-one-table",
    /// A column that is equal to a value holds others, if equal values of its type are identical.
    HeldColumn = "held-column",
    /// Values of some types are equal and yet different.
    IdenticalValues = "identical-values",
    /// A subquery that speaks of no row around it is evaluated once.
    SubqueryOnce = "subquery-once",
    /// The row that an outer join may leave out holds nothing before the row is given that it hangs on.
    RowLeftOut = "row-left-out",
    /// What may return other rows each time holds nothing.
    ChangingRows = "changing-rows",
    /// A side of an outer join that a strict condition speaks of is there, and joined as by an inner one.
    ReducedJoin = "reduced-join",
    /// A FULL JOIN returns the rows of both sides if none match.
    FullJoin = "full-join",
    /// An outer join returns each row of the side that it keeps.
    KeptSide = "kept-side",
    /// A condition may let no row through.
    FilteredRows = "filtered-rows",
    /// Columns of a subquery that are held from outside are held inside.
    HeldFromOutside = "held-from-outside",
    /// Different values of a branch of a set operation may become equal by a cast.
    CastOfBranch = "cast-of-branch",
    /// Rows whose keys are held are one group.
    HeldGroup = "held-group",
    /// Values that one equality takes to be equal may be different ones to a grouping by another.
    GroupEquality = "group-equality",
    /// A grouping set may leave out a key that is held, and makes a group of its own.
    KeyLeftOut = "key-left-out",
    /// Aggregates without keys make one group of all rows, also of none.
    WholeGroup = "whole-group",
    /// HAVING may let no group through.
    FilteredGroups = "filtered-groups",
    /// Functions of the target list that return sets multiply rows.
    SetsMultiply = "sets-multiply",
    /// DISTINCT and UNION return equal rows once.
    EqualRows = "equal-rows",
    /// INTERSECT and EXCEPT may return nothing.
    CommonRows = "common-rows",
    /// LIMIT returns no more rows than it says.
    Limit = "limit",
    /// LIMIT … WITH TIES may return more.
    Ties = "ties",
    /// OFFSET leaves rows out.
    Offset = "offset",
    /// Rows that are locked may be gone, or be skipped.
    LockedRows = "locked-rows",
    /// A recursive CTE has the rows of its first branch.
    FirstBranch = "first-branch",
    /// Functions in FROM that return no set have one row, series of constants as many as can be counted.
    FunctionRows = "function-rows",
    /// A row is updated or deleted once, however many others it is joined with.
    WrittenOnce = "written-once",
    /// A row that is inserted may be in conflict with another one, and then not be returned.
    Conflict = "conflict",
    /// Triggers may drop the row that is written.
    DroppedRow = "dropped-row",
    /// A setting may be changed while the statement runs, and what is stable with it.
    ChangedSetting = "changed-setting",
}

/// Which rules apply.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    // A bit for each rule that is switched off.
    off: u128,
}

impl Rules {
    /// Whether a rule is switched on.
    pub(crate) fn apply(self, rule: Rule) -> bool {
        self.off & bit(rule) == 0
    }

    /// The same without a rule.
    #[cfg(any(test, feature = "switches"))]
    pub(crate) fn without(self, rule: Rule) -> Self {
        Self {
            off: self.off | bit(rule),
        }
    }
}

fn bit(rule: Rule) -> u128 {
    let place = Rule::ALL.iter().position(|other| *other == rule);
    place.map_or(0, |place| 1 << place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Rule, Rules};

    #[test]
    fn every_rule_has_a_switch_and_a_name_of_its_own() {
        let names: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        assert!(Rule::ALL.len() <= 128);
        for rule in Rule::ALL {
            let rules = Rules::default().without(*rule);
            let off: Vec<_> = Rule::ALL
                .iter()
                .filter(|other| !rules.apply(**other))
                .collect();
            assert_eq!(off, [rule]);
        }
    }
}
