//! What a statement needs of its surroundings, read off the rights that the server will ask for.

mod schemas;
mod sequences;

use std::collections::{BTreeMap, BTreeSet};

use hathi_query_cache::{Dependencies, Lock, Use};

use crate::analyzed::{Command, Query, queries};
use crate::catalog::Catalog;
use crate::tree::{Node, Tree};
use crate::utility;

pub(crate) use sequences::relation;

/// The rights as the server's trees number them.
const INSERT: u64 = 1;
const SELECT: u64 = 1 << 1;
const UPDATE: u64 = 1 << 2;
const DELETE: u64 = 1 << 3;

/// Columns are counted from the first one of the system.
const FIRST_COLUMN: i32 = -7;

/// The relations of a statement, views and the tables below them, and all else that it needs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Needed {
    pub(crate) reads: Vec<String>,
    pub(crate) writes: Vec<String>,
    pub(crate) dependencies: Dependencies,
}

/// What a statement needs; of one without a tree no more is known than its words say.
pub(crate) fn needed<'a>(sql: &str, tree: Option<&'a Tree<'a>>, catalog: &Catalog) -> Needed {
    let mut needed = tree.map(|tree| of_tree(tree, catalog)).unwrap_or_default();
    if let Some(tree) = tree {
        needed.dependencies.schemas = schemas::schemas(sql, tree, catalog);
    }
    needed.dependencies.outside_transactions = utility::is_outside_transactions(sql);
    needed
}

fn of_tree<'a>(tree: &'a Tree<'a>, catalog: &Catalog) -> Needed {
    let mut uses: BTreeMap<(u32, bool), Found> = BTreeMap::new();
    let mut reads = BTreeSet::new();
    let mut writes = BTreeSet::new();
    for query in queries(tree) {
        for (index, entry) in (1..).zip(query.0.list("rtable").nodes()) {
            let known = entry.oid("relid").filter(|oid| catalog.knows(*oid));
            let (Some(relation), Some(rights)) = (known, Rights::of(query, entry)) else {
                continue;
            };
            // Before 16 a view's range table has two entries of the view itself, for rules that nobody writes.
            if rights.bits == 0 {
                continue;
            }
            if rights.bits & SELECT != 0 && !is_only_returned(query, index) {
                reads.insert(catalog.name(relation).to_owned());
            }
            if rights.bits & (INSERT | UPDATE | DELETE) != 0 {
                writes.insert(catalog.name(relation).to_owned());
            }
            let found = uses.entry((relation, rights.by_owner)).or_default();
            found.add(&rights, entry.number("rellockmode").unwrap_or(1));
        }
    }
    let mut uses: Vec<Use> = uses
        .into_iter()
        .map(|((relation, by_owner), found)| found.described(relation, by_owner, catalog))
        .collect();
    uses.sort_by(|a, b| (&a.relation, a.by_owner).cmp(&(&b.relation, b.by_owner)));
    Needed {
        reads: reads.into_iter().collect(),
        writes: writes.into_iter().collect(),
        dependencies: Dependencies {
            uses,
            functions: functions(tree, catalog),
            sequences: sequences::sequences(tree, catalog),
            schemas: Vec::new(),
            needs: least_major(tree),
            outside_transactions: false,
        },
    }
}

/// The rights on one entry of a range table.
struct Rights<'a> {
    bits: u64,
    by_owner: bool,
    // Where the columns stand: 14 and 15 keep them in the entry, 16 and later in a list beside.
    node: Node<'a>,
}

impl<'a> Rights<'a> {
    fn of(query: Query<'a>, entry: Node<'a>) -> Option<Self> {
        let node = if entry.has("requiredPerms") {
            entry
        } else {
            let index: usize = entry.number("perminfoindex")?;
            query.0.list("rteperminfos").node(index.checked_sub(1)?)?
        };
        Some(Self {
            bits: node.number("requiredPerms")?,
            by_owner: node.oid("checkAsUser").is_some(),
            node,
        })
    }

    fn columns(&self, field: &str) -> impl Iterator<Item = i32> {
        let numbers = self.node.list(field).numbers::<i32>();
        numbers.map(|number| number + FIRST_COLUMN)
    }
}

/// What is found about a relation, in all places of a statement.
#[derive(Default)]
struct Found {
    bits: u64,
    lock: u8,
    select: BTreeSet<i32>,
    insert: BTreeSet<i32>,
    update: BTreeSet<i32>,
}

impl Found {
    fn add(&mut self, rights: &Rights<'_>, lock: u8) {
        self.bits |= rights.bits;
        self.lock = self.lock.max(lock);
        self.select.extend(rights.columns("selectedCols"));
        self.insert.extend(rights.columns("insertedCols"));
        self.update.extend(rights.columns("updatedCols"));
    }

    fn described(self, relation: u32, by_owner: bool, catalog: &Catalog) -> Use {
        let named = |right, columns: BTreeSet<i32>| -> Vec<String> {
            if self.bits & right == 0 {
                return Vec::new();
            }
            if columns.is_empty() {
                return vec![Use::ANY.to_owned()];
            }
            if columns.contains(&0) {
                return vec![Use::WHOLE.to_owned()];
            }
            let numbers = columns
                .into_iter()
                .filter_map(|number| i16::try_from(number).ok());
            let names = numbers.filter_map(|number| {
                system_column(number).or_else(|| catalog.column_name(relation, number))
            });
            names.map(str::to_owned).collect()
        };
        Use {
            relation: catalog.name(relation).to_owned(),
            lock: match self.lock {
                0 | 1 => Lock::AccessShare,
                2 => Lock::RowShare,
                3 => Lock::RowExclusive,
                _ => Lock::Stronger,
            },
            select: named(SELECT, self.select),
            insert: named(INSERT, self.insert),
            update: named(UPDATE, self.update),
            delete: self.bits & DELETE != 0,
            by_owner,
        }
    }
}

/// The columns that every table has: they can be granted as others.
fn system_column(number: i16) -> Option<&'static str> {
    Some(match number {
        -1 => "ctid",
        -2 => "xmin",
        -3 => "cmin",
        -4 => "xmax",
        -5 => "cmax",
        -6 => "tableoid",
        _ => return None,
    })
}

/// RETURNING asks for the right to read; an INSERT reads its relation only to solve conflicts.
fn is_only_returned(query: Query<'_>, index: usize) -> bool {
    query.command() == Some(Command::Insert)
        && query.target() == Some(index)
        && query.0.is_null("onConflict")
}

/// The user's functions that are called, by name or by an operator, and those of the server that not everybody may call.
fn functions(tree: &Tree<'_>, catalog: &Catalog) -> Vec<String> {
    let mut found = BTreeSet::new();
    for node in tree.nodes() {
        let called = ["funcid", "opfuncid", "aggfnoid", "winfnoid"]
            .into_iter()
            .filter_map(|field| node.oid(field));
        let operator = node
            .oid("opno")
            .and_then(|oid| catalog.operator_function(oid));
        for function in called
            .chain(operator)
            .filter_map(|oid| catalog.function(oid))
        {
            if !function.built_in || function.is_restricted {
                found.insert(function.name.clone());
            }
        }
    }
    found.into_iter().collect()
}

/// The oldest major whose grammar has all that the tree shows, if that is not the oldest supported one.
fn least_major(tree: &Tree<'_>) -> Option<u16> {
    let mut least = None;
    for node in tree.nodes() {
        least = least.max(match node.label() {
            "QUERY" => of_query(node),
            "JSONCONSTRUCTOREXPR" | "JSONISPREDICATE" => Some(16),
            "JSONEXPR" | "MERGESUPPORTFUNC" => Some(17),
            "RETURNINGEXPR" => Some(18),
            "VAR"
                if node
                    .number::<u8>("varreturningtype")
                    .is_some_and(|kind| kind != 0) =>
            {
                Some(18)
            }
            "MERGEACTION" if node.number::<u8>("matchKind") == Some(1) => Some(17),
            _ => None,
        });
    }
    least
}

fn of_query(node: Node<'_>) -> Option<u16> {
    if Query(node).command() != Some(Command::Merge) {
        return None;
    }
    let returns = node.list("returningList").len() > 0;
    Some(if returns { 17 } else { 15 })
}
