//! What a checked statement needs of its surroundings, known before the program runs.

use std::fmt;

/// What a checked statement needs of its surroundings: relations and columns, locks, functions, a server new enough.
///
/// Statements of the macros have it, those written by hand do not. It is what the server said when the statement was
/// checked; what functions and triggers do besides, no statement shows.
///
/// # Example: a query that may be sent to a standby
///
/// ```
/// # use hathi::__private::{Needs, Origin, Parts};
/// # use hathi::StatementKind;
/// # const NEEDS: Needs = Needs {
/// #     kind: StatementKind::Select,
/// #     reads: &["public.users"],
/// #     uses: &[("public.users", 1, &["id", "name"], &[], &[], false, false)],
/// #     ..Needs::NONE
/// # };
/// # const PARTS: Parts = Parts {
/// #     sql: "SELECT id, name FROM users", parameters: &[], names: &[], columns: &[], writes: false, summary: "",
/// #     needs: NEEDS, origin: Origin { file: "", line: 1, column: 1 },
/// # };
/// # fn decode(_: &hathi::DataRow<'_>) -> Result<(), hathi::Error> { Ok(()) }
/// # const USERS: hathi::Query<(), ()> = hathi::Query::__new(&PARTS, decode);
/// // const USERS: Query<(), User> = query!("SELECT id, name FROM users" as User);
/// let needs = USERS.dependencies().expect("it was checked");
/// assert!(needs.is_read_only() && needs.may_run_in_transactions());
/// assert_eq!(needs.reads(), ["public.users"]);
/// let columns: Vec<_> = needs.uses().flat_map(|used| used.selected()).collect();
/// assert_eq!(columns, [&"id", &"name"]);
/// ```
#[derive(Clone, Copy)]
pub struct Dependencies(&'static Needs);

/// How a statement uses a relation.
#[derive(Clone, Copy)]
pub struct RelationUse(&'static Used);

/// What a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// SELECT, VALUES, TABLE.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// `COPY … FROM STDIN`.
    CopyIn,
    /// `COPY … TO STDOUT`.
    CopyOut,
    /// Everything else, of which the server tells little before it runs: DDL, SHOW, EXPLAIN, CALL, …
    Utility,
}

/// The lock that a statement takes on a relation, as PostgreSQL calls it. Weaker ones stand before stronger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RelationLock {
    /// Of a SELECT.
    AccessShare,
    /// Of `SELECT … FOR UPDATE` and its kin.
    RowShare,
    /// Of INSERT, UPDATE, DELETE and MERGE.
    RowExclusive,
    /// A stronger one.
    Stronger,
}

/// The same as the macros write it, in as few tokens as will do.
#[derive(Debug)]
pub struct Needs {
    /// What the statement is.
    pub kind: StatementKind,
    /// The relations it reads.
    pub reads: &'static [&'static str],
    /// The relations it writes.
    pub writes: &'static [&'static str],
    /// How it uses each relation.
    pub uses: &'static [Used],
    /// The users' functions that it calls.
    pub functions: &'static [&'static str],
    /// The sequences that it asks by functions.
    pub sequences: &'static [&'static str],
    /// The oldest major version that understands it.
    pub least_server: u16,
    /// Whether it cannot run inside a transaction.
    pub outside_transactions: bool,
}

/// A relation, its lock as PostgreSQL numbers them, the columns selected, inserted and updated, whether rows are deleted,
/// and whether all that is by the rights of a view's owner.
#[expect(unreachable_pub, reason = "part of a field that generated code fills")]
pub type Used = (
    &'static str,
    u8,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    bool,
    bool,
);

impl Needs {
    /// What is left out where it stands behind `..`.
    pub const NONE: Self = Self {
        kind: StatementKind::Utility,
        reads: &[],
        writes: &[],
        uses: &[],
        functions: &[],
        sequences: &[],
        least_server: OLDEST,
        outside_transactions: false,
    };
}

/// The oldest supported major version.
const OLDEST: u16 = 14;

impl Dependencies {
    pub(crate) const fn of(needs: &'static Needs) -> Self {
        Self(needs)
    }

    /// What the statement is.
    #[must_use]
    pub const fn statement(self) -> StatementKind {
        self.0.kind
    }

    /// The relations that it reads, with their schemas: those below views too.
    #[must_use]
    pub const fn reads(self) -> &'static [&'static str] {
        self.0.reads
    }

    /// The relations that it writes, with their schemas: those below views too.
    #[must_use]
    pub const fn writes(self) -> &'static [&'static str] {
        self.0.writes
    }

    /// How it uses each relation: its lock, and the columns that are read and written.
    pub fn uses(self) -> impl ExactSizeIterator<Item = RelationUse> {
        self.0.uses.iter().map(RelationUse)
    }

    /// The users' functions that it calls, by name or by an operator, with the types of their arguments:
    /// `public.rank(integer)`.
    #[must_use]
    pub const fn functions(self) -> &'static [&'static str] {
        self.0.functions
    }

    /// The sequences that it asks by `nextval` and its kin, in the default of a column too, where their names are known.
    #[must_use]
    pub const fn sequences(self) -> &'static [&'static str] {
        self.0.sequences
    }

    /// The oldest major version of PostgreSQL that understands it, 14 or later.
    #[must_use]
    pub const fn least_server(self) -> u16 {
        self.0.least_server
    }

    /// Whether it can run in a transaction: VACUUM, CREATE DATABASE and `CREATE INDEX CONCURRENTLY` cannot.
    #[must_use]
    pub const fn may_run_in_transactions(self) -> bool {
        !self.0.outside_transactions
    }

    /// Whether it can run in a read-only transaction and on a standby, as far as the text shows it: it changes nothing,
    /// locks no rows and asks no sequence. A function that it calls may do so nevertheless.
    #[must_use]
    pub const fn is_read_only(self) -> bool {
        let reads = matches!(self.0.kind, StatementKind::Select | StatementKind::CopyOut);
        let mut index = 0;
        while index < self.0.uses.len() {
            if self.0.uses[index].1 > 1 {
                return false;
            }
            index += 1;
        }
        reads && self.0.writes.is_empty() && self.0.sequences.is_empty()
    }
}

impl RelationUse {
    /// Stands among columns for all of them: the row as a whole is read.
    pub const WHOLE: &'static str = "*";
    /// Stands for any one column: `SELECT count(*)`, `SELECT … FOR UPDATE`, `INSERT … DEFAULT VALUES`.
    pub const ANY: &'static str = "(any)";

    /// The relation, with its schema.
    #[must_use]
    pub const fn relation(self) -> &'static str {
        self.0.0
    }

    /// What is locked while the transaction lasts.
    #[must_use]
    pub const fn lock(self) -> RelationLock {
        match self.0.1 {
            0 | 1 => RelationLock::AccessShare,
            2 => RelationLock::RowShare,
            3 => RelationLock::RowExclusive,
            _ => RelationLock::Stronger,
        }
    }

    /// The columns that are read, conditions and RETURNING included; or [`WHOLE`](Self::WHOLE), or [`ANY`](Self::ANY).
    #[must_use]
    pub const fn selected(self) -> &'static [&'static str] {
        self.0.2
    }

    /// The columns that rows are inserted into.
    #[must_use]
    pub const fn inserted(self) -> &'static [&'static str] {
        self.0.3
    }

    /// The columns that are changed; or [`ANY`](Self::ANY), where rows are locked.
    #[must_use]
    pub const fn updated(self) -> &'static [&'static str] {
        self.0.4
    }

    /// Whether rows are deleted.
    #[must_use]
    pub const fn deletes(self) -> bool {
        self.0.5
    }

    /// Whether it is used through a view, by the rights of the view's owner.
    #[must_use]
    pub const fn is_by_owner(self) -> bool {
        self.0.6
    }
}

impl fmt::Debug for Dependencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dependencies")
            .field("statement", &self.statement())
            .field("reads", &self.reads())
            .field("writes", &self.writes())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RelationUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelationUse")
            .field("relation", &self.relation())
            .field("lock", &self.lock())
            .finish_non_exhaustive()
    }
}
