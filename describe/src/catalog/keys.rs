//! What the catalog knows of the number of rows: unique keys, operators that find one row by them, and what may take a
//! row out of the hands of a statement that writes it.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::tree::Tree;

mod question;

pub(crate) use question::Fact;
pub(super) use question::question;

/// What has to be asked.
#[derive(Debug, Default)]
pub(crate) struct KeyNeeds {
    pub(super) operators: BTreeSet<u32>,
    pub(super) functions: BTreeSet<u32>,
    pub(super) collations: BTreeSet<u32>,
}

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    storages: HashMap<u32, Storage>,
    keys: HashMap<u32, Vec<Key>>,
    indexes: HashMap<u32, Vec<Index>>,
    operators: HashMap<u32, Operator>,
    volatile: HashMap<u32, bool>,
    deterministic: HashSet<u32>,
}

/// Where the rows of a relation lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Storage {
    pub(crate) kind: char,
    /// Nothing inherits from it, and it has no partitions.
    pub(crate) childless: bool,
    /// It and all that inherits from it are tables of this server.
    pub(crate) local: bool,
    /// The events of which a row trigger may drop the row, of it and of all that inherits from it.
    pub(crate) interferes: Events,
}

/// Events of row triggers, as bits of `pg_trigger.tgtype`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Events(u16);

/// A unique index that holds at every moment and for all rows of a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) columns: Vec<KeyColumn>,
    /// NULLs count as equal.
    pub(crate) nulls_are_equal: bool,
}

/// An index, unique or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Index {
    /// The column that it begins with; 0 is an expression.
    pub(crate) attribute: i16,
    /// It is of some rows only, or of expressions.
    pub(crate) is_special: bool,
}

/// A column of a unique index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyColumn {
    pub(crate) attribute: i16,
    /// The operator family that says which values are equal.
    pub(crate) family: u32,
    /// The type that its operators take.
    pub(crate) ty: u32,
    pub(crate) collation: u32,
}

/// An operator of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) is_strict: bool,
    pub(crate) volatility: Volatility,
    /// The B-tree families in which it is equality.
    pub(crate) families: Vec<u32>,
}

/// Whether the same arguments always have the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volatility {
    Immutable,
    /// Within one statement.
    Stable,
    Volatile,
}

impl KeyNeeds {
    /// Notes every operator, function and collation of a tree.
    pub(crate) fn of(&mut self, tree: &Tree<'_>) {
        for node in tree.nodes() {
            self.functions.extend(node.oid("funcid"));
            self.operators.extend(node.oid("opno"));
            self.operators.extend(node.oid("eqop"));
            self.collations.extend(node.oid("inputcollid"));
        }
    }

    /// What is not among `known`.
    pub(super) fn without(&self, known: &Self) -> Self {
        Self {
            functions: &self.functions - &known.functions,
            operators: &self.operators - &known.operators,
            collations: &self.collations - &known.collations,
        }
    }

    /// Adds what is among `more`.
    pub(super) fn extend(&mut self, more: Self) {
        self.functions.extend(more.functions);
        self.operators.extend(more.operators);
        self.collations.extend(more.collations);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.operators.is_empty() && self.collations.is_empty()
    }
}

impl Keys {
    pub(super) fn take(&mut self, fact: Fact) {
        match fact {
            Fact::Storage(relation, storage) => {
                self.storages.insert(relation, storage);
            }
            Fact::Key(relation, key) => self.keys.entry(relation).or_default().push(key),
            Fact::Index(relation, index) => self.indexes.entry(relation).or_default().push(index),
            Fact::Operator(oid, operator) => {
                self.operators.insert(oid, operator);
            }
            Fact::Function(oid, volatility) => {
                self.volatile
                    .insert(oid, volatility == Volatility::Volatile);
            }
            Fact::Collation(oid) => {
                self.deterministic.insert(oid);
            }
        }
    }

    /// Where the rows of a relation lie.
    pub(crate) fn storage(&self, relation: u32) -> Option<Storage> {
        self.storages.get(&relation).copied()
    }

    /// The unique keys of a relation's rows, if `inherits` says whether rows of what inherits from it are read too.
    pub(crate) fn unique(&self, relation: u32, inherits: bool) -> &[Key] {
        let spans = self.storage(relation).is_some_and(|storage| {
            // An index of a partitioned table spans its partitions; any other one knows only its own table.
            match storage.kind {
                'p' => true,
                'r' | 'm' => storage.childless || !inherits,
                _ => false,
            }
        });
        let known = self.keys.get(&relation).filter(|_| spans);
        known.map_or(&[], Vec::as_slice)
    }

    /// Whether an index begins with a column.
    pub(crate) fn is_indexed(&self, relation: u32, attribute: i16) -> bool {
        let mut indexes = self.indexes_of(relation);
        indexes.any(|index| index.attribute == attribute)
    }

    /// Whether a relation has indexes of some rows only, or of expressions: what they promise is not known.
    pub(crate) fn has_special_indexes(&self, relation: u32) -> bool {
        self.indexes_of(relation).any(|index| index.is_special)
    }

    fn indexes_of(&self, relation: u32) -> impl Iterator<Item = &Index> {
        self.indexes.get(&relation).into_iter().flatten()
    }

    /// An operator, if the catalog knows it.
    pub(crate) fn operator(&self, oid: u32) -> Option<&Operator> {
        self.operators.get(&oid)
    }

    /// Whether a function may return something else each time; what is not known may.
    pub(crate) fn is_volatile(&self, function: u32) -> bool {
        self.volatile.get(&function).copied().unwrap_or(true)
    }

    /// Whether equal means identical under a collation. There may be none.
    pub(crate) fn is_deterministic(&self, collation: u32) -> bool {
        collation == 0 || self.deterministic.contains(&collation)
    }
}

impl Events {
    const INSERT: u16 = 1 << 2;
    const UPDATE: u16 = 1 << 4;

    pub(super) const fn of(bits: u16) -> Self {
        Self(bits)
    }

    /// Whether a row that is inserted may be dropped.
    pub(crate) const fn insert(self) -> bool {
        self.0 & Self::INSERT != 0
    }

    /// Whether a row that is updated may be dropped.
    pub(crate) const fn update(self) -> bool {
        self.0 & Self::UPDATE != 0
    }
}
