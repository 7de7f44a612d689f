//! Types of other databases, and forms that PostgreSQL's types do not have.

use hathi_sql_text::TokenKind;

use super::Refusal;

const INTEGER: &str = "PostgreSQL integers have no display width: write integer";
const SMALLINT: &str = "PostgreSQL integers have no display width and no unsigned form: write smallint, or integer for unsigned";
const BIGINT: &str = "PostgreSQL integers have no display width: write bigint";
const UNSIGNED_INTEGER: &str =
    "PostgreSQL has no unsigned integers: write bigint, or integer with CHECK (value >= 0)";
const UNSIGNED_BIGINT: &str = "PostgreSQL has no unsigned bigint: write numeric(20,0)";
const UNSIGNED_TINYINT: &str = "write smallint: it holds 0 to 255";
const ARRAY: &str = "write int[]";

pub(super) fn way_out(refusal: &Refusal<'_>) -> Option<&'static str> {
    match refusal.sqlstate {
        "42704" => missing(refusal),
        "42601" => modifier(refusal.message)
            .or_else(|| width(refusal))
            .or_else(|| unsigned(refusal))
            .or_else(|| nested(refusal)),
        "22023" if refusal.message.starts_with("precision for type float") => {
            Some("float takes 1 to 53 bits: write real or double precision")
        }
        "0A000" | "42P16" if is_trigger(refusal.message) => Some(
            "trigger is only what a trigger function returns: no value of it can be sent or read",
        ),
        _ => None,
    }
}

/// `type "tinyint" does not exist`
fn missing(refusal: &Refusal<'_>) -> Option<&'static str> {
    let name = refusal
        .message
        .strip_prefix("type \"")?
        .strip_suffix("\" does not exist")?;
    Some(match name {
        "tinyint" => "write smallint, or boolean for tinyint(1)",
        "double" => "write double precision",
        "fixedstring" | "nchar" => "write char(n)",
        "int128" | "uint128" => "write numeric(39,0)",
        "int256" => "write numeric(77,0)",
        "uint256" => "write numeric(78,0)",
        "uint64" => "write numeric(20,0)",
        "mediumint" | "int32" => "write integer",
        "int64" | "uint32" => "write bigint",
        "int16" => "write smallint",
        "float32" => "write real",
        "float64" => "write double precision",
        "bignumeric" | "bigdecimal" | "number" => "write numeric",
        "date32" => "write date",
        "datetime" | "datetime2" if has_digits(refusal, name) => "write timestamp(6)",
        "datetime" | "datetime2" | "smalldatetime" => "write timestamptz, or timestamp(0)",
        "binary" | "varbinary" | "blob" | "tinyblob" | "mediumblob" | "longblob" => "write bytea",
        "enum" => "create the type first: CREATE TYPE name AS ENUM ('a', 'b')",
        "set" => "write an array of an enum, or a table of its own",
        "map" => "write jsonb, or hstore",
        "tuple" => "create a composite type first: CREATE TYPE name AS (a integer, b text)",
        "clob" | "string" | "tinytext" | "mediumtext" | "longtext" | "nvarchar" | "varchar2"
        | "nclob" | "ntext" => "write text",
        "lowcardinality" => "write text, or an enum",
        "nullable" => "write the type alone: every column is nullable unless it says NOT NULL",
        "uniqueidentifier" => "write uuid",
        _ => return None,
    })
}

fn has_digits(refusal: &Refusal<'_>, name: &str) -> bool {
    let mut tokens = 0..refusal.tokens.len();
    tokens.any(|index| {
        refusal.is(index, &[name]) && refusal.kind(index + 1) == Some(TokenKind::OpenParenthesis)
    })
}

/// `type modifier is not allowed for type "int4"`
fn modifier(message: &str) -> Option<&'static str> {
    let name = message
        .strip_prefix("type modifier is not allowed for type \"")?
        .strip_suffix('"')?;
    match name {
        "int4" => Some(INTEGER),
        "int2" => Some(SMALLINT),
        "int8" => Some(BIGINT),
        _ => None,
    }
}

/// `integer(10)`
fn width(refusal: &Refusal<'_>) -> Option<&'static str> {
    let at = refusal.at?;
    if refusal.kind(at) != Some(TokenKind::OpenParenthesis) {
        return None;
    }
    if refusal.follows(at, &["int", "integer"]) {
        Some(INTEGER)
    } else if refusal.follows(at, &["smallint"]) {
        Some(SMALLINT)
    } else if refusal.follows(at, &["bigint"]) {
        Some(BIGINT)
    } else {
        None
    }
}

/// `integer unsigned` and `unsigned integer`
fn unsigned(refusal: &Refusal<'_>) -> Option<&'static str> {
    let at = refusal.at?;
    let ty = if refusal.is(at, &["unsigned"]) {
        at.checked_sub(1)?
    } else if refusal.follows(at, &["unsigned"]) {
        at
    } else {
        return None;
    };
    let is = |words: &[&str]| refusal.is(ty, words);
    if is(&["int", "integer", "int4"]) {
        Some(UNSIGNED_INTEGER)
    } else if is(&["smallint", "int2"]) {
        Some(SMALLINT)
    } else if is(&["bigint", "int8"]) {
        Some(UNSIGNED_BIGINT)
    } else if is(&["tinyint"]) {
        Some(UNSIGNED_TINYINT)
    } else if is(&["mediumint"]) {
        Some("write integer")
    } else {
        None
    }
}

/// Types with types inside.
fn nested(refusal: &Refusal<'_>) -> Option<&'static str> {
    let at = refusal.at?;
    let opens = refusal.kind(at + 1) == Some(TokenKind::OpenParenthesis);
    if refusal.tokens.get(at)?.text(refusal.sql).starts_with('<') {
        return if refusal.follows(at, &["struct"]) {
            Some("create the type first: CREATE TYPE name AS (a integer, b text)")
        } else if refusal.follows(at, &["map"]) {
            Some("write jsonb, or hstore")
        } else if refusal.follows(at, &["array"]) {
            Some(ARRAY)
        } else {
            None
        };
    }
    if refusal.is(at, &["array"]) && opens {
        return Some(ARRAY);
    }
    if refusal.is(at, &["union"]) && opens {
        return Some("write one nullable column per alternative with a CHECK, or jsonb");
    }
    if refusal.is(at, &["large"]) && refusal.is(at + 1, &["object"]) {
        return Some(if refusal.follows(at, &["binary"]) {
            "write bytea"
        } else {
            "write text"
        });
    }
    let opener = refusal.opener(at)?;
    refusal
        .follows(opener, &["nested"])
        .then_some("write an array of a composite type, or a table of its own")
}

fn is_trigger(message: &str) -> bool {
    message.ends_with("of type trigger") || message.ends_with("pseudo-type trigger")
}
