//! The one question that is put to the catalog, and the rows of its answer.

use std::collections::BTreeSet;

use super::Needs;
use super::copied::{self, CopiedColumn, CopiedTable};
use super::keys::{self, Fact};

/// A row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row<'a> {
    Relation {
        oid: u32,
        name: &'a str,
        kind: char,
        family_of_tables: bool,
    },
    Attribute {
        relation: u32,
        number: i16,
        name: &'a str,
        not_null: NotNull,
        refuses_null: bool,
    },
    Type {
        oid: u32,
        name: &'a str,
        base: Option<u32>,
    },
    CopiedTable {
        oid: u32,
        table: CopiedTable,
    },
    CopiedColumn {
        relation: u32,
        number: i16,
        column: CopiedColumn,
    },
    Fact(Fact),
}

/// What a table's NOT NULL is worth for the rows that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotNull {
    Absent,
    /// For rows written since it was added.
    NotValidated,
    /// For the table's own rows.
    Own,
    /// For the rows of all tables that inherit from it, too.
    Family,
}

/// How the catalog writes a name that SQL reads back. A schema stands in front, where more words are reserved.
macro_rules! qualified {
    ($schema:literal, $name:literal) => {
        concat!(
            "quote_ident(",
            $schema,
            ") || '.' || ",
            "CASE WHEN ",
            $name,
            " ~ '^[a-z_][a-z0-9_$]*$' THEN ",
            $name,
            "::text ELSE quote_ident(",
            $name,
            ") END"
        )
    };
}

/// The statements of the simple protocol that ask for everything that is needed.
///
/// Several statements in one text are one transaction, so that `SET LOCAL` lasts to its end. Nothing in them is
/// resolved through the user's search path, and no tree is printed for them.
pub(crate) fn question(needs: &Needs) -> String {
    let mut question = SETTINGS.to_owned();
    if !needs.relations.is_empty() {
        let relations = array(&needs.relations);
        question += &RELATIONS.replace("{relations}", &relations);
        question += &ATTRIBUTES.replace("{relations}", &relations);
    }
    if !needs.copied.is_empty() {
        question += &copied::QUESTION.replace("{relations}", &array(&needs.copied));
    }
    if !needs.types.is_empty() {
        question += &TYPES.replace("{types}", &array(&needs.types));
        question += "; ";
    }
    question + &keys::question(&array(&needs.relations), &needs.keys)
}

pub(super) fn array(oids: &BTreeSet<u32>) -> String {
    let oids: Vec<String> = oids.iter().map(u32::to_string).collect();
    format!("'{{{}}}'::oid[]", oids.join(","))
}

const SETTINGS: &str =
    "SET LOCAL debug_print_rewritten = off; SET LOCAL search_path = pg_catalog; ";

/// Each relation is a member of its own family, which also holds all that inherits from it.
macro_rules! families {
    () => {
        concat!(
            "WITH RECURSIVE family(root, member) AS (SELECT o, o FROM unnest({relations}) AS o",
            " UNION SELECT f.root, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member)"
        )
    };
}

const RELATIONS: &str = concat!(
    families!(),
    " SELECT 'r', c.oid, ",
    qualified!("n.nspname", "c.relname"),
    ", c.relkind, NOT EXISTS (SELECT FROM family f JOIN pg_class m ON m.oid = f.member",
    " WHERE f.root = c.oid AND f.member <> f.root AND m.relkind NOT IN ('r', 'p')) ",
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ({relations}); ",
);

const ATTRIBUTES: &str = concat!(
    families!(),
    // Not-null constraints stand in pg_constraint since 18, and only those can be NOT VALID.
    ", unproven(relation, attribute) AS (",
    " SELECT conrelid, unnest(conkey) FROM family JOIN pg_constraint ON conrelid = member",
    " WHERE contype = 'n' AND NOT convalidated) ",
    "SELECT 'a', a.attrelid, a.attnum, ",
    "CASE WHEN a.attname ~ '^[a-z_][a-z0-9_$]*$' THEN a.attname::text ELSE quote_ident(a.attname) END, ",
    "CASE",
    // What a virtual column yields is computed when it is read.
    " WHEN NOT a.attnotnull OR a.attgenerated = 'v' THEN 'absent'",
    " WHEN (a.attrelid, a.attnum) IN (SELECT relation, attribute FROM unproven) THEN 'not validated'",
    " WHEN EXISTS (SELECT FROM family f LEFT JOIN pg_attribute i ON i.attrelid = f.member AND i.attname = a.attname",
    " AND NOT i.attisdropped WHERE f.root = a.attrelid AND (i.attnotnull IS NOT TRUE OR i.attgenerated = 'v'",
    " OR (i.attrelid, i.attnum) IN (SELECT relation, attribute FROM unproven))) THEN 'own'",
    " ELSE 'family' END, ",
    "a.attnotnull OR t.typtype = 'd' AND (WITH RECURSIVE domain(refuses, base) AS (",
    " SELECT t.typnotnull, t.typbasetype",
    " UNION ALL SELECT b.typnotnull, b.typbasetype FROM domain d JOIN pg_type b ON b.oid = d.base",
    " WHERE b.typtype = 'd') SELECT bool_or(refuses) FROM domain) ",
    "FROM pg_attribute a LEFT JOIN pg_type t ON t.oid = a.atttypid ",
    "WHERE a.attrelid = ANY ({relations}) AND a.attnum > 0 AND NOT a.attisdropped; ",
);

const TYPES: &str = concat!(
    "SELECT 't', t.oid, CASE WHEN e.oid IS NULL THEN ",
    qualified!("n.nspname", "t.typname"),
    " ELSE ",
    qualified!("m.nspname", "e.typname"),
    " || '[]' END, ",
    "CASE WHEN t.typtype = 'd' THEN (WITH RECURSIVE domain(base, level) AS (",
    " SELECT t.typbasetype, 0 UNION ALL SELECT b.typbasetype, d.level + 1 FROM domain d JOIN pg_type b",
    " ON b.oid = d.base WHERE b.typtype = 'd') SELECT base FROM domain ORDER BY level DESC LIMIT 1) END ",
    "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace ",
    "LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid ",
    "LEFT JOIN pg_namespace m ON m.oid = e.typnamespace WHERE t.oid = ANY ({types})",
);

impl<'a> Row<'a> {
    /// Reads a row of text; `None` if it is none of the answer.
    pub(crate) fn read(values: &[Option<&'a str>]) -> Option<Self> {
        Some(match *values {
            [Some("r"), Some(oid), Some(name), Some(kind), Some(family)] => Self::Relation {
                oid: oid.parse().ok()?,
                name,
                kind: kind.chars().next()?,
                family_of_tables: flag(family)?,
            },
            [
                Some("a"),
                Some(relation),
                Some(number),
                Some(name),
                Some(not_null),
                Some(refuses),
            ] => Self::Attribute {
                relation: relation.parse().ok()?,
                number: number.parse().ok()?,
                name,
                not_null: NotNull::read(not_null)?,
                refuses_null: flag(refuses)?,
            },
            [Some("t"), Some(oid), Some(name), base] => {
                let base = base.map(str::parse).transpose().ok()?;
                Self::Type {
                    oid: oid.parse().ok()?,
                    name,
                    base,
                }
            }
            [Some("ct"), Some(oid), Some(instead), Some(before)] => Self::CopiedTable {
                oid: oid.parse().ok()?,
                table: CopiedTable::new(flag(instead)?, flag(before)?),
            },
            [
                Some("cc"),
                Some(relation),
                Some(number),
                Some(name),
                Some(generated),
                Some(supplied),
            ] => Self::CopiedColumn {
                relation: relation.parse().ok()?,
                number: number.parse().ok()?,
                column: CopiedColumn {
                    name: name.to_owned(),
                    is_generated: flag(generated)?,
                    is_supplied: flag(supplied)?,
                },
            },
            _ => Self::Fact(Fact::read(values)?),
        })
    }
}

impl NotNull {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "absent" => Self::Absent,
            "not validated" => Self::NotValidated,
            "own" => Self::Own,
            "family" => Self::Family,
            _ => return None,
        })
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "t" => Some(true),
        "f" => Some(false),
        _ => None,
    }
}
