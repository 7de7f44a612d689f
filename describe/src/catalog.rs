//! What the catalog knows of the relations and types that a batch of statements speaks of: asked once, for all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hathi_wire::types::{self, Kind};

use crate::builtins;
use crate::doubt::{Doubt, Proof};
mod check;
mod copied;
mod keys;
mod needs;
mod question;

pub(crate) use copied::CopiedTable;
pub(crate) use keys::{Key, KeyColumn, Keys, Volatility};
pub(crate) use needs::{Needs, USERS};
pub(crate) use question::{Row, question};

use question::NotNull;

/// What was answered.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    relations: HashMap<u32, Relation>,
    types: HashMap<u32, Type>,
    copied: HashMap<u32, CopiedTable>,
    keys: Keys,
    // What has been asked.
    asked: Needs,
    // Which transactions had ended before.
    snapshot: String,
    // Signatures of functions that are declared never to return NULL.
    declared: BTreeSet<String>,
    functions: HashMap<u32, Function>,
    operators: HashMap<u32, Operator>,
    casts: HashMap<(u32, u32), Cast>,
}

#[derive(Debug)]
struct Relation {
    /// With its schema, quoted where SQL would have to.
    name: String,
    kind: char,
    /// Whether all that inherits from it are tables as well.
    family_of_tables: bool,
    replaced_on: u16,
    attributes: BTreeMap<i16, Attribute>,
    // What the validated CHECK constraints of members of the family prove not null: the member, the relation's own column.
    checked: BTreeSet<(u32, i16)>,
}

#[derive(Debug)]
struct Attribute {
    name: String,
    not_null: NotNull,
    // The members of the family whose NOT NULL does not hold for it.
    lacking: Vec<u32>,
    /// Whether NULL is refused when it is assigned.
    refuses_null: bool,
    generated: bool,
}

#[derive(Debug)]
struct Type {
    name: String,
    /// What a domain is over, in the end.
    base: Option<u32>,
    element: Option<u32>,
    composite: bool,
    /// Whether a domain refuses NULL.
    not_null: bool,
}

/// A function, a procedure or an aggregate.
#[derive(Debug)]
pub(crate) struct Function {
    /// With the types of its arguments, as `pg_type` calls them; a user's with its schema.
    pub(crate) signature: String,
    /// The same as SQL writes it, quoted where it has to.
    pub(crate) name: String,
    /// Whether not everybody may call it.
    pub(crate) is_restricted: bool,
    /// Whether it comes with the server.
    pub(crate) built_in: bool,
    /// Whether it is not called, but NULL, where an argument is NULL.
    pub(crate) strict: bool,
    pub(crate) volatile: bool,
    /// Whether its owner says that it never returns NULL.
    pub(crate) declared: bool,
    /// What the table of built-in functions says of it.
    pub(crate) listed: Option<&'static builtins::Function>,
    pub(crate) aggregate: Option<&'static builtins::Aggregate>,
    pub(crate) rows: Option<&'static builtins::Rows>,
}

#[derive(Debug)]
struct Operator {
    name: String,
    function: u32,
}

/// How a value of one type becomes one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    /// It is the same bytes.
    Relabel,
    /// By its text.
    ThroughText,
    Function(u32),
}

/// What may happen to the rows of a relation, as `pg_trigger` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Insert,
    Update,
}

impl Catalog {
    /// Takes these functions, and no others, to be declared never to return NULL.
    pub(crate) fn declare(&mut self, functions: &[String]) {
        let functions: BTreeSet<String> = functions.iter().cloned().collect();
        if functions != self.declared {
            self.declared = functions;
            self.forget();
        }
    }

    /// What of `needs` has not been asked yet.
    pub(crate) fn missing(&self, needs: &Needs) -> Needs {
        needs.without(&self.asked)
    }

    /// Whether nothing is known that anybody could change.
    pub(crate) fn is_empty(&self) -> bool {
        self.snapshot.is_empty()
    }

    /// Which transactions had ended before anything was read. As long as these are all, nothing has changed.
    pub(crate) fn snapshot(&self) -> &str {
        &self.snapshot
    }

    /// Notes that `needs` have been asked.
    pub(crate) fn note(&mut self, needs: Needs) {
        self.asked.extend(needs);
    }

    /// Forgets what somebody may have changed.
    pub(crate) fn forget(&mut self) {
        let mut known = std::mem::take(self);
        known.functions.retain(|oid, _| *oid < USERS);
        known.operators.retain(|oid, _| *oid < USERS);
        known.asked.keep_built_ins();
        self.declared = known.declared;
        self.functions = known.functions;
        self.operators = known.operators;
        self.asked = known.asked;
    }
    /// Takes an answer to [`question`] from a server of this major version. A row that is not understood is left out, and
    /// then nothing is concluded from it.
    pub(crate) fn take(&mut self, row: Row<'_>, major: u32) {
        match row {
            Row::Snapshot { text } if self.snapshot.is_empty() => {
                text.clone_into(&mut self.snapshot)
            }
            Row::Snapshot { .. } => {}
            Row::Relation {
                oid,
                name,
                kind,
                family_of_tables,
                replaced_on,
            } => {
                let relation = Relation {
                    name: name.to_owned(),
                    kind,
                    family_of_tables,
                    replaced_on,
                    attributes: BTreeMap::new(),
                    checked: BTreeSet::new(),
                };
                self.relations.insert(oid, relation);
            }
            Row::Attribute {
                relation,
                number,
                name,
                not_null,
                lacking,
                refuses_null,
                generated,
            } => {
                let attribute = Attribute {
                    name: name.to_owned(),
                    not_null,
                    lacking: lacking
                        .split(',')
                        .filter_map(|oid| oid.parse().ok())
                        .collect(),
                    refuses_null,
                    generated,
                };
                if let Some(relation) = self.relations.get_mut(&relation) {
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
            Row::CopiedDefault {
                relation,
                number,
                sequence,
                function,
            } => {
                if let Some(table) = self.copied.get_mut(&relation) {
                    table.default(number, sequence, function);
                }
            }
            Row::Fact(fact) => self.keys.take(fact),
            Row::Check {
                relation,
                member,
                columns,
                condition,
            } => {
                if let Some(relation) = self.relations.get_mut(&relation) {
                    let proven = check::proven(condition, columns);
                    relation
                        .checked
                        .extend(proven.into_iter().map(|column| (member, column)));
                }
            }
            Row::Function {
                oid,
                signature,
                built_in,
                strict,
                volatile,
                declared,
                name,
                is_restricted,
            } => {
                let known = Some(oid).filter(|_| built_in);
                let function = Function {
                    signature: signature.to_owned(),
                    name: name.to_owned(),
                    is_restricted,
                    built_in,
                    strict,
                    volatile,
                    declared: !built_in && (declared || self.declared.contains(signature)),
                    listed: known.and_then(|oid| builtins::function(oid, major)),
                    aggregate: known.and_then(|oid| builtins::aggregate(oid, major)),
                    rows: known.and_then(|oid| builtins::rows(oid, major)),
                };
                self.functions.insert(oid, function);
            }
            Row::Operator {
                oid,
                name,
                function,
            } => {
                let name = name.to_owned();
                self.operators.insert(oid, Operator { name, function });
            }
            Row::Cast {
                source,
                target,
                method,
                function,
            } => {
                let cast = match method {
                    'b' => Cast::Relabel,
                    'i' => Cast::ThroughText,
                    _ => Cast::Function(function),
                };
                self.casts.insert((source, target), cast);
            }
            Row::Type {
                oid,
                name,
                base,
                element,
                composite,
                not_null,
            } => {
                let name = name.to_owned();
                self.types.insert(
                    oid,
                    Type {
                        name,
                        base,
                        element,
                        composite,
                        not_null,
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
        // The row of a sequence is the server's own, and complete.
        let is_stored = matches!(relation.kind, 'r' | 'p' | 'S');
        if !is_stored || (inherits && !relation.family_of_tables) {
            return Err(Doubt::NotATable { relation: oid });
        }
        if attribute <= 0 {
            // The whole row, and the columns that the system adds, are there with the row.
            return Ok(());
        }
        let found = relation.attributes.get(&attribute).ok_or(Doubt::Unknown)?;
        let lacking = |member: &&u32| inherits || **member == oid;
        let mut unproven = found.lacking.iter().filter(lacking);
        if unproven.all(|member| relation.checked.contains(&(*member, attribute))) {
            return Ok(());
        }
        let relation = oid;
        Err(match found.not_null {
            NotNull::Absent => Doubt::Allowed {
                relation,
                attribute,
            },
            NotNull::NotValidated => Doubt::NotValidated {
                relation,
                attribute,
            },
            NotNull::Own | NotNull::Family => Doubt::Heir {
                relation,
                attribute,
            },
        })
    }

    /// Whether a relation's rows are those of tables, its own and those of all that inherits from it.
    pub(crate) fn is_table(&self, oid: u32) -> bool {
        let relation = self.relations.get(&oid);
        relation.is_some_and(|found| matches!(found.kind, 'r' | 'p') && found.family_of_tables)
    }

    /// Whether a trigger may replace rows of the relation, or of what inherits from it, before the event.
    ///
    /// An UPDATE can move a row of a partitioned table, and then it is inserted elsewhere.
    pub(crate) fn may_replace(&self, oid: u32, event: Event) -> bool {
        let Some(relation) = self.relations.get(&oid) else {
            return true;
        };
        let moved = event == Event::Update && relation.kind == 'p';
        let of = |event| match event {
            Event::Insert => relation.replaced_on & 4 != 0,
            Event::Update => relation.replaced_on & 16 != 0,
        };
        of(event) || (moved && of(Event::Insert))
    }

    /// Whether a column is computed from others.
    pub(crate) fn is_generated(&self, relation: u32, attribute: i16) -> bool {
        let relation = self.relations.get(&relation);
        let found = relation.and_then(|relation| relation.attributes.get(&attribute));
        found.is_none_or(|found| found.generated)
    }

    /// A function, if it was found.
    pub(crate) fn function(&self, oid: u32) -> Option<&Function> {
        self.functions.get(&oid)
    }

    /// The function of an operator.
    pub(crate) fn operator_function(&self, operator: u32) -> Option<u32> {
        self.operators.get(&operator).map(|found| found.function)
    }

    /// What an operator looks like.
    pub(crate) fn operator_name(&self, operator: u32) -> &str {
        self.operators
            .get(&operator)
            .map_or("an operator", |found| &found.name)
    }

    /// The cast between two types.
    pub(crate) fn cast(&self, source: u32, target: u32) -> Option<Cast> {
        self.casts.get(&(source, target)).copied()
    }

    /// Whether a domain, or one it is over, refuses NULL.
    pub(crate) fn refuses_null(&self, ty: u32) -> bool {
        self.types.get(&ty).is_some_and(|found| found.not_null)
    }

    /// What a type is an array of, domains looked through.
    pub(crate) fn element(&self, ty: u32) -> Option<u32> {
        if let Some(info) = types::by_oid(ty) {
            return info.element.filter(|_| info.kind == Kind::Array);
        }
        let found = self.types.get(&ty)?;
        match found.base {
            Some(base) => types::by_oid(base)?.element,
            None => found.element,
        }
    }

    /// Whether a type is known to be no row type.
    pub(crate) fn is_scalar(&self, ty: u32) -> bool {
        match types::by_oid(ty) {
            Some(info) => info.kind != Kind::Pseudo,
            None => self
                .types
                .get(&ty)
                .is_some_and(|found| !found.composite && found.base.is_none()),
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
