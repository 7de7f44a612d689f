//! Which columns of a statement are proven never to be NULL.
//!
//! Proven is a plain column of a table whose own NOT NULL holds for every row, and that no outer join and no grouping
//! set can null; through subqueries, CTEs, views and join aliases it is followed. Everything else may be NULL, and a
//! node that is not known proves nothing.

use std::collections::HashMap;
use std::rc::Rc;

use crate::analyzed::{
    Command, Entry, JoinKind, Joins, Query, Reference, RowVersion, expression_type,
};
use crate::catalog::Catalog;
use crate::doubt::{Doubt, Proof};
use crate::grouping;
use crate::tree::Node;

/// Queries nested deeper than this prove nothing.
const DEPTH: usize = 200;

/// What is known of a column of a query.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The table's column that it shows unchanged.
    pub(crate) origin: Option<(u32, i16)>,
    /// Its type, a domain kept, where the tree says it.
    pub(crate) ty: Option<u32>,
    /// That it is never NULL, or why it may be.
    pub(crate) proof: Proof,
}

/// The analysis of one tree. What is found out is kept, so that no query is looked at twice.
#[derive(Debug)]
pub(crate) struct Nullability<'a> {
    catalog: &'a Catalog,
    columns: HashMap<usize, Rc<[Column]>>,
    joins: HashMap<usize, Rc<Joins>>,
    depth: usize,
}

/// Outer joins that do not count, because both of their sides are looked at.
type Merged = Vec<usize>;

impl<'a> Nullability<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        Self {
            catalog,
            columns: HashMap::new(),
            joins: HashMap::new(),
            depth: 0,
        }
    }

    /// The columns that a query returns.
    pub(crate) fn columns(&mut self, query: Query<'a>) -> Rc<[Column]> {
        let index = query.0.index();
        if let Some(known) = self.columns.get(&index) {
            return Rc::clone(known);
        }
        if self.depth >= DEPTH {
            return Rc::from([]);
        }
        // A query that is reached again from inside of itself proves nothing.
        self.columns.insert(index, Rc::from([]));
        self.depth += 1;
        let columns: Rc<[Column]> = if query.0.is_null("setOperations") {
            query
                .output()
                .map(|entry| self.output(query, entry))
                .collect()
        } else {
            self.combined(query, query.0.node("setOperations")).into()
        };
        self.depth -= 1;
        self.columns.insert(index, Rc::clone(&columns));
        columns
    }

    fn output(&mut self, query: Query<'a>, entry: Node<'a>) -> Column {
        let Some(expression) = entry.node("expr") else {
            return Column::unknown();
        };
        let ty = expression_type(expression);
        let mut column = match Reference::read(expression) {
            Some(reference) => self.reference(query, reference, &Merged::new()),
            None => {
                return Column {
                    ty,
                    ..Column::doubted(Doubt::Expression)
                };
            }
        };
        if grouping::may_null(query, expression) {
            column.proof = Err(Doubt::GroupingSet);
        }
        Column { ty, ..column }
    }

    /// A column of UNION, INTERSECT or EXCEPT is proven where it is on both sides.
    fn combined(&mut self, query: Query<'a>, operation: Option<Node<'a>>) -> Vec<Column> {
        let Some(operation) = operation else {
            return Vec::new();
        };
        match operation.label() {
            "RANGETBLREF" => match operation
                .number("rtindex")
                .and_then(|index| query.entry(index))
            {
                Some(Entry::Subquery(branch)) => self.columns(branch).to_vec(),
                _ => Vec::new(),
            },
            "SETOPERATIONSTMT" if self.depth < DEPTH => {
                self.depth += 1;
                let left = self.combined(query, operation.node("larg"));
                let right = self.combined(query, operation.node("rarg"));
                self.depth -= 1;
                let types = operation.list("colTypes").numbers();
                types
                    .enumerate()
                    .map(|(at, ty)| combine(left.get(at), right.get(at), ty))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn reference(&mut self, query: Query<'a>, reference: Reference<'a>, merged: &Merged) -> Column {
        if self.depth >= DEPTH {
            return Column::unknown();
        }
        self.depth += 1;
        let column = self.resolved(query, reference, merged);
        self.depth -= 1;
        column
    }

    fn resolved(&mut self, query: Query<'a>, reference: Reference<'a>, merged: &Merged) -> Column {
        let Some(home) = query.outward(reference.levels_up) else {
            return Column::unknown();
        };
        let Some(entry) = home.entry(reference.entry) else {
            return Column::unknown();
        };
        if reference.levels_up == 0 && home.command() == Some(Command::Merge) {
            return Column::doubted(Doubt::Returning);
        }
        if reference.levels_up == 0 && home.target() == Some(reference.entry) {
            return self.returned(home, entry, reference);
        }
        let mut column = match entry {
            Entry::Group(keys) => return self.group_key(home, keys, reference),
            Entry::Relation { node, relation } => self.stored(node, relation, reference.attribute),
            Entry::Subquery(subquery) => self.column(subquery, reference.attribute),
            Entry::Cte(cte) => match home.cte(cte) {
                Some(query) => self.column(query, reference.attribute),
                None => Column::doubted(Doubt::RecursiveCte),
            },
            Entry::Join(join) => self.join_column(home, join, reference, merged),
            Entry::Values(_) => Column::doubted(Doubt::Values),
            Entry::Function => Column::doubted(Doubt::Function),
            Entry::Other => Column::unknown(),
        };
        // That a join may find no row at all is the better reason of the two.
        column.proof = self.joined(home, reference, merged).and(column.proof);
        column
    }

    /// That no outer join leaves the referenced entry without a row.
    ///
    /// The join tree says it on every version, and 16 and later say it at the reference, too: either is believed.
    fn joined(&mut self, home: Query<'a>, reference: Reference<'a>, merged: &Merged) -> Proof {
        let joins = self
            .joins
            .entry(home.0.index())
            .or_insert_with(|| Rc::new(Joins::of(home)));
        let Some(mut nulling) = joins.nulling(reference.entry) else {
            return Err(Doubt::Unknown);
        };
        if let Some((_, kind)) = nulling.find(|(join, _)| !merged.contains(join)) {
            return Err(Doubt::OuterJoin(kind));
        }
        let named = reference.nulling().any(|join| !merged.contains(&join));
        if named {
            Err(Doubt::OuterJoin(JoinKind::Left))
        } else {
            Ok(())
        }
    }

    fn column(&mut self, query: Query<'a>, attribute: i16) -> Column {
        let Some(index) = usize::try_from(attribute)
            .ok()
            .and_then(|number| number.checked_sub(1))
        else {
            return Column::doubted(Doubt::Expression);
        };
        self.columns(query)
            .get(index)
            .cloned()
            .unwrap_or_else(Column::unknown)
    }

    /// A column that a join gives another name, or merges from both sides.
    fn join_column(
        &mut self,
        home: Query<'a>,
        join: Node<'a>,
        reference: Reference<'a>,
        merged: &Merged,
    ) -> Column {
        let alias = usize::try_from(reference.attribute)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let Some(expression) = alias.and_then(|at| join.list("joinaliasvars").node(at)) else {
            return Column::doubted(Doubt::Expression);
        };
        if let Some(inner) = same_level(expression) {
            return self.reference(home, inner, merged);
        }
        if expression.label() != "COALESCEEXPR" || JoinKind::read(join) != Some(JoinKind::Full) {
            return Column::doubted(Doubt::Expression);
        }
        // Every row of a FULL JOIN has one of its sides: merged from two proven columns, the merged one is proven.
        let mut inside = merged.clone();
        inside.push(reference.entry);
        let sides = expression.list("args");
        for at in 0..sides.len() {
            let Some(side) = sides.node(at).and_then(same_level) else {
                return Column::doubted(Doubt::Expression);
            };
            if let Err(doubt) = self.reference(home, side, &inside).proof {
                return Column::doubted(doubt);
            }
        }
        if sides.len() == 2 {
            Column {
                origin: None,
                ty: None,
                proof: Ok(()),
            }
        } else {
            Column::unknown()
        }
    }

    /// A key of GROUP BY, as 18 refers to it.
    fn group_key(&mut self, home: Query<'a>, keys: Node<'a>, reference: Reference<'a>) -> Column {
        let at = usize::try_from(reference.attribute)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let key = at
            .and_then(|at| keys.list("groupexprs").node(at))
            .and_then(Reference::read);
        let Some(key) = key else {
            return Column::doubted(Doubt::Expression);
        };
        let mut column = self.reference(home, key, &Merged::new());
        if reference.nulling().next().is_some() {
            column.proof = Err(Doubt::GroupingSet);
        }
        column
    }

    /// A column of the relation that the statement writes, in RETURNING.
    ///
    /// Constraints hold for the row that is written, whatever BEFORE triggers made of it.
    fn returned(&mut self, query: Query<'a>, entry: Entry<'a>, reference: Reference<'a>) -> Column {
        let Entry::Relation { node, relation } = entry else {
            return Column::unknown();
        };
        let mut column = self.stored(node, relation, reference.attribute);
        let there = match query.command() {
            Some(Command::Insert) => reference.version != RowVersion::Old,
            Some(Command::Update) => true,
            Some(Command::Delete) => reference.version != RowVersion::New,
            Some(Command::Select | Command::Merge | Command::Utility) | None => false,
        };
        if !there || reference.nulling().next().is_some() {
            column.proof = Err(Doubt::Returning);
        }
        column
    }

    /// A column of a relation as its rows are stored.
    fn stored(&self, entry: Node<'a>, relation: u32, attribute: i16) -> Column {
        let inherits = entry.flag("inh") != Some(false);
        let proof = self.catalog.not_null(relation, attribute, inherits);
        Column {
            origin: (attribute > 0).then_some((relation, attribute)),
            ty: None,
            proof,
        }
    }
}

impl Column {
    pub(crate) fn doubted(doubt: Doubt) -> Self {
        Self {
            origin: None,
            ty: None,
            proof: Err(doubt),
        }
    }

    fn unknown() -> Self {
        Self::doubted(Doubt::Unknown)
    }
}

/// A reference to the same query, which is what the columns of a join are made of.
fn same_level(expression: Node<'_>) -> Option<Reference<'_>> {
    Reference::read(expression).filter(|reference| reference.levels_up == 0)
}

fn combine(left: Option<&Column>, right: Option<&Column>, ty: u32) -> Column {
    let (Some(left), Some(right)) = (left, right) else {
        return Column::unknown();
    };
    // Where types differ the planner adds a cast, which nothing is known of.
    let same = [left, right].iter().all(|side| side.ty == Some(ty));
    let uncast = if same { Ok(()) } else { Err(Doubt::Expression) };
    Column {
        origin: None,
        ty: Some(ty),
        proof: left.proof.and(right.proof).and(uncast),
    }
}
