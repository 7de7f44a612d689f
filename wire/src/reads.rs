//! Whether the text of a statement shows that it only reads: a guess that may err in one direction only.

/// What a statement that only reads begins with.
const BEGINNINGS: &[&str] = &["select", "show", "table", "values", "with"];

/// What changes something wherever it stands in such a statement.
const CHANGES: &[&str] = &["delete", "insert", "into", "merge", "update"];

/// What may stand before a parenthesis: keywords, types, and functions of PostgreSQL's own that change nothing.
const BEFORE_PARENTHESIS: &[&str] = &[
    "abs",
    "age",
    "all",
    "and",
    "any",
    "array",
    "array_agg",
    "array_length",
    "as",
    "avg",
    "between",
    "bit",
    "bool_and",
    "bool_or",
    "by",
    "cardinality",
    "case",
    "cast",
    "ceil",
    "char",
    "char_length",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "current_setting",
    "date_part",
    "date_trunc",
    "decimal",
    "dense_rank",
    "distinct",
    "else",
    "every",
    "except",
    "exists",
    "extract",
    "filter",
    "first_value",
    "floor",
    "format",
    "from",
    "generate_series",
    "greatest",
    "group",
    "having",
    "ilike",
    "in",
    "intersect",
    "is",
    "join",
    "json_agg",
    "json_build_object",
    "jsonb_agg",
    "jsonb_build_object",
    "lag",
    "last_value",
    "lateral",
    "lead",
    "least",
    "left",
    "length",
    "like",
    "limit",
    "lower",
    "ltrim",
    "materialized",
    "max",
    "md5",
    "min",
    "mod",
    "not",
    "now",
    "nullif",
    "numeric",
    "offset",
    "on",
    "or",
    "over",
    "overlay",
    "pg_typeof",
    "position",
    "rank",
    "replace",
    "right",
    "round",
    "row",
    "row_number",
    "row_to_json",
    "rtrim",
    "select",
    "some",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "then",
    "time",
    "timestamp",
    "timestamptz",
    "to_char",
    "to_json",
    "to_jsonb",
    "trim",
    "union",
    "unnest",
    "upper",
    "using",
    "values",
    "varchar",
    "version",
    "when",
    "where",
    "with",
];

/// Whether this text surely changes nothing, but through a view, a rule or an operator somebody has defined.
///
/// A text that is more than it seems, by a comment, a dollar string or a function that is not known, is said to change
/// something. Literals are read like the rest: they can only make the answer no.
pub(crate) fn only_reads(sql: &str) -> bool {
    if sql.contains("--") || sql.contains("/*") || dollar_strings(sql) {
        return false;
    }
    let mut first = true;
    let mut before = "";
    let mut rest = sql;
    while let Some(start) = rest.find(is_word) {
        before = Some(rest[..start].trim_end())
            .filter(|gap| !gap.is_empty())
            .unwrap_or(before);
        // An identifier in quotes stands before a parenthesis.
        if quoted_call(&rest[..start]) {
            return false;
        }
        let tail = &rest[start..];
        let end = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        let (word, tail) = tail.split_at(end);
        let has = |list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
        let called = tail.trim_start().starts_with('(');
        let refused = (first && !has(BEGINNINGS))
            || has(CHANGES)
            || (called && (!has(BEFORE_PARENTHESIS) || before.ends_with('.')));
        if refused {
            return false;
        }
        first = false;
        before = "";
        rest = tail;
    }
    !first && !quoted_call(rest)
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii()
}

/// A dollar that begins no parameter: a string, or a part of a name.
fn dollar_strings(sql: &str) -> bool {
    let mut pieces = sql.split('$').skip(1);
    pieces.any(|behind| !behind.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a quote stands right before a parenthesis.
fn quoted_call(gap: &str) -> bool {
    gap.match_indices('(')
        .any(|(at, _)| gap[..at].trim_end().ends_with('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_reads_are_known() {
        for sql in [
            "SELECT 1",
            "select id, name from users where id = $1 and (a or b)",
            "SELECT count(*), max(n) FROM t WHERE n IN (1, 2) GROUP BY g",
            "VALUES (1), (2)",
            "TABLE t",
            "WITH x AS (SELECT 1) SELECT updated_at FROM x",
            "(SELECT 1) UNION (SELECT 2)",
            "SHOW TimeZone",
        ] {
            assert!(only_reads(sql), "{sql}");
        }
    }

    #[test]
    fn what_may_change_something_is_never_called_a_read() {
        for sql in [
            "",
            ";",
            "INSERT INTO t DEFAULT VALUES RETURNING id",
            "WITH x AS (DELETE FROM t RETURNING id) SELECT id FROM x",
            "SELECT id INTO other FROM t",
            "SELECT id FROM t FOR UPDATE",
            "SELECT nextval('s')",
            "SELECT charge (1)",
            "SELECT charge\n(1)",
            "SELECT charge/**/(1)",
            "SELECT charge--\n(1)",
            "SELECT \"charge\"(1)",
            "SELECT \"charge\" (1)",
            "SELECT mine.count(1)",
            "SELECT mine . count(1)",
            "SELECT mine.\"count\"(1)",
            "SELECT my$count(1)",
            "SELECT my$1(1)",
            "SELECT größe(1)",
            "SELECT U&\"charge\"(1)",
            "SELECT $$a$$",
            "EXPLAIN ANALYZE DELETE FROM t",
            "CALL charge(1)",
            "COPY t TO STDOUT",
        ] {
            assert!(!only_reads(sql), "{sql}");
        }
    }
}
