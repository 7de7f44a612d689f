//! FROM as what is joined: entries side by side, and what outer joins hang on them.

use crate::analysis::Rule;
use crate::analyzed::{JoinKind, Query, Reference};
use crate::tree::Node;

use super::pins::{Equality, Pin, column};
use super::{DEPTH, Ground};

/// Entries that are joined with each other, so that a row of the result has a row of each; and what must be true of it.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) conditions: Vec<Node<'a>>,
    // What is asked of the rows from outside of the query.
    pub(super) pins: Vec<Pin>,
}

/// A part of a block.
#[derive(Debug)]
pub(super) enum Item<'a> {
    /// An entry of FROM.
    Entry(usize),
    /// The side of an outer join that may find no row, and the entries of the side that is kept.
    Optional { kept: Vec<usize>, block: Block<'a> },
    /// Both sides of a FULL JOIN.
    Full(Block<'a>, Block<'a>),
    /// Something that is not understood.
    Unknown,
}

impl<'a> Block<'a> {
    /// What stands in FROM. `pins` are equalities that hold for all rows that count.
    pub(super) fn of(query: Query<'a>, ground: Ground<'_>, pins: Vec<Pin>) -> Self {
        let mut block = Self {
            pins,
            ..Self::default()
        };
        match query.0.node("jointree") {
            Some(tree) => Builder { query, ground }.add(tree, &mut block, 0),
            None => block.items.push(Item::Unknown),
        }
        block
    }

    /// What MERGE joins: its source, and for each row of it the rows of the target that match.
    pub(super) fn of_merge(query: Query<'a>, ground: Ground<'_>, target: usize) -> Self {
        let mut block = Self::of(query, ground, Vec::new());
        let matched = Self {
            items: vec![Item::Entry(target)],
            conditions: conjuncts(query.0.node("mergeJoinCondition")),
            pins: Vec::new(),
        };
        block.items.push(Item::Optional {
            kept: block.entries(),
            block: matched,
        });
        block
    }

    /// All entries, those inside of outer joins too.
    pub(super) fn entries(&self) -> Vec<usize> {
        let mut entries = Vec::new();
        let mut waiting = vec![self];
        while let Some(block) = waiting.pop() {
            for item in &block.items {
                match item {
                    Item::Entry(entry) => entries.push(*entry),
                    Item::Optional { block, .. } => waiting.push(block),
                    Item::Full(left, right) => waiting.extend([left, right]),
                    Item::Unknown => {}
                }
            }
        }
        entries
    }
}

struct Builder<'a, 'c> {
    query: Query<'a>,
    ground: Ground<'c>,
}

impl<'a> Builder<'a, '_> {
    fn add(&self, node: Node<'a>, block: &mut Block<'a>, depth: usize) {
        if depth > DEPTH {
            block.items.push(Item::Unknown);
            return;
        }
        match node.label() {
            "RANGETBLREF" => block
                .items
                .push(node.number("rtindex").map_or(Item::Unknown, Item::Entry)),
            "FROMEXPR" => {
                block.conditions.extend(conjuncts(node.node("quals")));
                for item in node.list("fromlist").nodes() {
                    self.add(item, block, depth + 1);
                }
            }
            "JOINEXPR" => self.join(node, block, depth + 1),
            _ => block.items.push(Item::Unknown),
        }
    }

    fn join(&self, node: Node<'a>, block: &mut Block<'a>, depth: usize) {
        let (Some(kind), Some(left), Some(right)) =
            (JoinKind::read(node), node.node("larg"), node.node("rarg"))
        else {
            block.items.push(Item::Unknown);
            return;
        };
        let conditions = conjuncts(node.node("quals"));
        match self.reduced(kind, left, right, block) {
            JoinKind::Inner => {
                block.conditions.extend(conditions);
                self.add(left, block, depth);
                self.add(right, block, depth);
            }
            JoinKind::Left => {
                self.add(left, block, depth);
                block
                    .items
                    .push(self.optional(left, right, conditions, depth));
            }
            JoinKind::Right => {
                self.add(right, block, depth);
                block
                    .items
                    .push(self.optional(right, left, conditions, depth));
            }
            JoinKind::Full => {
                let [left, right] = [left, right].map(|side| {
                    let mut block = Block::default();
                    self.add(side, &mut block, depth);
                    block
                });
                block.items.push(Item::Full(left, right));
            }
        }
    }

    fn optional(
        &self,
        kept: Node<'a>,
        side: Node<'a>,
        conditions: Vec<Node<'a>>,
        depth: usize,
    ) -> Item<'a> {
        let mut block = Block {
            conditions,
            ..Block::default()
        };
        self.add(side, &mut block, depth);
        Item::Optional {
            kept: entries_below(kept),
            block,
        }
    }

    /// The join without what cannot happen: a side that a condition speaks of strictly has a row.
    fn reduced(
        &self,
        kind: JoinKind,
        left: Node<'a>,
        right: Node<'a>,
        block: &Block<'a>,
    ) -> JoinKind {
        let is_there = |side: Node<'a>| {
            let entries = entries_below(side);
            let proven = |entry: Option<usize>| entry.is_some_and(|entry| entries.contains(&entry));
            block
                .pins
                .iter()
                .any(|pin| pin.equality != Equality::Null && entries.contains(&pin.entry))
                || block
                    .conditions
                    .iter()
                    .any(|condition| self.strict(*condition).into_iter().any(proven))
        };
        match kind {
            kind if !self.ground.applies(Rule::ReducedJoin) => kind,
            JoinKind::Inner => JoinKind::Inner,
            JoinKind::Left if is_there(right) => JoinKind::Inner,
            JoinKind::Right if is_there(left) => JoinKind::Inner,
            JoinKind::Full => match (is_there(left), is_there(right)) {
                (true, true) => JoinKind::Inner,
                (true, false) => JoinKind::Left,
                (false, true) => JoinKind::Right,
                (false, false) => JoinKind::Full,
            },
            kind => kind,
        }
    }

    /// The entries of columns that are not NULL where a condition is true.
    fn strict(&self, condition: Node<'a>) -> Vec<Option<usize>> {
        const IS_NOT_NULL: u8 = 1;
        let entry = |node: Node<'a>| column(self.query, node).map(|(entry, _)| entry);
        match condition.label() {
            "OPEXPR" => {
                let operator = condition
                    .oid("opno")
                    .and_then(|oid| self.ground.keys.operator(oid));
                if operator.is_some_and(|operator| operator.is_strict) {
                    condition.list("args").nodes().map(entry).collect()
                } else {
                    Vec::new()
                }
            }
            "NULLTEST"
                if condition.number("nulltesttype") == Some(IS_NOT_NULL)
                    && condition.flag("argisrow") == Some(false) =>
            {
                condition.node("arg").map(entry).into_iter().collect()
            }
            "VAR" => vec![entry(condition)],
            _ => Vec::new(),
        }
    }
}

/// The entries that stand in a part of FROM; not the joins themselves.
pub(crate) fn entries_below(part: Node<'_>) -> Vec<usize> {
    part.within()
        .filter(|node| node.label() == "RANGETBLREF" && is_part(*node, part))
        .filter_map(|node| node.number("rtindex"))
        .collect()
}

/// Whether a node belongs to the same query as the part of FROM around it.
fn is_part(node: Node<'_>, part: Node<'_>) -> bool {
    node.enclosing_query().map(Node::index) == part.enclosing_query().map(Node::index)
}

/// The conditions that AND connects.
pub(crate) fn conjuncts(condition: Option<Node<'_>>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut waiting: Vec<Node<'_>> = condition.into_iter().collect();
    while let Some(node) = waiting.pop() {
        if node.label() == "BOOLEXPR" && node.text("boolop").as_deref() == Some("and") {
            waiting.extend(node.list("args").nodes());
        } else {
            found.push(node);
        }
    }
    found
}

/// The level at which a reference's row stands.
pub(crate) fn owner<'a>(reference: Reference<'a>) -> Option<Query<'a>> {
    let query = reference.node.enclosing_query().map(Query)?;
    query.outward(reference.levels_up)
}
