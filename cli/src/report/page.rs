//! The page: a picture of tables and statements, then each statement with what is known of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use hathi_query_cache::{Cardinality, Description, Lock, Use};

use crate::known::Known;

const STYLE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2530;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1rem;margin:2.5rem 0 .3rem}\
pre{background:#f4f6f8;padding:.7rem;overflow:auto;border-radius:4px}\
table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.15rem .7rem;border-bottom:1px solid #dde3e8;text-align:left;vertical-align:top}\
th{font-weight:600}.why{color:#5b6875}.badge{display:inline-block;padding:0 .5rem;margin-right:.4rem;border-radius:3px;background:#e6ebf0;font-size:.85rem}\
.scroll{overflow:auto}svg text{font:11px system-ui,sans-serif;fill:#1c2530}\
.r{fill:#9ec5e8}.w{fill:#f2a65a}.grid{stroke:#dde3e8}";

/// The whole page: it needs no other file.
pub(super) fn page(statements: &[Known]) -> String {
    let mut body = String::new();
    body += &format!(
        "<h1>Statements of this workspace</h1><p>{} statements, {} relations.</p>",
        statements.len(),
        relations(statements).len()
    );
    body += &picture(statements);
    for (number, known) in (1..).zip(statements) {
        body += &section(number, known);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>hathi: statements</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )
}

/// Each relation with the statements that use it: their numbers, and how.
fn relations(statements: &[Known]) -> BTreeMap<&str, Vec<(usize, &Use)>> {
    let mut found: BTreeMap<&str, Vec<(usize, &Use)>> = BTreeMap::new();
    for (number, known) in (1..).zip(statements) {
        for used in &known.description.dependencies.uses {
            found
                .entry(&used.relation)
                .or_default()
                .push((number, used));
        }
    }
    found
}

/// Tables down, statements across; a mark where one uses the other.
fn picture(statements: &[Known]) -> String {
    const CELL: usize = 18;
    let relations = relations(statements);
    let longest = relations.keys().map(|name| name.chars().count()).max();
    let left = longest.unwrap_or(0) * 7 + 16;
    let (width, height) = (
        left + CELL * statements.len() + 8,
        CELL * (relations.len() + 1) + 8,
    );
    let mut svg = format!(
        "<div class=\"scroll\"><svg width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"which statement uses which relation\">"
    );
    for number in 1..=statements.len() {
        let x = left + CELL * (number - 1) + CELL / 2;
        let _ = write!(
            svg,
            "<a href=\"#s{number}\"><text x=\"{x}\" y=\"13\" text-anchor=\"middle\">{number}</text></a>"
        );
    }
    for (row, (relation, uses)) in (1..).zip(&relations) {
        let y = CELL * row;
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"0\" x2=\"{width}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"4\" y=\"{}\">{}</text>",
            y + 13,
            escaped(relation)
        );
        for (number, used) in uses {
            let x = left + CELL * (number - 1) + 2;
            let class = if used.writes() { "w" } else { "r" };
            let _ = write!(
                svg,
                "<a href=\"#s{number}\"><rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"14\" height=\"14\"><title>{}</title></rect></a>",
                y + 2,
                escaped(&in_words(used))
            );
        }
    }
    svg + "</svg></div><p><svg width=\"14\" height=\"14\"><rect class=\"r\" width=\"14\" height=\"14\"/></svg> reads \
           <svg width=\"14\" height=\"14\"><rect class=\"w\" width=\"14\" height=\"14\"/></svg> writes</p>"
}

fn section(number: usize, known: &Known) -> String {
    let Known {
        place,
        text,
        description,
    } = known;
    let mut html = format!(
        "<h2 id=\"s{number}\">{number}. {}:{}:{}</h2><p>{}</p><pre>{}</pre>",
        escaped(&place.file),
        place.line,
        place.column,
        badges(description),
        escaped(text)
    );
    html += &parameters(description);
    html += &columns(description);
    let uses: Vec<String> = description
        .dependencies
        .uses
        .iter()
        .map(|used| format!("<li>{}</li>", escaped(&in_words(used))))
        .collect();
    if !uses.is_empty() {
        let _ = write!(html, "<ul>{}</ul>", uses.concat());
    }
    let functions = &description.dependencies.functions;
    if !functions.is_empty() {
        let _ = write!(html, "<p>calls {}</p>", escaped(&functions.join(", ")));
    }
    let sequences = description.dependencies.sequences.iter();
    let sequences: Vec<&str> = sequences.map(|used| used.sequence.as_str()).collect();
    if !sequences.is_empty() {
        let _ = write!(
            html,
            "<p>asks the sequences {}</p>",
            escaped(&sequences.join(", "))
        );
    }
    html
}

fn badges(description: &Description) -> String {
    let mut badges = vec![format!("{:?}", description.statement).to_lowercase()];
    badges.extend(description.cardinality.map(|cardinality| {
        match cardinality {
            Cardinality::One => "exactly one row",
            Cardinality::Optional => "at most one row",
            Cardinality::AtLeastOne => "at least one row",
            Cardinality::Many => "any number of rows",
        }
        .to_owned()
    }));
    let needs = description.dependencies.needs;
    badges.extend(needs.map(|major| format!("needs PostgreSQL {major}")));
    if description.dependencies.outside_transactions {
        badges.push("runs outside of transactions only".to_owned());
    }
    let badges = badges.iter();
    badges
        .map(|badge| format!("<span class=\"badge\">{}</span>", escaped(badge)))
        .collect()
}

fn parameters(description: &Description) -> String {
    if description.parameters.is_empty() {
        return String::new();
    }
    let rows = (1..)
        .zip(&description.parameters)
        .map(|(number, parameter)| {
            let name = parameter
                .name
                .clone()
                .unwrap_or_else(|| format!("${number}"));
            row(&[
                &name,
                &parameter.ty,
                if parameter.nullable {
                    "may be NULL"
                } else {
                    ""
                },
                parameter.meets.as_deref().unwrap_or(""),
            ])
        });
    table(&["parameter", "type", "", "meets"], rows)
}

fn columns(description: &Description) -> String {
    let Some(columns) = &description.columns else {
        return String::new();
    };
    let rows = columns.iter().map(|column| {
        row(&[
            &column.name,
            &column.ty,
            if column.nullable {
                "may be NULL"
            } else {
                "never NULL"
            },
            column.because.as_deref().unwrap_or(""),
            column.origin.as_deref().unwrap_or(""),
        ])
    });
    table(&["column", "type", "", "because", "from"], rows)
}

fn table(heads: &[&str], rows: impl Iterator<Item = String>) -> String {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th>{head}</th>"))
        .collect();
    let rows: String = rows.collect();
    format!("<table><tr>{heads}</tr>{rows}</table>")
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<td>{}</td>", escaped(cell)))
        .collect();
    format!("<tr>{cells}</tr>")
}

/// `public.users: reads id, name; changes name; locks it ROW EXCLUSIVE`
fn in_words(used: &Use) -> String {
    let of = |verb: &str, columns: &[String]| {
        let columns: Vec<&str> = columns
            .iter()
            .map(|column| match column.as_str() {
                Use::WHOLE => "whole rows",
                Use::ANY => "no column in particular",
                column => column,
            })
            .collect();
        (!columns.is_empty()).then(|| format!("{verb} {}", columns.join(", ")))
    };
    let mut words: Vec<String> = [
        of("reads", &used.select),
        of("inserts", &used.insert),
        of("changes", &used.update),
    ]
    .into_iter()
    .flatten()
    .collect();
    if used.delete {
        words.push("deletes rows".to_owned());
    }
    let lock = match used.lock {
        Lock::AccessShare => "ACCESS SHARE",
        Lock::RowShare => "ROW SHARE",
        Lock::RowExclusive => "ROW EXCLUSIVE",
        _ => "more than ROW EXCLUSIVE",
    };
    words.push(format!("locks it {lock}"));
    if used.by_owner {
        words.push("by the rights of a view's owner".to_owned());
    }
    format!("{}: {}", used.relation, words.join("; "))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use hathi_query_cache::{Dependencies, SourcePlace, StatementKind};

    use super::*;

    fn known(text: &str, uses: Vec<Use>) -> Known {
        Known {
            place: SourcePlace {
                file: "src/main.rs".to_owned(),
                line: 3,
                column: 9,
            },
            text: text.to_owned(),
            description: Description {
                statement: StatementKind::Select,
                cardinality: Some(Cardinality::Optional),
                parameters: Vec::new(),
                columns: None,
                reads: Vec::new(),
                writes: Vec::new(),
                dependencies: Dependencies {
                    uses,
                    ..Dependencies::default()
                },
                lints: Vec::new(),
            },
        }
    }

    #[test]
    fn every_statement_has_its_place_and_its_mark_in_the_picture() {
        let used = Use {
            select: vec!["id".to_owned()],
            ..Use::of("public.users", Lock::AccessShare)
        };
        let page = page(&[known("SELECT id FROM users WHERE id < $1", vec![used])]);
        assert!(page.contains("1. src/main.rs:3:9"), "{page}");
        assert!(page.contains("id &lt; $1"), "{page}");
        assert!(page.contains("at most one row"), "{page}");
        assert!(
            page.contains("<title>public.users: reads id; locks it ACCESS SHARE</title>"),
            "{page}"
        );
    }

    #[test]
    fn the_page_asks_for_nothing_from_anywhere() {
        let page = page(&[known("SELECT '<script src=\"http://x\">'", Vec::new())]);
        for sign in ["<script", "<link", "<img", "src=\"", "@import", "url("] {
            assert!(!page.contains(sign), "{sign} in {page}");
        }
    }
}
