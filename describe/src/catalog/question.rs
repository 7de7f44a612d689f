//! The one question that is put to the catalog, and the rows of its answer.

use std::collections::BTreeSet;

use super::Needs;
use super::copied::{self, CopiedColumn, CopiedTable};
use super::keys::{self, Fact};

/// A row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row<'a> {
    /// Which transactions had ended.
    Snapshot {
        text: &'a str,
    },
    Relation {
        oid: u32,
        name: &'a str,
        kind: char,
        family_of_tables: bool,
        /// The events, as `pg_trigger` numbers them, of triggers that may replace a row.
        replaced_on: u16,
    },
    Attribute {
        relation: u32,
        number: i16,
        name: &'a str,
        not_null: NotNull,
        /// Those of the family whose NOT NULL does not hold for it.
        lacking: &'a str,
        refuses_null: bool,
        generated: bool,
    },
    /// A validated CHECK of one of the family.
    Check {
        relation: u32,
        member: u32,
        /// Pairs of the member's columns and the relation's, `2:1,3:4`.
        columns: &'a str,
        condition: &'a str,
    },
    Function {
        oid: u32,
        signature: &'a str,
        built_in: bool,
        strict: bool,
        volatile: bool,
        declared: bool,
        name: &'a str,
        is_restricted: bool,
    },
    Operator {
        oid: u32,
        name: &'a str,
        function: u32,
    },
    Cast {
        source: u32,
        target: u32,
        method: char,
        function: u32,
    },
    Type {
        oid: u32,
        name: &'a str,
        base: Option<u32>,
        /// What it is an array of.
        element: Option<u32>,
        composite: bool,
        not_null: bool,
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
    /// What the default of a column speaks of.
    CopiedDefault {
        relation: u32,
        number: i16,
        sequence: Option<&'a str>,
        function: Option<&'a str>,
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
        question += &CHECKS.replace("{relations}", &relations);
    }
    if !(needs.functions.is_empty() && needs.operators.is_empty() && needs.casts.is_empty()) {
        let functions = FUNCTIONS
            .replace("{functions}", &array(&needs.functions))
            .replace("{operators}", &array(&needs.operators))
            .replace("{casts}", &pairs(&needs.casts));
        question += &functions;
    }
    if !needs.copied.is_empty() {
        question += &copied::QUESTION.replace("{relations}", &array(&needs.copied));
    }
    if !needs.types.is_empty() {
        question += &TYPES.replace("{types}", &array(&needs.types));
        question += "; ";
    }
    if !(needs.relations.is_empty() && needs.keys.is_empty()) {
        question += &keys::question(&array(&needs.relations), &needs.keys);
    }
    question
}

pub(super) fn array(oids: &BTreeSet<u32>) -> String {
    let oids: Vec<String> = oids.iter().map(u32::to_string).collect();
    format!("'{{{}}}'::oid[]", oids.join(","))
}

/// Pairs of OIDs. The first one is no type: a list must not be empty.
fn pairs(casts: &BTreeSet<(u32, u32)>) -> String {
    let casts = casts
        .iter()
        .map(|(source, target)| format!(", ({source}, {target})"));
    format!("(0, 0){}", casts.collect::<String>())
}

/// The first row says which transactions had ended before the others were read.
const SETTINGS: &str = concat!(
    "SET LOCAL debug_print_rewritten = off; SET LOCAL search_path = pg_catalog; ",
    "SELECT 's', pg_current_snapshot()::text; "
);

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
    " WHERE f.root = c.oid AND f.member <> f.root AND m.relkind NOT IN ('r', 'p')), ",
    "(SELECT coalesce(bit_or(tgtype), 0) FROM family f JOIN pg_trigger ON tgrelid = f.member",
    // For each row, before or instead of the event.
    " WHERE f.root = c.oid AND tgenabled <> 'D' AND tgtype & 1 = 1 AND tgtype & 66 <> 0) ",
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
    "(SELECT string_agg(f.member::text, ',') FROM family f",
    " LEFT JOIN pg_attribute i ON i.attrelid = f.member AND i.attname = a.attname AND NOT i.attisdropped",
    " WHERE f.root = a.attrelid AND (i.attnotnull IS NOT TRUE OR i.attgenerated = 'v'",
    " OR (i.attrelid, i.attnum) IN (SELECT relation, attribute FROM unproven))), ",
    "a.attnotnull OR t.typtype = 'd' AND (WITH RECURSIVE domain(refuses, base) AS (",
    " SELECT t.typnotnull, t.typbasetype",
    " UNION ALL SELECT b.typnotnull, b.typbasetype FROM domain d JOIN pg_type b ON b.oid = d.base",
    " WHERE b.typtype = 'd') SELECT bool_or(refuses) FROM domain), ",
    // One that inherits a plain column may compute it.
    "EXISTS (SELECT FROM family f JOIN pg_attribute i ON i.attrelid = f.member AND i.attname = a.attname",
    " AND NOT i.attisdropped WHERE f.root = a.attrelid AND i.attgenerated <> '') ",
    "FROM pg_attribute a LEFT JOIN pg_type t ON t.oid = a.atttypid ",
    "WHERE a.attrelid = ANY ({relations}) AND a.attnum > 0 AND NOT a.attisdropped; ",
);

/// Checks that a NULL may fail; NOT ENFORCED came with 18.
const CHECKS: &str = concat!(
    families!(),
    " SELECT 'c', f.root, f.member, (SELECT string_agg(i.attnum || ':' || o.attnum, ',')",
    " FROM pg_attribute i JOIN pg_attribute o ON o.attrelid = f.root AND o.attname = i.attname AND NOT o.attisdropped",
    " WHERE i.attrelid = f.member AND i.attnum = ANY (k.conkey)",
    // A virtual column is checked as its table computes it, and read as the one that was asked does.
    " AND (f.member = f.root OR i.attgenerated <> 'v' AND o.attgenerated <> 'v')), k.conbin::text ",
    "FROM family f JOIN pg_constraint k ON k.conrelid = f.member WHERE k.contype = 'c' AND k.convalidated",
    " AND coalesce((to_jsonb(k) ->> 'conenforced')::bool, true)",
    " AND cardinality(k.conkey) > 0 AND k.conbin::text ~ 'NULLTEST|BOOLEANTEST'; ",
);

/// A signature has the names of types that `pg_type` has, with their schemas where they are a user's.
const FUNCTIONS: &str = concat!(
    "SELECT 'o', oid, oprname, oprcode::oid FROM pg_operator WHERE oid = ANY ({operators}); ",
    "SELECT 'p', castsource, casttarget, castmethod, castfunc FROM pg_cast WHERE (castsource, casttarget) IN ({casts}); ",
    "SELECT 'f', p.oid, CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE n.nspname || '.' END || p.proname || '('",
    " || coalesce((SELECT string_agg(CASE WHEN m.nspname = 'pg_catalog' THEN '' ELSE m.nspname || '.' END || t.typname,",
    " ',' ORDER BY place) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(ty, place) JOIN pg_type t ON t.oid = ty",
    " JOIN pg_namespace m ON m.oid = t.typnamespace), '') || ')', ",
    // OIDs from 16384 on are a user's; what is below comes with the server.
    // Those that are written in SQL cast to text, and where a user has made such a cast, nobody knows what that does.
    "n.nspname = 'pg_catalog' AND p.oid < 16384 AND (p.prolang <> 14 OR NOT EXISTS (",
    "SELECT FROM pg_cast WHERE oid >= 16384 AND casttarget = 'text'::regtype)), p.proisstrict, p.provolatile = 'v', ",
    "coalesce(obj_description(p.oid, 'pg_proc') ~* '^[[:space:]]*hathi:[[:space:]]*not null', false), ",
    "p.oid::regprocedure, NOT has_function_privilege('public', p.oid, 'EXECUTE') ",
    "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = ANY ({functions})",
    " OR p.oid IN (SELECT oprcode FROM pg_operator WHERE oid = ANY ({operators}))",
    " OR p.oid IN (SELECT castfunc FROM pg_cast WHERE (castsource, casttarget) IN ({casts})); ",
);

const TYPES: &str = concat!(
    "SELECT 't', t.oid, CASE WHEN e.oid IS NULL THEN ",
    qualified!("n.nspname", "t.typname"),
    " ELSE ",
    qualified!("m.nspname", "e.typname"),
    " || '[]' END, ",
    "CASE WHEN t.typtype = 'd' THEN (WITH RECURSIVE domain(base, level) AS (",
    " SELECT t.typbasetype, 0 UNION ALL SELECT b.typbasetype, d.level + 1 FROM domain d JOIN pg_type b",
    " ON b.oid = d.base WHERE b.typtype = 'd') SELECT base FROM domain ORDER BY level DESC LIMIT 1) END, ",
    "e.oid, t.typtype = 'c', ",
    "t.typtype = 'd' AND (WITH RECURSIVE domain(refuses, base) AS (SELECT t.typnotnull, t.typbasetype",
    " UNION ALL SELECT b.typnotnull, b.typbasetype FROM domain d JOIN pg_type b ON b.oid = d.base",
    " WHERE b.typtype = 'd') SELECT bool_or(refuses) FROM domain) ",
    "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace ",
    "LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid ",
    "LEFT JOIN pg_namespace m ON m.oid = e.typnamespace WHERE t.oid = ANY ({types})",
);

impl<'a> Row<'a> {
    /// Reads a row of text; `None` if it is none of the answer.
    pub(crate) fn read(all: &[Option<&'a str>]) -> Option<Self> {
        let (kind, values) = all.split_first()?;
        match (*kind)? {
            "s" => Some(Self::Snapshot {
                text: (*values.first()?)?,
            }),
            "r" => Self::relation(values),
            "a" => Self::attribute(values),
            "c" => Self::check(values),
            "f" => Self::function(values),
            "o" => Self::operator(values),
            "p" => Self::cast(values),
            "t" => Self::ty(values),
            "ct" => Self::copied_table(values),
            "cc" => Self::copied_column(values),
            "cd" => Self::copied_default(values),
            _ => Fact::read(all).map(Self::Fact),
        }
    }

    fn relation(values: &[Option<&'a str>]) -> Option<Self> {
        let [oid, name, kind, family, events] = *values else {
            return None;
        };
        Some(Self::Relation {
            oid: oid?.parse().ok()?,
            name: name?,
            kind: kind?.chars().next()?,
            family_of_tables: flag(family?)?,
            replaced_on: events?.parse().ok()?,
        })
    }

    fn attribute(values: &[Option<&'a str>]) -> Option<Self> {
        let [
            relation,
            number,
            name,
            not_null,
            lacking,
            refuses,
            generated,
        ] = *values
        else {
            return None;
        };
        Some(Self::Attribute {
            relation: relation?.parse().ok()?,
            number: number?.parse().ok()?,
            name: name?,
            not_null: NotNull::read(not_null?)?,
            lacking: lacking.unwrap_or_default(),
            refuses_null: flag(refuses?)?,
            generated: flag(generated?)?,
        })
    }

    fn check(values: &[Option<&'a str>]) -> Option<Self> {
        let [relation, member, columns, condition] = *values else {
            return None;
        };
        Some(Self::Check {
            relation: relation?.parse().ok()?,
            member: member?.parse().ok()?,
            columns: columns.unwrap_or_default(),
            condition: condition?,
        })
    }

    fn function(values: &[Option<&'a str>]) -> Option<Self> {
        let [
            oid,
            signature,
            built_in,
            strict,
            volatile,
            declared,
            name,
            restricted,
        ] = *values
        else {
            return None;
        };
        Some(Self::Function {
            oid: oid?.parse().ok()?,
            signature: signature?,
            built_in: flag(built_in?)?,
            strict: flag(strict?)?,
            volatile: flag(volatile?)?,
            declared: flag(declared?)?,
            name: name?,
            is_restricted: flag(restricted?)?,
        })
    }

    fn operator(values: &[Option<&'a str>]) -> Option<Self> {
        let [oid, name, function] = *values else {
            return None;
        };
        Some(Self::Operator {
            oid: oid?.parse().ok()?,
            name: name?,
            function: function?.parse().ok()?,
        })
    }

    fn cast(values: &[Option<&'a str>]) -> Option<Self> {
        let [source, target, method, function] = *values else {
            return None;
        };
        Some(Self::Cast {
            source: source?.parse().ok()?,
            target: target?.parse().ok()?,
            method: method?.chars().next()?,
            function: function?.parse().ok()?,
        })
    }

    fn copied_table(values: &[Option<&'a str>]) -> Option<Self> {
        let [oid, instead, before] = *values else {
            return None;
        };
        Some(Self::CopiedTable {
            oid: oid?.parse().ok()?,
            table: CopiedTable::new(flag(instead?)?, flag(before?)?),
        })
    }

    fn copied_column(values: &[Option<&'a str>]) -> Option<Self> {
        let [relation, number, name, generated, supplied] = *values else {
            return None;
        };
        Some(Self::CopiedColumn {
            relation: relation?.parse().ok()?,
            number: number?.parse().ok()?,
            column: CopiedColumn {
                name: name?.to_owned(),
                is_generated: flag(generated?)?,
                is_supplied: flag(supplied?)?,
                sequences: BTreeSet::new(),
                functions: BTreeSet::new(),
            },
        })
    }

    fn copied_default(values: &[Option<&'a str>]) -> Option<Self> {
        let [relation, number, sequence, function] = *values else {
            return None;
        };
        Some(Self::CopiedDefault {
            relation: relation?.parse().ok()?,
            number: number?.parse().ok()?,
            sequence,
            function,
        })
    }

    fn ty(values: &[Option<&'a str>]) -> Option<Self> {
        let [oid, name, base, element, composite, not_null] = *values else {
            return None;
        };
        Some(Self::Type {
            oid: oid?.parse().ok()?,
            name: name?,
            base: base.map(str::parse).transpose().ok()?,
            element: element.map(str::parse).transpose().ok()?,
            composite: flag(composite?)?,
            not_null: flag(not_null?)?,
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
