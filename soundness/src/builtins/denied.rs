//! Functions that may return NULL for reasons that calls with edge values do not show.

use super::excluded::matches;

/// Names, beginnings or ends of names, or whole signatures, and why nothing is concluded from their calls.
const DENIED: &[(&str, &str)] = &[
    (
        "current_schema",
        "NULL where no schema of the path is there",
    ),
    ("current_query", "NULL outside of a statement"),
    (
        "current_setting",
        "NULL for an unknown name, if that is allowed",
    ),
    ("inet_client_*", "NULL over a unix socket"),
    ("inet_server_*", "NULL over a unix socket"),
    ("txid_status", "NULL for old transactions"),
    ("txid_current_if_assigned", "NULL before the first write"),
    ("icu_unicode_version", "NULL where the server has no ICU"),
    ("*_description", "NULL for an OID that is not there"),
    ("col_description", "NULL for an OID that is not there"),
    ("format_type", "NULL for no OID"),
    ("to_number", "NULL for an empty format"),
    ("to_reg*", "NULL for an unknown name"),
    ("close_*", "NULL where no point is the closest"),
    ("path_distance", "NULL for a path without a segment"),
    ("poly_distance", "NULL on some majors"),
    (
        "date_part(text, interval)",
        "NULL for some fields of what is infinite",
    ),
    (
        "extract(text, interval)",
        "NULL for some fields of what is infinite",
    ),
    ("first_value", "NULL where the frame is empty"),
    ("last_value", "NULL where the frame is empty"),
    ("nth_value", "NULL where the frame is shorter"),
    ("ts_debug", "NULL where no dictionary knows the token"),
    (
        "ts_lexize",
        "NULL where the dictionary does not know the token",
    ),
    ("getpgusername", "belongs to the session"),
];

/// Why nothing is concluded of a function.
pub(super) fn reason(name: &str, signature: &str) -> Option<&'static str> {
    let line = DENIED
        .iter()
        .find(|(pattern, _)| *pattern == signature || matches(pattern, name));
    line.map(|(_, reason)| *reason)
}
