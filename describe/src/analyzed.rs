//! The parts of an analysed statement that the rules speak of: queries, relations in FROM, joins, references.

use std::collections::HashMap;

use crate::tree::{Node, Tree};

/// A `QUERY` node: a statement, or a query inside of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a>(pub(crate) Node<'a>);

/// What a query does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Select,
    Update,
    Insert,
    Delete,
    Merge,
    Utility,
}

/// An entry of a query's range table: something that stands in FROM, or is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry<'a> {
    Relation {
        node: Node<'a>,
        relation: u32,
    },
    Subquery(Query<'a>),
    Join(Node<'a>),
    Cte(Node<'a>),
    Values(Node<'a>),
    Function,
    /// The keys of GROUP BY, as 18 has them.
    Group(Node<'a>),
    Other,
}

/// A reference to a column of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) entry: usize,
    pub(crate) attribute: i16,
    pub(crate) levels_up: usize,
    pub(crate) version: RowVersion,
}

/// Which row a reference in RETURNING speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowVersion {
    Default,
    Old,
    New,
}

/// The sorts of joins that the grammar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Inner,
    Left,
    Full,
    Right,
}

/// The fields without which a query is not understood. Null is a value; absence means another server's grammar.
const FIELDS: [&str; 23] = [
    "commandType",
    "querySource",
    "utilityStmt",
    "resultRelation",
    "hasAggs",
    "hasTargetSRFs",
    "hasModifyingCTE",
    "cteList",
    "rtable",
    "jointree",
    "targetList",
    "onConflict",
    "returningList",
    "groupClause",
    "groupingSets",
    "havingQual",
    "windowClause",
    "distinctClause",
    "sortClause",
    "limitOffset",
    "limitCount",
    "rowMarks",
    "setOperations",
];

/// The statements of a tree, if every query in it is understood.
pub(crate) fn statements<'a>(tree: &'a Tree<'a>) -> Option<Vec<Query<'a>>> {
    let are_whole = queries(tree).all(Query::is_whole) && tree.nodes().all(is_understood);
    // Where references say which version of a row they mean, all do.
    let has_versions = queries(tree).any(|query| query.0.has("returningOldAlias"));
    let says_version = |node: Node<'_>| node.label() != "VAR" || node.has("varreturningtype");
    if !are_whole || (has_versions && !tree.nodes().all(says_version)) {
        return None;
    }
    tree.statements().into_iter().map(Query::of).collect()
}

/// Whether a node is of a kind that it is complete for, and a query stands where it has one: references are counted in
/// levels of queries. Of which kind a node is decides about others, too: what is no reference, refers to nothing.
fn is_understood(node: Node<'_>) -> bool {
    if !node.is_complete() {
        return is_of_utility(node);
    }
    let field = match node.label() {
        "RANGETBLENTRY" => "subquery",
        "SUBLINK" => "subselect",
        "COMMONTABLEEXPR" => "ctequery",
        _ => return true,
    };
    let query = node.node(field);
    query.is_none_or(|query| query.label() == "QUERY" || is_of_utility(node))
}

/// What a utility holds may be as the grammar read it.
fn is_of_utility(node: Node<'_>) -> bool {
    let around = node.enclosing_query().map(Query);
    around.and_then(Query::command) == Some(Command::Utility)
}

/// Every query of a tree.
pub(crate) fn queries<'a>(tree: &'a Tree<'a>) -> impl Iterator<Item = Query<'a>> {
    tree.nodes()
        .filter(|node| node.label() == "QUERY")
        .map(Query)
}

impl<'a> Query<'a> {
    fn of(node: Node<'a>) -> Option<Self> {
        (node.label() == "QUERY").then_some(Self(node))
    }

    fn is_whole(self) -> bool {
        FIELDS.iter().all(|field| self.0.has(field))
            && self.command().is_some()
            && self.0.flag("hasAggs").is_some()
    }

    pub(crate) fn command(self) -> Option<Command> {
        // MERGE took number 5 when it arrived, and the numbers behind it moved.
        let knows_merge = self.0.has("mergeActionList");
        Some(match self.0.number::<u8>("commandType")? {
            1 => Command::Select,
            2 => Command::Update,
            3 => Command::Insert,
            4 => Command::Delete,
            5 if knows_merge => Command::Merge,
            5 | 6 if !self.0.is_null("utilityStmt") => Command::Utility,
            _ => return None,
        })
    }

    /// The entries of what the query returns, in order.
    pub(crate) fn output(self) -> impl Iterator<Item = Node<'a>> {
        let list = if self.command() == Some(Command::Select) {
            "targetList"
        } else {
            "returningList"
        };
        self.0
            .list(list)
            .nodes()
            .filter(|entry| entry.flag("resjunk") != Some(true))
    }

    pub(crate) fn entry(self, index: usize) -> Option<Entry<'a>> {
        let node = self.0.list("rtable").node(index.checked_sub(1)?)?;
        if node.label() != "RANGETBLENTRY" {
            return Some(Entry::Other);
        }
        Some(match node.number::<u8>("rtekind")? {
            0 => Entry::Relation {
                node,
                relation: node.oid("relid")?,
            },
            1 => Entry::Subquery(Self(node.node("subquery")?)),
            2 => Entry::Join(node),
            3 => Entry::Function,
            5 => Entry::Values(node),
            6 => Entry::Cte(node),
            9 => Entry::Group(node),
            _ => Entry::Other,
        })
    }

    /// The entry that INSERT, UPDATE, DELETE or MERGE writes.
    pub(crate) fn target(self) -> Option<usize> {
        self.0.number("resultRelation").filter(|index| *index != 0)
    }

    /// The relation that INSERT, UPDATE, DELETE or MERGE writes.
    pub(crate) fn target_relation(self) -> Option<u32> {
        match self.entry(self.target()?)? {
            Entry::Relation { relation, .. } => Some(relation),
            _ => None,
        }
    }

    /// The query `levels` outside of this one.
    pub(crate) fn outward(self, levels: usize) -> Option<Self> {
        let mut query = self;
        for _ in 0..levels {
            query = Self(query.0.enclosing_query()?);
        }
        Some(query)
    }

    /// The query that a CTE entry of this query stands for, unless it refers to itself.
    pub(crate) fn cte(self, entry: Node<'a>) -> Option<Self> {
        let name = entry.text("ctename")?;
        let owner = self.outward(entry.number("ctelevelsup")?)?;
        let mut named = owner
            .0
            .list("cteList")
            .nodes()
            .filter(|cte| cte.text("ctename").as_ref() == Some(&name));
        let (Some(cte), None) = (named.next(), named.next()) else {
            return None;
        };
        let plain =
            cte.flag("cterecursive") == Some(false) && entry.flag("self_reference") == Some(false);
        if plain {
            cte.node("ctequery").map(Self)
        } else {
            None
        }
    }
}

impl<'a> Reference<'a> {
    /// Reads a `VAR` node.
    pub(crate) fn read(node: Node<'a>) -> Option<Self> {
        if node.label() != "VAR" {
            return None;
        }
        let version = match node.number::<u8>("varreturningtype") {
            None if node.has("varreturningtype") => return None,
            None | Some(0) => RowVersion::Default,
            Some(1) => RowVersion::Old,
            Some(2) => RowVersion::New,
            Some(_) => return None,
        };
        Some(Self {
            node,
            entry: node.number("varno")?,
            attribute: node.number("varattno")?,
            levels_up: node.number("varlevelsup")?,
            version,
        })
    }

    /// The joins, and the grouping, that may null what is referred to; only 16 and later say it.
    pub(crate) fn nulling(self) -> impl Iterator<Item = usize> {
        self.node.list("varnullingrels").numbers()
    }
}

impl JoinKind {
    pub(crate) fn read(node: Node<'_>) -> Option<Self> {
        Some(match node.number::<u8>("jointype")? {
            0 => Self::Inner,
            1 => Self::Left,
            2 => Self::Full,
            3 => Self::Right,
            _ => return None,
        })
    }
}

/// Which outer joins may leave an entry of FROM without a row, and the conditions of a query.
#[derive(Debug)]
pub(crate) struct Joins<'a> {
    // By entry. Absent: the entry does not stand in FROM.
    entries: HashMap<usize, Option<usize>>,
    links: Vec<Link>,
    conditions: Vec<Condition<'a>>,
    outer: Vec<Node<'a>>,
}

/// A side of an outer join that may have no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Nulling {
    pub(crate) join: usize,
    pub(crate) side: Side,
}

/// The sides of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    Left,
    Right,
}

/// A condition of WHERE or ON: it is true for every row in which these sides are there.
#[derive(Debug, Clone)]
pub(crate) struct Condition<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) needs: Vec<Nulling>,
}

/// A side of an outer join that may have no row, and the next one outwards.
#[derive(Debug, Clone, Copy)]
struct Link {
    nulling: Nulling,
    kind: JoinKind,
    outward: Option<usize>,
}

/// What is still to be walked: a node of the join tree, and the innermost side that it is inside of.
type Waiting<'a> = Vec<(Node<'a>, Option<usize>)>;

impl<'a> Joins<'a> {
    /// Walks the join tree of a query. What is not understood is left out, so that nothing is concluded from it.
    pub(crate) fn of(query: Query<'a>) -> Self {
        let mut joins = Self {
            entries: HashMap::new(),
            links: Vec::new(),
            conditions: Vec::new(),
            outer: Vec::new(),
        };
        let tree = query.0.node("jointree").map(|tree| (tree, None));
        let mut waiting: Waiting<'a> = tree.into_iter().collect();
        while let Some((node, nulled)) = waiting.pop() {
            match node.label() {
                "FROMEXPR" => {
                    joins.condition(node, &[nulled]);
                    waiting.extend(node.list("fromlist").nodes().map(|item| (item, nulled)));
                }
                "RANGETBLREF" => joins.add(node, nulled),
                "JOINEXPR" => joins.walk_join(node, nulled, &mut waiting),
                _ => {}
            }
        }
        joins
    }

    /// The sides of outer joins that an entry is on and that may have no row, the innermost first; `None` if the entry is
    /// not in FROM.
    pub(crate) fn nulling(
        &self,
        entry: usize,
    ) -> Option<impl Iterator<Item = (Nulling, JoinKind)> + '_> {
        self.entries
            .get(&entry)
            .map(|innermost| self.chain(*innermost))
    }

    /// The conditions of WHERE and of all ONs.
    pub(crate) fn conditions(&self) -> &[Condition<'a>] {
        &self.conditions
    }

    /// The outer joins.
    pub(crate) fn outer(&self) -> &[Node<'a>] {
        &self.outer
    }

    fn chain(&self, innermost: Option<usize>) -> impl Iterator<Item = (Nulling, JoinKind)> + '_ {
        let mut next = innermost;
        std::iter::from_fn(move || {
            let link = self.links.get(next?)?;
            next = link.outward;
            Some((link.nulling, link.kind))
        })
    }

    fn add(&mut self, node: Node<'_>, nulled: Option<usize>) {
        if let Some(entry) = node.number("rtindex") {
            self.entries.insert(entry, nulled);
        }
    }

    fn condition(&mut self, owner: Node<'a>, inside: &[Option<usize>]) {
        let Some(node) = owner.node("quals") else {
            return;
        };
        let needs = inside.iter().flat_map(|innermost| self.chain(*innermost));
        let needs = needs.map(|(nulling, _)| nulling).collect();
        self.conditions.push(Condition { node, needs });
    }

    fn walk_join(&mut self, node: Node<'a>, nulled: Option<usize>, waiting: &mut Waiting<'a>) {
        let (Some(kind), Some(join)) = (JoinKind::read(node), node.number("rtindex")) else {
            return;
        };
        self.entries.insert(join, nulled);
        if kind != JoinKind::Inner {
            self.outer.push(node);
        }
        let mut side = |side, is_nulled: bool| {
            if !is_nulled {
                return nulled;
            }
            let nulling = Nulling { join, side };
            self.links.push(Link {
                nulling,
                kind,
                outward: nulled,
            });
            self.links.len().checked_sub(1)
        };
        let left = side(Side::Left, matches!(kind, JoinKind::Right | JoinKind::Full));
        let right = side(Side::Right, matches!(kind, JoinKind::Left | JoinKind::Full));
        self.condition(node, &[left, right]);
        waiting.extend(node.node("larg").map(|side| (side, left)));
        waiting.extend(node.node("rarg").map(|side| (side, right)));
    }
}

/// The type of an expression, where its node says it.
pub(crate) fn expression_type(expression: Node<'_>) -> Option<u32> {
    let mut node = expression;
    // COLLATE has no type of its own. Nothing is nested deeply here.
    for _ in 0..8 {
        node = match node.label() {
            "COLLATEEXPR" => node.node("arg")?,
            "RETURNINGEXPR" => node.node("retexpr")?,
            _ => break,
        };
    }
    let field = match node.label() {
        "VAR" => "vartype",
        "CONST" => "consttype",
        "PARAM" => "paramtype",
        "FUNCEXPR" => "funcresulttype",
        "OPEXPR" | "DISTINCTEXPR" | "NULLIFEXPR" => "opresulttype",
        "RELABELTYPE" | "COERCEVIAIO" | "ARRAYCOERCEEXPR" | "COERCETODOMAIN"
        | "CONVERTROWTYPEEXPR" | "FIELDSELECT" => "resulttype",
        "AGGREF" => "aggtype",
        "WINDOWFUNC" => "wintype",
        "COALESCEEXPR" => "coalescetype",
        "CASEEXPR" => "casetype",
        "MINMAXEXPR" => "minmaxtype",
        "ARRAYEXPR" => "array_typeid",
        "ROWEXPR" => "row_typeid",
        "SUBSCRIPTINGREF" => "refrestype",
        "SQLVALUEFUNCTION" => "type",
        "NEXTVALUEEXPR" | "CASETESTEXPR" => "typeId",
        "BOOLEXPR" | "NULLTEST" | "BOOLEANTEST" | "SCALARARRAYOPEXPR" | "ROWCOMPAREEXPR" => {
            return Some(BOOL);
        }
        "GROUPINGFUNC" => return Some(INT4),
        "SUBLINK" => return subquery_type(node),
        _ => return None,
    };
    node.oid(field)
}

const BOOL: u32 = 16;
const INT4: u32 = 23;

/// The type of a subquery that stands for a value; what an array is of is known, the array's own type is not.
fn subquery_type(node: Node<'_>) -> Option<u32> {
    match node.number::<u8>("subLinkType")? {
        0..=2 => Some(BOOL),
        4 => {
            let query = Query(node.node("subselect")?);
            let column = query.output().next()?.node("expr")?;
            // A subquery inside of a subquery is not followed.
            (column.label() != "SUBLINK").then(|| expression_type(column))?
        }
        _ => None,
    }
}
