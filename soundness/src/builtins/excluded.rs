//! Functions that are not called, because of what a call would do.

/// Names, or their beginnings where they end with `*`, and why they are not called.
const EXCLUDED: &[(&str, &str)] = &[
    ("binary_upgrade_*", "changes what the server will give out"),
    ("brin_*", "changes indexes"),
    ("gin_clean_pending_list", "changes indexes"),
    ("cursor_to_xml*", "reads whole relations"),
    ("database_to_xml*", "reads whole relations"),
    ("query_to_xml*", "reads whole relations"),
    ("schema_to_xml*", "reads whole relations"),
    ("table_to_xml*", "reads whole relations"),
    ("currtid*", "reads what lies behind a row"),
    ("dsynonym_*", "a part of text search"),
    ("fmgr_*", "checks functions of users"),
    ("plpgsql_*", "runs functions of users"),
    ("lo_*", "changes large objects"),
    ("loread", "needs an open large object"),
    ("lowrite", "changes large objects"),
    ("lastval", "belongs to the session"),
    ("set_config", "changes the session"),
    ("setval", "changes sequences that others are probed with"),
    ("ts_stat", "runs a statement of its argument"),
    ("ts_rewrite", "runs a statement of its argument"),
    ("has_*", "is NULL for an OID that is not there"),
    ("pg_*", "tells or changes the state of the server"),
    ("*_recv", "reads from a connection"),
    ("*sel", "is a part of the planner"),
];

/// Functions that are called although a line above says no: they change nothing and have no file or catalog behind them.
const CALLED: &[&str] = &[
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_all",
    "pg_advisory_unlock_shared",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_backend_pid",
    "pg_char_to_encoding",
    "pg_client_encoding",
    "pg_column_size",
    "pg_conf_load_time",
    "pg_current_snapshot",
    "pg_current_xact_id",
    "pg_encoding_to_char",
    "pg_input_is_valid",
    "pg_is_in_recovery",
    "pg_jit_available",
    "pg_lsn_cmp",
    "pg_lsn_eq",
    "pg_lsn_ge",
    "pg_lsn_gt",
    "pg_lsn_larger",
    "pg_lsn_le",
    "pg_lsn_lt",
    "pg_lsn_mi",
    "pg_lsn_mii",
    "pg_lsn_ne",
    "pg_lsn_pli",
    "pg_lsn_smaller",
    "pg_my_temp_schema",
    "pg_notify",
    "pg_postmaster_start_time",
    "pg_size_bytes",
    "pg_size_pretty",
    "pg_snapshot_xmax",
    "pg_snapshot_xmin",
    "pg_trigger_depth",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_try_advisory_xact_lock",
    "pg_try_advisory_xact_lock_shared",
    "pg_typeof",
    "pg_visible_in_snapshot",
    "pg_wal_lsn_diff",
];

/// Why a function is not called.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    if CALLED.contains(&name) {
        return None;
    }
    let line = EXCLUDED.iter().find(|(pattern, _)| matches(pattern, name));
    line.map(|(_, reason)| *reason)
}

/// Whether a name is a pattern's, which may begin or end with `*`.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => name == pattern,
    }
}
