//! What is asked of the catalog about the number of rows, and the rows of its answer.

use std::collections::BTreeSet;

use super::{Events, Index, Key, KeyColumn, KeyNeeds, Operator, Storage, Volatility};

/// A row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    Storage(u32, Storage),
    Key(u32, Key),
    Index(u32, Index),
    Operator(u32, Operator),
    Function(u32, Volatility),
    /// A collation under which equal means identical.
    Collation(u32),
}

/// The statements that ask for what is needed; `relations` are those that statements speak of.
pub(in crate::catalog) fn question(relations: &str, needs: &KeyNeeds) -> String {
    [STORAGES, KEYS, INDEXES]
        .map(|statement| statement.replace("{relations}", relations))
        .concat()
        + &asked(OPERATORS, &needs.operators)
        + &asked(FUNCTIONS, &needs.functions)
        + &asked(COLLATIONS, &needs.collations)
}

fn asked(statement: &str, oids: &BTreeSet<u32>) -> String {
    if oids.is_empty() {
        return String::new();
    }
    statement.replace("{oids}", &super::super::question::array(oids))
}

/// Row triggers that run before the event, or instead of it, can drop the row. A disabled one does not run.
const STORAGES: &str = concat!(
    "WITH RECURSIVE family(root, member) AS (SELECT o, o FROM unnest({relations}) AS o",
    " UNION SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member) ",
    "SELECT 'storage', f.root, min(r.relkind::text), count(*) = 1, ",
    "bool_and(m.relkind IN ('r', 'p')), ",
    "coalesce(bit_or((SELECT bit_or(t.tgtype::int) FROM pg_trigger t WHERE t.tgrelid = f.member",
    " AND t.tgtype & 1 <> 0 AND t.tgtype & 66 <> 0 AND t.tgenabled <> 'D')), 0) ",
    "FROM family f JOIN pg_class m ON m.oid = f.member JOIN pg_class r ON r.oid = f.root GROUP BY f.root; ",
);

/// Only what a B-tree enforces at every moment, for every row, and for columns as they are stored.
const KEYS: &str = concat!(
    "SELECT 'key', i.indrelid, coalesce(to_jsonb(i)->>'indnullsnotdistinct', 'f') IN ('t', 'true'), ",
    "(SELECT string_agg(concat_ws(':', i.indkey[at], o.opcfamily, o.opcintype, i.indcollation[at]), ',' ORDER BY at)",
    " FROM generate_series(0, i.indnkeyatts - 1) AS at JOIN pg_opclass o ON o.oid = i.indclass[at]) ",
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam ",
    "WHERE i.indrelid = ANY ({relations}) AND m.amname = 'btree' AND i.indisunique AND i.indimmediate",
    " AND i.indisvalid AND i.indisready AND i.indislive AND NOT i.indisexclusion",
    " AND i.indpred IS NULL AND i.indexprs IS NULL ORDER BY i.indexrelid; ",
);

/// What an index begins with; 0 is an expression.
const INDEXES: &str = concat!(
    "SELECT 'index', i.indrelid, i.indkey[0], i.indpred IS NOT NULL OR i.indexprs IS NOT NULL ",
    "FROM pg_index i WHERE i.indrelid = ANY ({relations}) AND i.indisvalid; ",
);

const OPERATORS: &str = concat!(
    "SELECT 'operator', o.oid, o.oprleft, o.oprright, p.proisstrict, p.provolatile, ",
    "(SELECT string_agg(DISTINCT a.amopfamily::text, ',') FROM pg_amop a JOIN pg_am m ON m.oid = a.amopmethod",
    " WHERE a.amopopr = o.oid AND m.amname = 'btree' AND a.amopstrategy = 3 AND a.amoppurpose = 's') ",
    "FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE o.oid = ANY ({oids}); ",
);

const FUNCTIONS: &str =
    "SELECT 'function', oid, provolatile FROM pg_proc WHERE oid = ANY ({oids}); ";

const COLLATIONS: &str =
    "SELECT 'collation', oid FROM pg_collation WHERE oid = ANY ({oids}) AND collisdeterministic; ";

impl Fact {
    /// Reads a row of text; `None` if it is none of the answer.
    pub(in crate::catalog) fn read(values: &[Option<&str>]) -> Option<Self> {
        Some(match *values {
            [
                Some("storage"),
                Some(relation),
                Some(kind),
                Some(childless),
                Some(local),
                Some(events),
            ] => Self::Storage(
                relation.parse().ok()?,
                Storage {
                    kind: kind.chars().next()?,
                    childless: flag(childless)?,
                    local: flag(local)?,
                    interferes: Events::of(events.parse().ok()?),
                },
            ),
            [
                Some("key"),
                Some(relation),
                Some(nulls_are_equal),
                Some(columns),
            ] => Self::Key(
                relation.parse().ok()?,
                Key {
                    columns: columns.split(',').map(column).collect::<Option<_>>()?,
                    nulls_are_equal: flag(nulls_are_equal)?,
                },
            ),
            [
                Some("index"),
                Some(relation),
                Some(attribute),
                Some(is_special),
            ] => Self::Index(
                relation.parse().ok()?,
                Index {
                    attribute: attribute.parse().ok()?,
                    is_special: flag(is_special)?,
                },
            ),
            [
                Some("operator"),
                Some(oid),
                Some(left),
                Some(right),
                Some(is_strict),
                Some(volatility),
                families,
            ] => Self::Operator(
                oid.parse().ok()?,
                Operator {
                    left: left.parse().ok()?,
                    right: right.parse().ok()?,
                    is_strict: flag(is_strict)?,
                    volatility: Volatility::read(volatility)?,
                    families: families.map_or(Some(Vec::new()), |families| {
                        families
                            .split(',')
                            .map(|family| family.parse().ok())
                            .collect()
                    })?,
                },
            ),
            [Some("function"), Some(oid), Some(volatility)] => {
                Self::Function(oid.parse().ok()?, Volatility::read(volatility)?)
            }
            [Some("collation"), Some(oid)] => Self::Collation(oid.parse().ok()?),
            _ => return None,
        })
    }
}

fn column(text: &str) -> Option<KeyColumn> {
    let mut parts = text.split(':');
    let column = KeyColumn {
        attribute: parts.next()?.parse().ok()?,
        family: parts.next()?.parse().ok()?,
        ty: parts.next()?.parse().ok()?,
        collation: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(column)
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "t" => Some(true),
        "f" => Some(false),
        _ => None,
    }
}

impl Volatility {
    fn read(letter: &str) -> Option<Self> {
        Some(match letter {
            "i" => Self::Immutable,
            "s" => Self::Stable,
            "v" => Self::Volatile,
            _ => return None,
        })
    }
}
