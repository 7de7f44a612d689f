//! A description as a person reads it.

use hathi_query_cache::{ColumnDescription, Description, ParameterDescription, StatementKind};

use crate::difference::{kind, null, rows};

/// The description, ending in a line break.
pub(super) fn render(description: &Description) -> String {
    let mut text = format!("{}\n", head(description));
    for (verb, relations) in [
        ("reads", &description.reads),
        ("writes", &description.writes),
    ] {
        if !relations.is_empty() {
            text.push_str(&format!("{verb} {}\n", relations.join(", ")));
        }
    }
    let parameters = description.parameters.iter().enumerate();
    let parameters: Vec<_> = parameters
        .map(|(index, found)| parameter(index + 1, found))
        .collect();
    text.push_str(&table("parameters", &parameters));
    let columns: Vec<_> = description.columns.iter().flatten().map(column).collect();
    text.push_str(&table("columns", &columns));
    text
}

fn head(description: &Description) -> String {
    let kind = kind(description.statement);
    match description.columns {
        Some(_) if description.statement == StatementKind::CopyIn => kind.to_owned(),
        Some(_) => format!("{kind}, rows: {}", rows(description.cardinality)),
        None => format!("{kind}, no rows"),
    }
}

fn parameter(number: usize, parameter: &ParameterDescription) -> Vec<String> {
    let name = parameter
        .name
        .as_ref()
        .map(|name| format!(" {name}"))
        .unwrap_or_default();
    let null = if parameter.nullable { "takes NULL" } else { "" };
    vec![
        format!("${number}{name}"),
        parameter.ty.clone(),
        null.to_owned(),
    ]
}

fn column(column: &ColumnDescription) -> Vec<String> {
    let why = match (&column.origin, &column.because) {
        (Some(origin), Some(because)) if !because.starts_with(origin) => {
            format!("{origin}: {because}")
        }
        (_, Some(because)) => because.clone(),
        (Some(origin), None) => origin.clone(),
        (None, None) => String::new(),
    };
    vec![
        column.name.clone(),
        column.ty.clone(),
        null(column.nullable).to_owned(),
        why,
    ]
}

/// A title and the lines below it, their cells in columns; nothing if there are no lines.
fn table(title: &str, lines: &[Vec<String>]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let length = |cell: &String| cell.chars().count();
    let mut widths: Vec<usize> = Vec::new();
    for line in lines {
        widths.resize(widths.len().max(line.len()), 0);
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = length(cell).max(*width);
        }
    }
    let mut text = format!("\n{title}\n");
    for line in lines {
        let cells = line.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{cell}{:1$}", "", width - length(cell)));
        let padded: Vec<String> = padded.collect();
        text.push_str(&format!("  {}\n", padded.join("  ").trim_end()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use hathi_query_cache::Cardinality;

    #[test]
    fn a_description_is_a_head_and_two_tables() {
        let column =
            |name: &str, ty: &str, origin: Option<&str>, because: Option<&str>| ColumnDescription {
                name: name.to_owned(),
                ty: ty.to_owned(),
                nullable: because.is_some(),
                elements: None,
                origin: origin.map(str::to_owned),
                because: because.map(str::to_owned),
            };
        let description = Description {
            statement: StatementKind::Select,
            cardinality: Some(Cardinality::Many),
            parameters: vec![ParameterDescription {
                name: Some("id".to_owned()),
                ty: "int4".to_owned(),
                nullable: true,
                meets: None,
            }],
            columns: Some(vec![
                column("größe", "int8", Some("public.t.größe"), None),
                column(
                    "nick",
                    "text",
                    Some("public.t.nick"),
                    Some("the column allows NULL"),
                ),
                column("sum", "int8", None, Some("an expression")),
            ]),
            reads: vec!["public.t".to_owned()],
            writes: Vec::new(),
            dependencies: Default::default(),
            lints: Vec::new(),
        };
        insta::assert_snapshot!(render(&description), @r"
        select, rows: any number
        reads public.t

        parameters
          $1 id  int4  takes NULL

        columns
          größe  int8  never NULL   public.t.größe
          nick   text  can be NULL  public.t.nick: the column allows NULL
          sum    int8  can be NULL  an expression
        ");
    }

    #[test]
    fn a_copy_into_a_table_has_columns_and_no_rows() {
        let column = ColumnDescription {
            name: "id".to_owned(),
            ty: "int4".to_owned(),
            nullable: false,
            elements: None,
            origin: Some("public.t.id".to_owned()),
            because: None,
        };
        let description = Description {
            statement: StatementKind::CopyIn,
            cardinality: None,
            parameters: Vec::new(),
            columns: Some(vec![column]),
            reads: Vec::new(),
            writes: vec!["public.t".to_owned()],
            dependencies: Default::default(),
            lints: Vec::new(),
        };
        assert_eq!(
            render(&description),
            "copy in\nwrites public.t\n\ncolumns\n  id  int4  never NULL  public.t.id\n"
        );
    }

    #[test]
    fn a_command_is_a_head_alone() {
        let description = Description {
            statement: StatementKind::Delete,
            cardinality: None,
            parameters: Vec::new(),
            columns: None,
            reads: Vec::new(),
            writes: vec!["public.t".to_owned()],
            dependencies: Default::default(),
            lints: Vec::new(),
        };
        assert_eq!(render(&description), "delete, no rows\nwrites public.t\n");
    }
}
