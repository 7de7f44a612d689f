//! What the statements of a batch speak of, so that it can be asked at once.

use std::collections::BTreeSet;

use hathi_wire::types;

use super::keys::KeyNeeds;
use crate::analyzed::expression_type;
use crate::dependencies::relation;
use crate::tree::{Node, Tree};

/// What has to be asked.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub(super) relations: BTreeSet<u32>,
    pub(super) types: BTreeSet<u32>,
    pub(super) functions: BTreeSet<u32>,
    pub(super) operators: BTreeSet<u32>,
    pub(super) casts: BTreeSet<(u32, u32)>,
    pub(super) copied: BTreeSet<u32>,
    pub(super) keys: KeyNeeds,
}

/// The first OID that is given to what users create.
pub(crate) const USERS: u32 = 16_384;

impl Needs {
    /// Notes all that a tree speaks of.
    pub(crate) fn tree(&mut self, tree: &Tree<'_>) {
        for node in tree.nodes() {
            self.node(node);
        }
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

    /// What is not among `known`.
    pub(super) fn without(&self, known: &Self) -> Self {
        Self {
            relations: &self.relations - &known.relations,
            types: &self.types - &known.types,
            functions: &self.functions - &known.functions,
            operators: &self.operators - &known.operators,
            casts: &self.casts - &known.casts,
            copied: &self.copied - &known.copied,
            keys: self.keys.without(&known.keys),
        }
    }

    /// Adds what is among `more`.
    pub(super) fn extend(&mut self, more: Self) {
        self.relations.extend(more.relations);
        self.types.extend(more.types);
        self.functions.extend(more.functions);
        self.operators.extend(more.operators);
        self.casts.extend(more.casts);
        self.copied.extend(more.copied);
        self.keys.extend(more.keys);
    }

    /// Leaves what comes with the server: nobody changes that.
    pub(super) fn keep_built_ins(&mut self) {
        let Self {
            functions,
            operators,
            ..
        } = std::mem::take(self);
        self.functions = functions.into_iter().filter(|oid| *oid < USERS).collect();
        self.operators = operators.into_iter().filter(|oid| *oid < USERS).collect();
    }

    /// Whether nothing has to be asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.relations.is_empty()
            && self.types.is_empty()
            && self.functions.is_empty()
            && self.operators.is_empty()
            && self.casts.is_empty()
            && self.keys.is_empty()
    }

    fn node(&mut self, node: Node<'_>) {
        match node.label() {
            "RANGETBLENTRY" => self.relations.extend(node.oid("relid")),
            "FUNCEXPR" => self.function(node, "funcid"),
            "AGGREF" => self.function(node, "aggfnoid"),
            "WINDOWFUNC" => self.function(node, "winfnoid"),
            "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" | "SCALARARRAYOPEXPR" => {
                self.operators.extend(node.oid("opno"));
            }
            "ROWCOMPAREEXPR" => self.operators.extend(node.list("opnos").numbers::<u32>()),
            "SETOPERATIONSTMT" => self.set_operation(node),
            "CONST" => self.relations.extend(relation(node)),
            _ => {}
        }
        if let Some(ty) = expression_type(node) {
            self.ty(ty);
        }
    }

    fn function(&mut self, node: Node<'_>, field: &str) {
        self.functions.extend(node.oid(field));
    }

    /// Notes the casts that the planner adds to the branches of a set operation.
    fn set_operation(&mut self, node: Node<'_>) {
        let types: Vec<u32> = node.list("colTypes").numbers().collect();
        for side in ["larg", "rarg"]
            .into_iter()
            .filter_map(|side| node.node(side))
        {
            let from = branch_types(node, side);
            let casts = from.into_iter().zip(&types);
            self.casts.extend(
                casts.filter_map(|(from, to)| {
                    from.filter(|from| from != to).map(|from| (from, *to))
                }),
            );
        }
    }
}

/// The types of the columns of a branch of a set operation, where they are known.
pub(crate) fn branch_types(operation: Node<'_>, side: Node<'_>) -> Vec<Option<u32>> {
    if side.label() == "SETOPERATIONSTMT" {
        return side.list("colTypes").numbers().map(Some).collect();
    }
    let entry = side.number("rtindex").and_then(|index: usize| {
        let query = operation.enclosing_query()?;
        query
            .list("rtable")
            .node(index.checked_sub(1)?)?
            .node("subquery")
    });
    let Some(query) = entry else {
        return Vec::new();
    };
    let output = query.list("targetList").nodes();
    output
        .filter(|entry| entry.flag("resjunk") == Some(false))
        .map(|entry| expression_type(entry.node("expr")?))
        .collect()
}
