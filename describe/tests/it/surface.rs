//! Every statement form and type of the SQL surface, as it was measured on five versions, against what is said of it.

use std::collections::{BTreeMap, BTreeSet};

use hathi_describe::{Database, Limits};
use hathi_query_cache::{Cardinality, Description, Diagnostic, Mistakes, Subject, Template, types};
use serde_json::Value;

use crate::support::{MAJORS, scratch};

const ROWS: &str = include_str!("../surface/rows.json");
const SCHEMA: &str = include_str!("../surface/schema.sql");

/// A statement of a row, and what a server of one version answers to it.
struct Case<'a> {
    row: &'a Value,
    statement: &'a Value,
    expect: &'a Value,
}

impl<'a> Case<'a> {
    fn new(row: &'a Value, statement: &'a Value, major: u32) -> Self {
        let expect = &statement["expect"];
        let own = expect.get(major.to_string());
        Self {
            row,
            statement,
            expect: own.unwrap_or_else(|| &expect["all"]),
        }
    }

    fn sql(&self) -> &'a str {
        self.statement["sql"].as_str().unwrap()
    }

    fn class(&self) -> &'a str {
        let own = self.statement["class"].as_str();
        own.or_else(|| self.row["class"].as_str()).unwrap()
    }

    /// Whether `query!` and `command!` are to refuse the statement, and by whose rule.
    fn rejected_by(&self) -> Option<&'a str> {
        let by = self.statement["rejected_by"].as_str()?;
        (by == "macro" || self.error().is_some()).then_some(by)
    }

    /// The SQLSTATE of the server, when the statement is prepared or tried.
    fn error(&self) -> Option<&'a str> {
        let tried = self.expect["execute"].as_str().filter(|outcome| {
            self.class() == "U" && !matches!(*outcome, "ok" | "copy in" | "copy out")
        });
        self.expect["sqlstate"].as_str().or(tried)
    }

    /// Whether the error is one of the trial that says nothing against the statement.
    fn is_about_the_contents(&self) -> bool {
        self.expect["sqlstate"].is_null()
            && matches!(self.error(), Some("23505" | "2BP01" | "25001"))
            || self.class() == "U" && self.sql().starts_with("DO ")
    }

    fn check(&self, answer: &Result<Description, Mistakes>) -> Result<(), String> {
        match (self.rejected_by(), answer) {
            (Some("macro"), answer) => self.check_macro(answer),
            (Some(_), Ok(_)) => Err("is accepted".to_owned()),
            (Some(_), Err(mistakes)) => self.check_help(mistakes),
            (None, Err(mistakes)) => self.check_error(mistakes),
            (None, Ok(_)) if self.error().is_some() && !self.is_about_the_contents() => {
                Err(format!("is accepted, not refused with {:?}", self.error()))
            }
            (None, Ok(description)) => self.check_description(description),
        }
    }

    /// What the macros refuse by a rule of their own, be it that the server accepts it.
    fn check_macro(&self, answer: &Result<Description, Mistakes>) -> Result<(), String> {
        let description = match answer {
            Err(mistakes) => return self.check_help(mistakes),
            Ok(description) => description,
        };
        let mut found = Vec::new();
        for parameter in &description.parameters {
            found.push(Diagnostic::pseudo_type(
                Subject::Parameter("$1"),
                &parameter.ty,
            ));
        }
        let mut names = BTreeSet::new();
        for column in description.columns.iter().flatten() {
            if !names.insert(&column.name) {
                found.push(Diagnostic::duplicate_columns(&column.name));
            }
        }
        self.check_help(&Mistakes(found))
    }

    fn check_help(&self, mistakes: &Mistakes) -> Result<(), String> {
        let help = self.row["help"].as_str().unwrap();
        let words = mistakes
            .0
            .iter()
            .flat_map(|mistake| std::iter::once(&mistake.message).chain(&mistake.help));
        let words: Vec<&str> = words.map(String::as_str).collect();
        if words.iter().any(|words| words.contains(help)) {
            return Ok(());
        }
        Err(format!("expected the help {help:?}, found {words:?}"))
    }

    fn check_error(&self, mistakes: &Mistakes) -> Result<(), String> {
        let found = mistakes.0[0].sqlstate.as_deref();
        if found.is_some() && found == self.error() && !self.is_about_the_contents() {
            return Ok(());
        }
        Err(format!("is refused: {mistakes}"))
    }

    fn check_description(&self, description: &Description) -> Result<(), String> {
        let parameters: Vec<_> = description
            .parameters
            .iter()
            .map(|p| p.ty.clone())
            .collect();
        let expected: Vec<_> = texts(&self.expect["params"]);
        if parameters != expected {
            return Err(format!("parameters {parameters:?}, expected {expected:?}"));
        }
        let columns = description.columns.as_ref().map(|columns| {
            let described = columns.iter();
            described
                .map(|column| format!("{} {}", column.name, flat(&column.ty)))
                .collect::<Vec<_>>()
        });
        let expected = self.expect["columns"].as_array().map(|columns| {
            let named = columns.iter();
            named
                .map(|c| format!("{} {}", c["name"].as_str().unwrap(), spelled(&c["type"])))
                .collect::<Vec<_>>()
        });
        if columns != expected {
            return Err(format!("columns {columns:?}, expected {expected:?}"));
        }
        let returns_rows = matches!(self.class(), "Q" | "UR");
        if returns_rows != columns.is_some() {
            return Err(format!("class {}, columns {columns:?}", self.class()));
        }
        self.check_claims(description)
    }

    fn check_claims(&self, description: &Description) -> Result<(), String> {
        if let Some(expected) = self.statement["cardinality"].as_str() {
            let found = description.cardinality.map(words);
            if found != Some(expected) {
                return Err(format!("cardinality {found:?}, expected {expected}"));
            }
        }
        if let Some(expected) = self.statement["nullable"].as_array() {
            let columns = description.columns.iter().flatten();
            let found: Vec<_> = columns.map(|column| Value::from(column.nullable)).collect();
            if found != *expected {
                let why: Vec<_> = description.columns.iter().flatten().collect();
                return Err(format!(
                    "nullable {found:?}, expected {expected:?}: {why:?}"
                ));
            }
        }
        Ok(())
    }
}

/// As a description spells a type: the rows name an array by its own name, and know no domains in columns.
fn spelled(ty: &Value) -> String {
    let name = ty.as_str().unwrap();
    match name.rsplit_once('.') {
        Some((schema, own)) if own.starts_with('_') => format!("{schema}.{}[]", &own[1..]),
        None if name.starts_with('_') => format!("{}[]", &name[1..]),
        _ => name.to_owned(),
    }
}

/// RowDescription flattens domains, a description does not.
fn flat(ty: &str) -> String {
    if ty == "kr.dom" {
        "int4".to_owned()
    } else {
        ty.to_owned()
    }
}

fn texts(values: &Value) -> Vec<String> {
    values
        .as_array()
        .into_iter()
        .flatten()
        .map(spelled)
        .collect()
}

fn words(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::One => "one",
        Cardinality::Optional => "optional",
        Cardinality::AtLeastOne => "at_least_one",
        Cardinality::Many => "many",
    }
}

/// A type that is sent with Parse wins over the one that the server would infer.
fn oids(names: &[Value]) -> Vec<u32> {
    let names = names.iter().map(|name| name.as_str().unwrap());
    names
        .map(|name| types::by_name(name).unwrap().oid)
        .collect()
}

fn names(oids: &[u32]) -> Vec<String> {
    let oids = oids.iter().map(|oid| types::by_oid(*oid).unwrap());
    oids.map(|info| info.name.to_owned()).collect()
}

#[test]
fn every_row_of_the_sql_surface_is_answered_as_it_was_measured() {
    let rows: Vec<Value> = serde_json::from_str(ROWS).unwrap();
    let mut wrong: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let (schema, _) = SCHEMA.split_once("-- each session").unwrap();
    for major in MAJORS {
        let mut scratch = scratch(major, schema.rsplit_once("-- In every session").unwrap().0);
        let mut database = Database::connect(&scratch.dsn, Limits::default()).unwrap();
        database.set_scratch(true);
        for row in &rows {
            for statement in row["statements"].as_array().unwrap() {
                let case = Case::new(row, statement, major);
                if let Some(types) = statement["hints"].as_array() {
                    let prepared = scratch.session.prepare(case.sql(), &oids(types)).unwrap();
                    let found = Value::from(names(&prepared.parameters));
                    assert_eq!(found, case.expect["params"], "{}", case.sql());
                    let columns = prepared.columns.unwrap();
                    let found = names(&columns.iter().map(|column| column.oid).collect::<Vec<_>>());
                    let expected = case.expect["columns"].as_array().unwrap();
                    let expected: Vec<_> = expected
                        .iter()
                        .map(|column| spelled(&column["type"]))
                        .collect();
                    assert_eq!(found, expected, "{}", case.sql());
                    continue;
                }
                let answer = match Template::parse(case.sql()) {
                    Ok(template) => database.describe(&[template]).unwrap().remove(0),
                    Err(mistakes) => Err(mistakes),
                };
                if let Err(why) = case.check(&answer) {
                    let number = row["row"].as_u64().unwrap();
                    let line = format!("{number} on {major}: {}\n      {why}", case.sql());
                    wrong.entry(number).or_default().push(line);
                }
            }
        }
        let left = scratch.session.value("SELECT count(*) FROM kr.t");
        assert_eq!(left, "2", "a trial has left something on {major}");
    }
    let right = rows.len() - wrong.len();
    let report: Vec<String> = wrong.into_values().flatten().collect();
    println!("{right}/{}", rows.len());
    assert!(
        report.is_empty(),
        "{right}/{}\n{}",
        rows.len(),
        report.join("\n")
    );
}
