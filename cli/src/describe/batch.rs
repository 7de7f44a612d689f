//! Many statements, a line of JSON each: `{"id", "sql"}` in, the description or the error with that `id` out.

use hathi_query_cache::{Description, Diagnostic, Mistakes, Template};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;

/// A line of the input, read.
pub(super) struct Line {
    id: Value,
    sql: String,
    template: Result<Template, Mistakes>,
}

/// A line as it is written; other fields are the asker's own.
#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: Value,
    sql: String,
}

#[derive(Serialize)]
struct Described<'d> {
    id: Value,
    #[serde(flatten)]
    description: &'d Description,
}

#[derive(Serialize)]
struct Refused {
    id: Value,
    error: Value,
}

/// Reads the lines; empty ones are passed over.
pub(super) fn read(text: &str) -> Vec<Line> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| Line::read(line, index + 1))
        .collect()
}

/// The statements among the lines, in their order.
pub(super) fn templates(lines: &[Line]) -> Vec<Template> {
    lines
        .iter()
        .filter_map(|line| line.template.as_ref().ok().cloned())
        .collect()
}

/// The lines of the output, in the order of the input.
pub(super) fn render(
    lines: Vec<Line>,
    answers: Vec<Result<Description, Mistakes>>,
) -> (String, Outcome) {
    let mut answers = answers.into_iter();
    let mut output = String::new();
    let mut outcome = Outcome::Clean;
    for Line { id, sql, template } in lines {
        let answer =
            template.and_then(|_| answers.next().unwrap_or_else(|| Err(Mistakes::default())));
        let line = match answer {
            Ok(description) => serde_json::to_string(&Described {
                id,
                description: &description,
            }),
            Err(mistakes) => {
                outcome = Outcome::Findings;
                let error = first(&mistakes, &sql).get_mut("error").map(Value::take);
                serde_json::to_string(&Refused {
                    id,
                    error: error.unwrap_or_default(),
                })
            }
        };
        // Texts, flags and what was JSON before: nothing in it cannot be JSON.
        output.push_str(&line.unwrap_or_default());
        output.push('\n');
    }
    (output, outcome)
}

/// `{"error": {…}}` of a statement.
pub(super) fn error(mistakes: &Mistakes, sql: &str) -> Value {
    first(mistakes, sql)
}

/// The format has room for one mistake.
fn first(mistakes: &Mistakes, sql: &str) -> Value {
    let silent = Diagnostic {
        message: "the server gave no answer".to_owned(),
        ..Diagnostic::default()
    };
    mistakes.0.first().unwrap_or(&silent).to_json(sql)
}

impl Line {
    fn read(line: &str, number: usize) -> Self {
        match serde_json::from_str(line) {
            Ok(Question { id, sql }) => Self {
                template: Template::written(&sql),
                id,
                sql,
            },
            Err(error) => Self {
                id: Value::Null,
                sql: String::new(),
                template: Err(no_question(number, &error).into()),
            },
        }
    }
}

fn no_question(number: usize, error: &serde_json::Error) -> Diagnostic {
    Diagnostic {
        message: format!("line {number} is no statement: {error}"),
        help: vec!["write one object a line: {\"id\": 1, \"sql\": \"SELECT 1\"}".to_owned()],
        ..Diagnostic::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hathi_query_cache::{Cardinality, StatementKind};

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let lines = read(input);
        let answers = templates(&lines).into_iter().map(|template| {
            if template.sql().contains("wrong") {
                let mistake = Diagnostic {
                    message: "no".to_owned(),
                    ..Diagnostic::default()
                };
                return Err(mistake.at(7..12).into());
            }
            Ok(Description {
                statement: StatementKind::Select,
                cardinality: Some(Cardinality::Many),
                parameters: Vec::new(),
                columns: None,
                reads: Vec::new(),
                writes: Vec::new(),
                dependencies: Default::default(),
                lints: Vec::new(),
            })
        });
        let (output, _) = render(lines, answers.collect());
        assert_eq!(output.lines().collect::<Vec<_>>(), expected);
    }

    const GOOD: &str = r#""statement":"select","cardinality":"many","parameters":[],"columns":null,"reads":[],"writes":[]}"#;

    #[test]
    fn every_line_is_answered_under_its_id_in_order() {
        check(
            "{\"id\": 7, \"sql\": \"SELECT 1\"}\n\n{\"sql\": \"SELECT 2\", \"id\": {\"a\": [1]}, \"more\": 1}\r\n{\"sql\": \"SELECT 3\"}",
            &[
                &format!("{{\"id\":7,{GOOD}"),
                &format!("{{\"id\":{{\"a\":[1]}},{GOOD}"),
                &format!("{{\"id\":null,{GOOD}"),
            ],
        );
    }

    #[test]
    fn a_mistake_keeps_its_line_and_disturbs_no_other() {
        check(
            "{\"id\": 1, \"sql\": \"SELECT wrong\"}\n{\"id\": 2, \"sql\": \"\"}\n{\"id\": 3, \"sql\": \"SELECT 3\"}",
            &[
                r#"{"id":1,"error":{"detail":null,"help":null,"hint":null,"message":"no","position":8,"sqlstate":null}}"#,
                r#"{"id":2,"error":{"detail":null,"help":"write one SQL statement into the text","hint":null,"message":"the statement is empty","position":null,"sqlstate":null}}"#,
                &format!("{{\"id\":3,{GOOD}"),
            ],
        );
    }

    #[test]
    fn a_line_that_is_no_question_is_a_mistake() {
        let (output, outcome) = render(read("{\"id\": 1}\nSELECT 1"), Vec::new());
        assert_eq!(outcome, Outcome::Findings);
        assert!(
            output.contains("line 1 is no statement: missing field `sql`"),
            "{output}"
        );
        assert!(
            output.contains("line 2 is no statement: expected value"),
            "{output}"
        );
    }
}
