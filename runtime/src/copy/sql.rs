//! The text of a COPY, and of the query whose columns are those that are copied.

use std::fmt::Write;
use std::sync::Arc;

use hathi_sql_text::{TokenKind, lex};

use super::CopyOptions;
use super::options::Header;
use crate::copy::CopyFormat;
use crate::source::{Composed, Origin, Source};

/// The alias of the relation whose columns are asked for: behind it a column may have any name.
const ALIAS: &str = "hathi";

/// What begins a query, and no name of a relation unless it is quoted.
const QUERIES: &[&str] = &[
    "select", "with", "values", "table", "insert", "update", "delete", "merge",
];

/// The text that copies into a relation.
pub(super) fn copy_in(target: &str, options: &CopyOptions) -> String {
    format!("COPY {target} FROM STDIN WITH ({})", list(options))
}

/// The text that copies a query or a relation out.
pub(super) fn copy_out(sql: &str, options: &CopyOptions) -> String {
    let options = list(options);
    match is_query(sql) {
        // The query may end with a comment.
        true => format!("COPY ({sql}\n) TO STDOUT WITH ({options})"),
        false => format!("COPY {sql} TO STDOUT WITH ({options})"),
    }
}

/// A query with the columns of a query or a relation.
pub(super) fn columns_of(sql: &str) -> String {
    if is_query(sql) {
        return sql.to_owned();
    }
    let (relation, columns) = split(sql);
    let columns: Vec<String> = match columns {
        Some(columns) => columns
            .iter()
            .map(|column| format!("{ALIAS}.{column}"))
            .collect(),
        None => vec![format!("{ALIAS}.*")],
    };
    format!("SELECT {} FROM {relation} AS {ALIAS}", columns.join(", "))
}

/// The names of the columns of a relation that stand behind it, as they are without quotes.
pub(super) fn names(target: &str) -> Vec<String> {
    let (_, columns) = split(target);
    let name = |column: &&str| match column.strip_prefix('"') {
        Some(quoted) => quoted
            .strip_suffix('"')
            .unwrap_or(quoted)
            .replace("\"\"", "\""),
        None => column.to_lowercase(),
    };
    columns.unwrap_or_default().iter().map(name).collect()
}

/// Whether a text that somebody has written is a COPY at all.
pub(super) fn is_copy(sql: &str) -> bool {
    first_word(sql).is_some_and(|word| word.eq_ignore_ascii_case("copy"))
}

/// The text as a statement on its way.
pub(super) fn source(sql: String, origin: Origin) -> Source {
    Source::Composed(Arc::new(Composed {
        sql: sql.into(),
        types: Box::default(),
        columns: None,
        origin: Some(origin),
        mistake: None,
    }))
}

fn is_query(sql: &str) -> bool {
    first_word(sql).is_none_or(|word| QUERIES.iter().any(|query| word.eq_ignore_ascii_case(query)))
}

/// The first word; `None` if something else is there, such as a parenthesis.
fn first_word(sql: &str) -> Option<&str> {
    let first = lex(sql).find(|token| !token.kind.is_trivia())?;
    let is_name = matches!(
        first.kind,
        TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::UnicodeIdentifier
    );
    is_name.then(|| sql.get(first.start..first.end)).flatten()
}

/// A relation and the columns in parentheses behind it.
fn split(target: &str) -> (&str, Option<Vec<&str>>) {
    let mut tokens = lex(target);
    let Some(open) = tokens.find(|token| token.kind == TokenKind::OpenParenthesis) else {
        return (target.trim(), None);
    };
    let mut columns = Vec::new();
    let mut start = open.end;
    for token in tokens {
        let ends = token.kind == TokenKind::CloseParenthesis;
        if ends || token.kind == TokenKind::Comma {
            columns.push(target[start..token.start].trim());
            start = token.end;
        }
        if ends {
            break;
        }
    }
    (target[..open.start].trim(), Some(columns))
}

/// The options, as they stand in parentheses behind WITH.
fn list(options: &CopyOptions) -> String {
    let format = match options.format {
        CopyFormat::Binary => "binary",
        CopyFormat::Text => "text",
        CopyFormat::Csv => "csv",
    };
    let mut list = format!("FORMAT {format}");
    let delimiter = options.delimiter.map(String::from);
    let quote = options.quote.map(String::from);
    let escape = options.escape.map(String::from);
    for (name, value) in [
        ("DELIMITER", delimiter.as_deref()),
        ("NULL", options.null),
        ("DEFAULT", options.default),
        ("QUOTE", quote.as_deref()),
        ("ESCAPE", escape.as_deref()),
    ] {
        if let Some(value) = value {
            push(&mut list, name, &literal(value));
        }
    }
    for (name, columns) in [
        ("FORCE_QUOTE", options.force_quote),
        ("FORCE_NOT_NULL", options.force_not_null),
        ("FORCE_NULL", options.force_null),
    ] {
        match columns {
            Some(["*"]) => push(&mut list, name, "*"),
            Some(columns) => push(&mut list, name, &identifiers(columns)),
            None => {}
        }
    }
    match options.header {
        Header::Absent => {}
        Header::Present => push(&mut list, "HEADER", "true"),
        Header::Matched => push(&mut list, "HEADER", "match"),
    }
    if options.freeze {
        push(&mut list, "FREEZE", "true");
    }
    if options.ignores_errors {
        push(&mut list, "ON_ERROR", "ignore");
    }
    if let Some(rows) = options.reject_limit {
        push(&mut list, "REJECT_LIMIT", &rows.to_string());
    }
    list
}

fn push(list: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(list, ", {name} {value}");
}

/// A text between quotes, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match text.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}

fn identifiers(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{}\"", column.replace('"', "\"\"")))
        .collect();
    format!("({})", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_is_copied_with_its_columns_and_asked_about_by_an_alias() {
        let target = r#"s."a (b" (id, "Na,""me", between)"#;
        assert_eq!(
            copy_in(target, &CopyOptions::binary()),
            format!("COPY {target} FROM STDIN WITH (FORMAT binary)")
        );
        assert_eq!(
            columns_of(target),
            r#"SELECT hathi.id, hathi."Na,""me", hathi.between FROM s."a (b" AS hathi"#
        );
        assert_eq!(names(target), ["id", r#"Na,"me"#, "between"]);
        assert_eq!(columns_of("users"), "SELECT hathi.* FROM users AS hathi");
    }

    #[test]
    fn a_query_is_told_from_a_relation() {
        for query in [
            "SELECT 1 -- one",
            "/* hm */ with a as (values (1)) table a",
            "(VALUES (1))",
        ] {
            let text = copy_out(query, &CopyOptions::csv());
            assert_eq!(
                text,
                format!("COPY ({query}\n) TO STDOUT WITH (FORMAT csv)")
            );
            assert_eq!(columns_of(query), query);
        }
        let text = copy_out("\"select\" (id)", &CopyOptions::text());
        assert_eq!(text, "COPY \"select\" (id) TO STDOUT WITH (FORMAT text)");
    }

    #[test]
    fn options_are_quoted_as_the_server_reads_them() {
        let options = CopyOptions::csv()
            .delimiter('\'')
            .null("\\N'")
            .header(true)
            .quote('"')
            .escape('\\')
            .force_quote(&["*"])
            .force_null(&["a\"b", "c"]);
        assert_eq!(
            list(&options),
            r#"FORMAT csv, DELIMITER '''', NULL E'\\N''', QUOTE '"', ESCAPE E'\\', FORCE_QUOTE *, FORCE_NULL ("a""b", "c"), HEADER true"#
        );
        let options = CopyOptions::text().match_header().freeze();
        assert_eq!(list(&options), "FORMAT text, HEADER match, FREEZE true");
        let options = CopyOptions::csv().ignore_errors().reject_limit(7);
        assert_eq!(
            list(&options.default_marker("\\D")),
            "FORMAT csv, DEFAULT E'\\\\D', ON_ERROR ignore, REJECT_LIMIT 7"
        );
    }

    #[test]
    fn what_is_no_copy_is_told() {
        assert!(is_copy(" -- hm\n copy t from stdin"));
        assert!(!is_copy("SELECT 1") && !is_copy("\"copy\"") && !is_copy(""));
    }
}
