//! What changed between two descriptions of one statement, in words for a reviewer.

use std::collections::BTreeSet;

use hathi_query_cache::{
    Cardinality, ColumnDescription, Description, Elements, Lint, ParameterDescription,
    StatementKind,
};

/// One line for each difference.
pub(crate) fn differences(old: &Description, new: &Description) -> Vec<String> {
    let mut lines = Vec::new();
    if old.statement != new.statement {
        lines.push(changed(
            "statement",
            kind(old.statement),
            kind(new.statement),
        ));
    }
    if old.cardinality != new.cardinality {
        lines.push(changed(
            "rows",
            rows(old.cardinality),
            rows(new.cardinality),
        ));
    }
    parameters(&old.parameters, &new.parameters, &mut lines);
    match (&old.columns, &new.columns) {
        (Some(old), Some(new)) => columns(old, new, &mut lines),
        (None, None) => {}
        (old, new) => {
            let words = |columns: &Option<_>| if columns.is_some() { "rows" } else { "no rows" };
            lines.push(changed("returns", words(old), words(new)));
        }
    }
    relations("reads", &old.reads, &new.reads, &mut lines);
    relations("writes", &old.writes, &new.writes, &mut lines);
    lints(&old.lints, &new.lints, &mut lines);
    if lines.is_empty() && old.dependencies != new.dependencies {
        lines.push("the rights, locks, functions or sequences that it needs".to_owned());
    }
    if lines.is_empty() && old != new {
        lines.push("the order of what it reads or writes".to_owned());
    }
    lines
}

fn lints(old: &[Lint], new: &[Lint], lines: &mut Vec<String>) {
    let added = new.iter().filter(|lint| !old.contains(lint));
    lines.extend(added.map(|lint| format!("lint {}", lint.name)));
    let removed = old.iter().filter(|lint| !new.contains(lint));
    lines.extend(removed.map(|lint| format!("no longer lint {}", lint.name)));
}

/// `select`, `insert`, …
pub(crate) fn kind(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Select => "select",
        StatementKind::Insert => "insert",
        StatementKind::Update => "update",
        StatementKind::Delete => "delete",
        StatementKind::Merge => "merge",
        StatementKind::CopyIn => "copy in",
        StatementKind::CopyOut => "copy out",
        _ => "utility",
    }
}

/// How many rows there can be.
pub(crate) fn rows(cardinality: Option<Cardinality>) -> &'static str {
    match cardinality {
        None => "none",
        Some(Cardinality::One) => "exactly one",
        Some(Cardinality::Optional) => "at most one",
        Some(Cardinality::AtLeastOne) => "at least one",
        Some(Cardinality::Many) => "any number",
    }
}

fn parameters(old: &[ParameterDescription], new: &[ParameterDescription], lines: &mut Vec<String>) {
    for (index, (old, new)) in old.iter().zip(new).enumerate() {
        if (&old.ty, old.nullable) != (&new.ty, new.nullable) {
            let what = match &new.name {
                Some(name) => format!("parameter ${} ({name})", index + 1),
                None => format!("parameter ${}", index + 1),
            };
            lines.push(changed(&what, parameter(old), parameter(new)));
        }
    }
    if old.len() != new.len() {
        lines.push(changed("parameters", old.len(), new.len()));
    }
}

fn parameter(parameter: &ParameterDescription) -> String {
    let null = if parameter.nullable {
        "takes NULL"
    } else {
        "never NULL"
    };
    format!("{}, {null}", parameter.ty)
}

/// Columns are told apart by name; of several with one name, the first belongs to the first.
fn columns(old: &[ColumnDescription], new: &[ColumnDescription], lines: &mut Vec<String>) {
    let mut left: Vec<&ColumnDescription> = old.iter().collect();
    let before = lines.len();
    for new in new {
        let found = left.iter().position(|old| old.name == new.name);
        let Some(old) = found.map(|index| left.remove(index)) else {
            lines.push(format!("column {}: added, {}", new.name, column(new)));
            continue;
        };
        let (was, is) = (column(old), column(new));
        if was != is {
            let reason = new
                .because
                .as_ref()
                .filter(|_| old.nullable != new.nullable);
            let reason = reason
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            lines.push(changed(&format!("column {}", new.name), was, is) + &reason);
        } else if old.origin != new.origin {
            let words =
                |origin: &Option<String>| origin.clone().unwrap_or("an expression".to_owned());
            let what = format!("column {}: comes from", new.name);
            lines.push(changed(&what, words(&old.origin), words(&new.origin)));
        } else if old.because != new.because {
            let words = |reason: &Option<String>| reason.clone().unwrap_or("proven".to_owned());
            let what = format!("column {}: reason", new.name);
            lines.push(changed(&what, words(&old.because), words(&new.because)));
        }
    }
    lines.extend(
        left.iter()
            .map(|old| format!("column {}: removed, was {}", old.name, column(old))),
    );
    let order = |columns: &[ColumnDescription]| {
        columns
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>()
    };
    if lines.len() == before && order(old) != order(new) {
        lines.push(changed(
            "order of columns",
            order(old).join(", "),
            order(new).join(", "),
        ));
    }
}

fn column(column: &ColumnDescription) -> String {
    let elements = match column.elements {
        Some(Elements::NotNull) => ", elements never NULL",
        _ => "",
    };
    format!("{}, {}{elements}", column.ty, null(column.nullable))
}

/// Whether NULL can come.
pub(crate) fn null(nullable: bool) -> &'static str {
    if nullable {
        "can be NULL"
    } else {
        "never NULL"
    }
}

fn relations(verb: &str, old: &[String], new: &[String], lines: &mut Vec<String>) {
    let (old, new): (BTreeSet<&String>, BTreeSet<&String>) =
        (old.iter().collect(), new.iter().collect());
    lines.extend(
        new.difference(&old)
            .map(|relation| format!("{verb} {relation}")),
    );
    lines.extend(
        old.difference(&new)
            .map(|relation| format!("no longer {verb} {relation}")),
    );
}

fn changed(what: &str, old: impl std::fmt::Display, new: impl std::fmt::Display) -> String {
    let colon = if what.contains(':') { "" } else { ":" };
    format!("{what}{colon} {old} → {new}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(columns: &[(&str, &str, bool)]) -> Description {
        let columns = columns
            .iter()
            .map(|(name, ty, nullable)| ColumnDescription {
                name: (*name).to_owned(),
                ty: (*ty).to_owned(),
                nullable: *nullable,
                elements: None,
                origin: None,
                because: nullable.then(|| "the column allows it".to_owned()),
            });
        Description {
            statement: StatementKind::Select,
            cardinality: Some(Cardinality::Many),
            parameters: vec![ParameterDescription {
                name: Some("id".to_owned()),
                ty: "int4".to_owned(),
                nullable: false,
                meets: None,
            }],
            columns: Some(columns.collect()),
            reads: vec!["public.a".to_owned(), "public.b".to_owned()],
            writes: Vec::new(),
            dependencies: Default::default(),
            lints: Vec::new(),
        }
    }

    #[track_caller]
    fn check(old: &Description, new: &Description, expected: &[&str]) {
        assert_eq!(differences(old, new), expected);
        assert_eq!(expected.is_empty(), old == new, "every difference is told");
    }

    #[test]
    fn equal_descriptions_have_no_differences() {
        check(
            &description(&[("a", "text", true)]),
            &description(&[("a", "text", true)]),
            &[],
        );
    }

    #[test]
    fn columns_are_told_apart_by_name() {
        check(
            &description(&[
                ("a", "text", false),
                ("b", "int4", false),
                ("c", "text", false),
            ]),
            &description(&[
                ("b", "int8", false),
                ("a", "text", true),
                ("d", "bool", false),
            ]),
            &[
                "column b: int4, never NULL → int8, never NULL",
                "column a: text, never NULL → text, can be NULL: the column allows it",
                "column d: added, bool, never NULL",
                "column c: removed, was text, never NULL",
            ],
        );
    }

    #[test]
    fn the_order_of_columns_is_told_where_it_is_all() {
        check(
            &description(&[("a", "text", false), ("b", "text", false)]),
            &description(&[("b", "text", false), ("a", "text", false)]),
            &["order of columns: a, b → b, a"],
        );
        check(
            &description(&[("a", "text", false), ("a", "int4", false)]),
            &description(&[("a", "text", false), ("a", "int8", false)]),
            &["column a: int4, never NULL → int8, never NULL"],
        );
    }

    #[test]
    fn everything_else_is_told_too() {
        let old = description(&[("a", "text", true)]);
        let mut new = old.clone();
        new.statement = StatementKind::Update;
        new.cardinality = Some(Cardinality::Optional);
        new.parameters[0].ty = "int8".to_owned();
        new.parameters[0].nullable = true;
        new.reads = vec!["public.b".to_owned(), "public.c".to_owned()];
        new.writes = vec!["public.a".to_owned()];
        check(
            &old,
            &new,
            &[
                "statement: select → update",
                "rows: any number → at most one",
                "parameter $1 (id): int4, never NULL → int8, takes NULL",
                "reads public.c",
                "no longer reads public.a",
                "writes public.a",
            ],
        );
        let mut new = old.clone();
        new.columns = None;
        check(&old, &new, &["returns: rows → no rows"]);
        let mut new = old.clone();
        new.columns.as_mut().unwrap()[0].because = Some("an outer join".to_owned());
        check(
            &old,
            &new,
            &["column a: reason the column allows it → an outer join"],
        );
        new.columns.as_mut().unwrap()[0].origin = Some("public.a.a".to_owned());
        check(
            &old,
            &new,
            &["column a: comes from an expression → public.a.a"],
        );
        new = old.clone();
        new.parameters.clear();
        check(&old, &new, &["parameters: 1 → 0"]);
    }
}
