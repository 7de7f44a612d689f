//! Which expressions of one query are the same: equal keys have the same value in one row.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};

use crate::analysis::rule::{Rule, Rules};
use crate::analyzed::{Entry, JoinKind, Query, Reference, RowVersion};
use crate::catalog::{Catalog, USERS};
use crate::settings;
use crate::tree::{Content, List, Node};

/// Expressions nested deeper than this are like no other.
const DEPTH: usize = 100;

/// What is the same for expressions that are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u32);

/// Expressions that are known not to be NULL.
pub(crate) type Facts = BTreeSet<Key>;

/// A column of an entry of a query.
pub(crate) type Variable = (usize, i16);

/// Gives keys to expressions.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    catalog: &'a Catalog,
    // Whether settings that change are looked for, and what was found.
    detects: bool,
    is_settled: Cell<Option<bool>>,
    known: RefCell<HashMap<usize, Option<Key>>>,
    numbers: RefCell<HashMap<Shape<'a>, Key>>,
    variables: RefCell<HashMap<Key, Variable>>,
}

/// An expression, those inside of it by their keys.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Shape<'a> {
    Variable(usize, i16, usize, u8),
    Node(&'a str, Vec<Part<'a>>),
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Part<'a> {
    Field(&'a str),
    Null,
    Atom(&'a str),
    Bytes(&'a str),
    Open,
    Close,
    Expression(Key),
}

/// How an expression was written, or what can be looked up: no part of what it is.
const IGNORED: [&str; 11] = [
    "location",
    "list_start",
    "list_end",
    "opfuncid",
    "funcformat",
    "relabelformat",
    "coerceformat",
    "convertformat",
    "coercionformat",
    "row_format",
    "resjunk",
];

impl<'a> Keys<'a> {
    pub(crate) fn new(catalog: &'a Catalog, rules: Rules) -> Self {
        Self {
            catalog,
            detects: rules.apply(Rule::ChangedSetting),
            is_settled: Cell::new(None),
            known: RefCell::default(),
            numbers: RefCell::default(),
            variables: RefCell::default(),
        }
    }

    /// The key of an expression; `None` if its value may differ each time that it is looked at, or it is not known.
    pub(crate) fn of(&self, expression: Node<'a>) -> Option<Key> {
        self.keyed(expression, DEPTH)
    }

    /// The key of a column of this query's entries. Columns of joins are what they stand for.
    pub(crate) fn variable(&self, query: Query<'a>, variable: Variable) -> Option<Key> {
        self.resolved(query, variable, 0, RowVersion::Default, DEPTH)
    }

    /// The column of the own query that a key stands for.
    pub(crate) fn as_variable(&self, key: Key) -> Option<Variable> {
        self.variables.borrow().get(&key).copied()
    }

    fn keyed(&self, expression: Node<'a>, depth: usize) -> Option<Key> {
        let depth = depth.checked_sub(1)?;
        if let Some(known) = self.known.borrow().get(&expression.index()) {
            return *known;
        }
        // What is reached again from inside of itself is like nothing else.
        self.known.borrow_mut().insert(expression.index(), None);
        let key = match Reference::read(expression) {
            Some(reference) => self.reference(expression, reference, depth),
            None => self.composed(expression, depth),
        };
        self.known.borrow_mut().insert(expression.index(), key);
        key
    }

    fn reference(&self, node: Node<'a>, reference: Reference<'a>, depth: usize) -> Option<Key> {
        let query = Query(node.enclosing_query()?).outward(reference.levels_up)?;
        let variable = (reference.entry, reference.attribute);
        self.resolved(
            query,
            variable,
            reference.levels_up,
            reference.version,
            depth,
        )
    }

    fn resolved(
        &self,
        query: Query<'a>,
        (entry, attribute): Variable,
        levels_up: usize,
        version: RowVersion,
        depth: usize,
    ) -> Option<Key> {
        if levels_up == 0
            && let Some(Entry::Join(join)) = query.entry(entry)
            && let Some(alias) = alias(join, attribute)
        {
            return self.keyed(alias, depth);
        }
        let version = match version {
            RowVersion::Default => 0,
            RowVersion::Old => 1,
            RowVersion::New => 2,
        };
        let key = self.number(Shape::Variable(entry, attribute, levels_up, version));
        if levels_up == 0 && version == 0 {
            let mut variables = self.variables.borrow_mut();
            variables.insert(key, (entry, attribute));
        }
        Some(key)
    }

    fn composed(&self, node: Node<'a>, depth: usize) -> Option<Key> {
        if !self.is_steady(node) {
            return None;
        }
        let mut parts = Vec::new();
        for (name, content) in node.fields().filter(|(name, _)| !IGNORED.contains(name)) {
            parts.push(Part::Field(name));
            self.part(content, &mut parts, depth)?;
        }
        Some(self.number(Shape::Node(node.label(), parts)))
    }

    fn part(&self, content: Content<'a>, parts: &mut Vec<Part<'a>>, depth: usize) -> Option<()> {
        match content {
            Content::Null => parts.push(Part::Null),
            Content::Atom(text) => parts.push(Part::Atom(text)),
            Content::Bytes(text) => parts.push(Part::Bytes(text)),
            Content::Node(node) => parts.push(Part::Expression(self.keyed(node, depth)?)),
            Content::List(list) => self.list(list, parts, depth)?,
        }
        Some(())
    }

    fn list(&self, list: List<'a>, parts: &mut Vec<Part<'a>>, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        parts.push(Part::Open);
        for item in list.contents() {
            self.part(item, parts, depth)?;
        }
        parts.push(Part::Close);
        Some(())
    }

    fn number(&self, shape: Shape<'a>) -> Key {
        let mut numbers = self.numbers.borrow_mut();
        let next = Key(u32::try_from(numbers.len()).unwrap_or(u32::MAX));
        *numbers.entry(shape).or_insert(next)
    }

    /// Whether a node has the same value wherever it stands, if what is inside of it has.
    ///
    /// The numbers of what a subquery or a CASE puts in are not unique, so nothing that holds one is.
    fn is_steady(&self, node: Node<'a>) -> bool {
        match node.label() {
            "CONST" | "RELABELTYPE" | "COERCEVIAIO" | "COLLATEEXPR" | "BOOLEXPR" | "NULLTEST"
            | "BOOLEANTEST" | "COALESCEEXPR" | "MINMAXEXPR" | "ARRAYEXPR" | "ROWEXPR"
            | "NAMEDARGEXPR" | "FIELDSELECT" | "CASEEXPR" | "CASEWHEN" | "TARGETENTRY" => true,
            "SQLVALUEFUNCTION" => self.is_settled(node),
            "PARAM" => node.number::<u8>("paramkind") == Some(0),
            "SUBSCRIPTINGREF" => node.is_null("refassgnexpr"),
            "FUNCEXPR" => {
                node.flag("funcretset") == Some(false)
                    && self.is_stable(node.oid("funcid"))
                    && self.is_settled(node)
            }
            "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" => {
                node.flag("opretset") == Some(false) && self.is_stable_operator(node)
            }
            "SCALARARRAYOPEXPR" => self.is_stable_operator(node),
            "AGGREF" => {
                node.number::<u8>("agglevelsup") == Some(0) && self.is_stable(node.oid("aggfnoid"))
            }
            _ => false,
        }
    }

    /// Whether what is stable is the same as long as the statement runs.
    fn is_settled(&self, node: Node<'a>) -> bool {
        if let Some(known) = self.is_settled.get() {
            return known;
        }
        let is_volatile = |function| {
            let found = self.catalog.function(function);
            found.is_none_or(|found| found.volatile)
        };
        let of_operator = |operator| {
            let function = self.catalog.operator_function(operator);
            function.is_none_or(is_volatile)
        };
        let found = !self.detects || !settings::may_change(node, is_volatile, of_operator);
        self.is_settled.set(Some(found));
        found
    }

    fn is_stable(&self, function: Option<u32>) -> bool {
        let function = function.and_then(|oid| self.catalog.function(oid));
        function.is_some_and(|function| !function.volatile)
    }

    fn is_stable_operator(&self, node: Node<'a>) -> bool {
        let operator = node.oid("opno");
        let is_built_in = operator.is_some_and(|operator| operator < USERS);
        self.is_stable(operator.and_then(|operator| self.catalog.operator_function(operator)))
            && (is_built_in || self.is_settled(node))
    }
}

/// What a column of a join stands for.
pub(crate) fn alias(join: Node<'_>, attribute: i16) -> Option<Node<'_>> {
    let at = usize::try_from(attribute).ok()?.checked_sub(1)?;
    join.list("joinaliasvars").node(at)
}

/// Whether a join is FULL.
pub(crate) fn is_full(join: Node<'_>) -> bool {
    JoinKind::read(join) == Some(JoinKind::Full)
}
