//! The functions of a server's `pg_catalog`, by their signatures.

use anyhow::Context as _;
use hathi_describe::Database;

use crate::session;

/// A function of `pg_catalog`.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) oid: u32,
    pub(super) name: String,
    /// The types of its arguments, as `format_type` writes them.
    pub(super) arguments: Vec<String>,
    pub(super) sort: Sort,
    pub(super) is_strict: bool,
    /// Whether the last argument stands for any number.
    pub(super) variadic: bool,
    /// How many columns a row of its result has.
    pub(super) columns: usize,
    /// Whether it is a statement that is understood anew for each type it is called with.
    pub(super) casts: bool,
    /// The C function, or the text, behind it.
    pub(super) source: String,
}

/// What a function is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Scalar,
    Rows,
    Aggregate,
    /// An aggregate with an order of its own, and how many of its arguments stand before that.
    Ordered(usize),
    Window,
}

impl Function {
    /// Its name with the types of its arguments, which tells it from every other.
    pub(super) fn signature(&self) -> String {
        format!("{}({})", self.name, self.arguments.join(", "))
    }
}

/// Functions that only the server itself can call have an argument or a result of these.
const FUNCTIONS: &str = "SELECT p.oid, p.proname, \
 coalesce((SELECT string_agg(format_type(t, NULL), '|' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY u(t, o)), ''), \
 CASE WHEN p.prokind = 'w' THEN 'w' WHEN a.aggkind IN ('o', 'h') THEN a.aggnumdirectargs::text WHEN p.prokind = 'a' THEN 'a' \
  WHEN p.proretset THEN 'r' ELSE 'f' END, \
 p.proisstrict, p.provariadic <> 0, \
 coalesce(nullif((SELECT count(*) FROM unnest(p.proargmodes) m WHERE m IN ('o', 'b', 't')), 0), \
  (SELECT c.relnatts FROM pg_class c JOIN pg_type t ON t.typrelid = c.oid WHERE t.oid = p.prorettype), 1), \
 p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql') AND EXISTS (SELECT FROM unnest(p.proargtypes) t \
  JOIN pg_type y ON y.oid = t WHERE y.typname LIKE 'any%'), p.prosrc \
 FROM pg_proc p LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid \
 WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < 16384 AND p.prokind IN ('f', 'a', 'w') \
 AND p.prorettype NOT IN (SELECT oid FROM pg_type WHERE typname IN ('internal', 'trigger', 'event_trigger', 'language_handler', \
  'fdw_handler', 'table_am_handler', 'index_am_handler', 'tsm_handler', 'pg_ddl_command')) \
 AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'pg_ddl_command'::regtype::oid] ORDER BY p.oid";

/// All functions that a statement can call.
pub(super) fn functions(database: &mut Database) -> anyhow::Result<Vec<Function>> {
    let rows = session::texts(session::run(database, FUNCTIONS)?);
    rows.into_iter()
        .map(|row| function(&row).with_context(|| format!("{row:?} is no function")))
        .collect()
}

fn function(row: &[String]) -> Option<Function> {
    let [
        oid,
        name,
        arguments,
        sort,
        strict,
        variadic,
        columns,
        casts,
        source,
    ] = row
    else {
        return None;
    };
    Some(Function {
        oid: oid.parse().ok()?,
        name: name.clone(),
        arguments: arguments
            .split('|')
            .filter(|ty| !ty.is_empty())
            .map(str::to_owned)
            .collect(),
        sort: match sort.as_str() {
            "f" => Sort::Scalar,
            "r" => Sort::Rows,
            "a" => Sort::Aggregate,
            "w" => Sort::Window,
            direct => Sort::Ordered(direct.parse().ok()?),
        },
        is_strict: strict == "t",
        variadic: variadic == "t",
        columns: columns.parse().ok()?,
        casts: casts == "t",
        source: source.clone(),
    })
}
