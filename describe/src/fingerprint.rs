//! A digest of a database's schema: databases with the same one give the same answers.

use crate::error::Error;
use crate::live::Database;

impl Database {
    /// A digest of everything in the schema that answers depend on: relations, columns, constraints, indexes, types,
    /// signatures of functions, triggers, rules, policies, inheritance.
    ///
    /// It holds no OID and nothing that data or statistics change, so that two databases built by the same migrations
    /// have the same one. A server that only speaks the protocol, and has no catalog, has one that never changes.
    ///
    /// # Errors
    ///
    /// [`Error`] if the conversation fails.
    pub fn fingerprint(&mut self) -> Result<String, Error> {
        let mut fingerprint = None;
        let asked = self.ask(FINGERPRINT, |values| {
            fingerprint = Some((*values.first()?)?.to_owned());
            Some(())
        });
        match asked {
            Err(error) if error.has_no_catalog() => Ok(NO_CATALOG.to_owned()),
            asked => {
                asked?;
                fingerprint.ok_or_else(Error::answer)
            }
        }
    }
}

/// The digest of a schema that cannot be asked for.
const NO_CATALOG: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Definitions are printed under a search path of `pg_catalog` alone, where every name of a user has its schema.
const FINGERPRINT: &str = concat!(
    "SET LOCAL debug_print_rewritten = off; SET LOCAL search_path = pg_catalog; ",
    "WITH schemas AS (",
    " SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '_hathi')), ",
    "relations AS (SELECT c.*, s.nspname FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace), ",
    // Not-null constraints have rows of their own since 18; what of them matters everywhere stands at the column.
    "unproven(relation, attribute) AS (",
    " SELECT conrelid, unnest(conkey) FROM pg_constraint WHERE contype = 'n' AND NOT convalidated), ",
    "lines(line) AS (",
    "SELECT json_build_array('relation', nspname, relname, relkind, relrowsecurity, relforcerowsecurity,",
    " (SELECT json_agg(inhparent::regclass::text ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = oid),",
    " pg_get_expr(relpartbound, oid), CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)::text",
    " FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'S') ",
    "UNION ALL SELECT json_build_array('column', nspname, relname,",
    " row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname, format_type(atttypid, atttypmod),",
    " attnotnull, (attrelid, attnum) IN (SELECT relation, attribute FROM unproven), attidentity, attgenerated,",
    " (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum),",
    " attcollation::regcollation::text)::text",
    " FROM pg_attribute JOIN relations r ON r.oid = attrelid",
    " WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm', 'f', 'c') ",
    "UNION ALL SELECT json_build_array('constraint', conrelid::regclass::text, contypid::regtype::text, conname,",
    " convalidated, pg_get_constraintdef(k.oid))::text",
    " FROM pg_constraint k JOIN schemas s ON s.oid = connamespace WHERE contype NOT IN ('n', 't') ",
    "UNION ALL SELECT json_build_array('index', indisvalid, pg_get_indexdef(indexrelid))::text",
    " FROM pg_index JOIN relations r ON r.oid = indexrelid ",
    "UNION ALL SELECT json_build_array('type', nspname, typname, typtype, typnotnull, typdefault,",
    " format_type(typbasetype, typtypmod), typcollation::regcollation::text,",
    " (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),",
    " (SELECT rngsubtype::regtype::text FROM pg_range WHERE rngtypid = t.oid))::text",
    " FROM pg_type t JOIN schemas s ON s.oid = typnamespace WHERE typtype <> 'c' AND typelem = 0 ",
    "UNION ALL SELECT json_build_array('function', nspname, proname, pg_get_function_identity_arguments(p.oid),",
    " pg_get_function_result(p.oid), prokind, provolatile, proisstrict, proretset)::text",
    // What a function says of NULL in its comment.
    " || CASE WHEN obj_description(p.oid, 'pg_proc') ~* '^[[:space:]]*hathi:[[:space:]]*not null' THEN ' not null' ELSE '' END",
    " FROM pg_proc p JOIN schemas s ON s.oid = pronamespace ",
    "UNION ALL SELECT json_build_array('operator', oid::regoperator::text, oprcode::text, oprresult::regtype::text)::text",
    " FROM pg_operator WHERE oprnamespace IN (SELECT oid FROM schemas) ",
    // OIDs from 16384 on are a user's; what is below comes with the server.
    "UNION ALL SELECT json_build_array('cast', castsource::regtype::text, casttarget::regtype::text, castcontext,",
    " castmethod, castfunc::regprocedure::text)::text FROM pg_cast WHERE oid >= 16384 ",
    "UNION ALL SELECT json_build_array('trigger', tgenabled, pg_get_triggerdef(t.oid))::text",
    " FROM pg_trigger t JOIN relations r ON r.oid = tgrelid WHERE NOT tgisinternal ",
    "UNION ALL SELECT json_build_array('rule', ev_enabled, pg_get_ruledef(w.oid))::text",
    " FROM pg_rewrite w JOIN relations r ON r.oid = ev_class WHERE rulename <> '_RETURN' ",
    "UNION ALL SELECT json_build_array('policy', polrelid::regclass::text, polname, polcmd, polpermissive,",
    " pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text",
    " FROM pg_policy JOIN relations r ON r.oid = polrelid ",
    "UNION ALL SELECT json_build_array('collation', nspname, collname, collprovider, collisdeterministic)::text",
    " FROM pg_collation JOIN schemas s ON s.oid = collnamespace) ",
    "SELECT encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"), ''), 'UTF8')), 'hex')",
    " FROM lines",
);
