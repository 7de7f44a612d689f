//! What COPY has to know of a relation beside its columns' types: who computes values, and who takes rows.

use std::collections::{BTreeMap, BTreeSet};

/// A relation that COPY names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopiedTable {
    /// Whether a trigger takes rows in place of the relation.
    pub(crate) has_instead: bool,
    /// Whether a trigger may change rows before they are stored.
    pub(crate) has_before: bool,
    /// By their numbers.
    pub(crate) columns: BTreeMap<i16, CopiedColumn>,
}

/// A column of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CopiedColumn {
    /// Its name as it is, not quoted.
    pub(crate) name: String,
    /// Whether it is computed from others.
    pub(crate) is_generated: bool,
    /// Whether the database has a value where none is given: a default, its type's default, an identity.
    pub(crate) is_supplied: bool,
    /// The sequences that its default speaks of, and the users' functions.
    pub(crate) sequences: BTreeSet<String>,
    pub(crate) functions: BTreeSet<String>,
}

impl CopiedTable {
    pub(crate) fn new(has_instead: bool, has_before: bool) -> Self {
        Self {
            has_instead,
            has_before,
            columns: BTreeMap::new(),
        }
    }

    /// Notes what the default of a column speaks of.
    pub(super) fn default(&mut self, number: i16, sequence: Option<&str>, function: Option<&str>) {
        if let Some(column) = self.columns.get_mut(&number) {
            column.sequences.extend(sequence.map(str::to_owned));
            column.functions.extend(function.map(str::to_owned));
        }
    }
}

/// Rows that go to a partition meet its triggers too. The bits of `tgtype`: 1 for each row, 2 before, 4 INSERT, 64 instead.
pub(super) const QUESTION: &str = concat!(
    "WITH RECURSIVE family(root, member) AS (SELECT o, o FROM unnest({relations}) AS o",
    " UNION SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member)",
    " SELECT 'ct', c.oid, ",
    "EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgenabled <> 'D' AND g.tgtype & 69 = 69), ",
    "EXISTS (SELECT FROM family f JOIN pg_trigger g ON g.tgrelid = f.member",
    " WHERE f.root = c.oid AND g.tgenabled <> 'D' AND g.tgtype & 7 = 7) ",
    "FROM pg_class c WHERE c.oid = ANY ({relations}); ",
    "SELECT 'cc', a.attrelid, a.attnum, a.attname, a.attgenerated <> '', ",
    "a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL OR t.typdefaultbin IS NOT NULL ",
    "FROM pg_attribute a LEFT JOIN pg_type t ON t.oid = a.atttypid ",
    "WHERE a.attrelid = ANY ({relations}) AND a.attnum > 0 AND NOT a.attisdropped; ",
    // Without anything in the search path, names stand with their schemas.
    "SELECT 'cd', d.adrelid, d.adnum, CASE WHEN c.oid IS NOT NULL THEN c.oid::regclass::text END, ",
    "CASE WHEN p.refclassid = 'pg_proc'::regclass THEN p.refobjid::regprocedure::text END ",
    "FROM pg_attrdef d JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid ",
    "LEFT JOIN pg_class c ON p.refclassid = 'pg_class'::regclass AND c.oid = p.refobjid AND c.relkind = 'S' ",
    "WHERE d.adrelid = ANY ({relations}) AND (c.oid IS NOT NULL OR p.refclassid = 'pg_proc'::regclass); ",
);
