//! What the catalog knows of the relations and types that a batch of statements speaks of: asked once, for all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hathi_wire::types;

use crate::doubt::{Doubt, Proof};
use crate::tree::Tree;

mod copied;
mod keys;
mod question;

pub(crate) use copied::CopiedTable;
pub(crate) use keys::{Key, KeyColumn, Keys, Volatility};
pub(crate) use question::{Row, question};

use keys::KeyNeeds;
use question::NotNull;

/// What has to be asked.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    relations: BTreeSet<u32>,
    types: BTreeSet<u32>,
    copied: BTreeSet<u32>,
    keys: KeyNeeds,
}

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    relations: HashMap<u32, Relation>,
    types: HashMap<u32, Type>,
    copied: HashMap<u32, CopiedTable>,
    keys: Keys,
}

#[derive(Debug)]
struct Relation {
    /// With its schema, quoted where SQL would have to.
    name: String,
    kind: char,
    /// Whether all that inherits from it are tables as well.
    family_of_tables: bool,
    attributes: BTreeMap<i16, Attribute>,
}

#[derive(Debug)]
struct Attribute {
    name: String,
    not_null: NotNull,
    /// Whether NULL is refused when it is assigned.
    refuses_null: bool,
}

#[derive(Debug)]
struct Type {
    name: String,
    /// What a domain is over, in the end.
    base: Option<u32>,
}

impl Needs {
    /// Notes every relation of a tree, and all that the number of its rows hangs on.
    pub(crate) fn relations_of(&mut self, tree: &Tree<'_>) {
        let entries = tree.nodes().filter(|node| node.label() == "RANGETBLENTRY");
        self.relations
            .extend(entries.filter_map(|entry| entry.oid("relid")));
        self.keys.of(tree);
    }

    /// Notes a type, unless it is built in.
    pub(crate) fn ty(&mut self, oid: u32) {
        if oid != 0 && types::by_oid(oid).is_none() {
            self.types.insert(oid);
        }
    }

    /// Notes a relation that COPY names.
    pub(crate) fn copied(&mut self, oid: u32) {
        self.relations.insert(oid);
        self.copied.insert(oid);
    }

    /// Whether nothing has to be asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.relations.is_empty() && self.types.is_empty() && self.keys.is_empty()
    }
}

impl Catalog {
    /// Takes an answer to [`question`]. A row that is not understood is left out, and then nothing is concluded from it.
    pub(crate) fn take(&mut self, row: Row<'_>) {
        match row {
            Row::Relation {
                oid,
                name,
                kind,
                family_of_tables,
            } => {
                let relation = Relation {
                    name: name.to_owned(),
                    kind,
                    family_of_tables,
                    attributes: BTreeMap::new(),
                };
                self.relations.insert(oid, relation);
            }
            Row::Attribute {
                relation,
                number,
                name,
                not_null,
                refuses_null,
            } => {
                if let Some(relation) = self.relations.get_mut(&relation) {
                    let attribute = Attribute {
                        name: name.to_owned(),
                        not_null,
                        refuses_null,
                    };
                    relation.attributes.insert(number, attribute);
                }
            }
            Row::CopiedTable { oid, table } => {
                self.copied.insert(oid, table);
            }
            Row::CopiedColumn {
                relation,
                number,
                column,
            } => {
                if let Some(table) = self.copied.get_mut(&relation) {
                    table.columns.insert(number, column);
                }
            }
            Row::Fact(fact) => self.keys.take(fact),
            Row::Type { oid, name, base } => {
                self.types.insert(
                    oid,
                    Type {
                        name: name.to_owned(),
                        base,
                    },
                );
            }
        }
    }

    /// What is known of the number of rows.
    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// That a column of a relation's stored rows is never NULL, or why it may be.
    ///
    /// `inherits` says whether rows of the tables that inherit from it are read too.
    pub(crate) fn not_null(&self, oid: u32, attribute: i16, inherits: bool) -> Proof {
        let relation = self.relations.get(&oid).ok_or(Doubt::Unknown)?;
        // A partitioned table has no rows of its own.
        let inherits = inherits || relation.kind == 'p';
        if !matches!(relation.kind, 'r' | 'p') || (inherits && !relation.family_of_tables) {
            return Err(Doubt::NotATable { relation: oid });
        }
        if attribute <= 0 {
            // The whole row, and the columns that the system adds, are there with the row.
            return Ok(());
        }
        match relation
            .attributes
            .get(&attribute)
            .ok_or(Doubt::Unknown)?
            .not_null
        {
            NotNull::Family => Ok(()),
            NotNull::Own if !inherits => Ok(()),
            NotNull::Own => Err(Doubt::Heir {
                relation: oid,
                attribute,
            }),
            NotNull::NotValidated => Err(Doubt::NotValidated {
                relation: oid,
                attribute,
            }),
            NotNull::Absent => Err(Doubt::Allowed {
                relation: oid,
                attribute,
            }),
        }
    }

    /// Whether NULL can be assigned to a column.
    pub(crate) fn accepts_null(&self, relation: u32, attribute: i16) -> bool {
        let relation = self.relations.get(&relation);
        relation
            .and_then(|relation| relation.attributes.get(&attribute))
            .is_some_and(|found| !found.refuses_null)
    }

    /// What COPY has to know of a relation.
    pub(crate) fn copied(&self, relation: u32) -> Option<&CopiedTable> {
        self.copied.get(&relation)
    }

    /// What sort of relation it is, as `pg_class.relkind` says it.
    pub(crate) fn kind(&self, relation: u32) -> Option<char> {
        self.relations.get(&relation).map(|relation| relation.kind)
    }

    /// A relation with its schema.
    pub(crate) fn name(&self, relation: u32) -> &str {
        self.relations
            .get(&relation)
            .map_or("an unknown relation", |relation| &relation.name)
    }

    /// Whether the relation was found.
    pub(crate) fn knows(&self, relation: u32) -> bool {
        self.relations.contains_key(&relation)
    }

    /// A column with its relation and schema.
    pub(crate) fn column(&self, relation: u32, attribute: i16) -> String {
        let found = self
            .relations
            .get(&relation)
            .and_then(|relation| relation.attributes.get(&attribute));
        format!(
            "{}.{}",
            self.name(relation),
            found.map_or("?", |attribute| &attribute.name)
        )
    }

    /// What a column is called, quoted where SQL would have to.
    pub(crate) fn column_name(&self, relation: u32, attribute: i16) -> Option<&str> {
        let found = self.relations.get(&relation)?.attributes.get(&attribute)?;
        Some(&found.name)
    }

    /// A type's name: built-in ones alone, others with their schema.
    pub(crate) fn type_name(&self, oid: u32) -> String {
        if let Some(info) = types::by_oid(oid) {
            return info.name.to_owned();
        }
        self.types
            .get(&oid)
            .map_or_else(|| oid.to_string(), |ty| ty.name.clone())
    }

    /// What a domain is over, in the end.
    pub(crate) fn base(&self, oid: u32) -> Option<u32> {
        self.types.get(&oid)?.base
    }
}
