//! The corpus: statements with what is expected of each, held against the claims, the rows, and the analysis without the
//! rules that a statement names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hathi_describe::{Database, Limits, Rule};
use hathi_query_cache::{Description, Elements, Template};

use crate::golden::unrecorded;
use crate::support::{MAJORS, Scratch, TextRow, scratch};

mod file;

use file::{Case, Expectation, Topic, signs, word};

macro_rules! topics {
    ($($test:ident = $name:literal,)+) => {
        const TOPICS: &[&str] = &[$($name),+];

        $(
            #[test]
            fn $test() {
                check($name);
            }
        )+
    };
}

topics! {
    tables = "tables",
    joins = "joins",
    merged_columns = "merged-columns",
    facts = "facts",
    expressions = "expressions",
    case = "case",
    arrays = "arrays",
    json = "json",
    dates = "dates",
    aggregates = "aggregates",
    windows = "windows",
    grouping = "grouping",
    sublinks = "sublinks",
    sets = "sets",
    ctes = "ctes",
    recursive = "recursive",
    refuted = "refuted",
    functions_in_from = "functions-in-from",
    values = "values",
    returning_insert = "returning-insert",
    returning_update_delete = "returning-update-delete",
    merge = "merge",
    views = "views",
    domains = "domains",
    inheritance_partitions = "inheritance-partitions",
    unenforced = "unenforced",
    triggers = "triggers",
    parameters = "parameters",
    composites = "composites",
    cardinality_keys = "cardinality-keys",
    cardinality_joins = "cardinality-joins",
    cardinality_rules = "cardinality-rules",
    cardinality_limits = "cardinality-limits",
    cardinality_writes = "cardinality-writes",
    naive_inference = "naive-inference",
    prototype = "prototype",
    switches = "switches",
}

#[test]
fn every_file_of_the_corpus_is_a_topic() {
    let files = std::fs::read_dir(file::folder()).unwrap();
    let found: BTreeSet<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<String> = TOPICS.iter().map(|name| format!("{name}.sql")).collect();
    assert_eq!(found, expected);
}

/// Holds one file against every version, and tells of all that is not as expected at once.
fn check(topic: &str) {
    let Topic { schema, cases } = Topic::read(topic);
    let mut wrong = String::new();
    for major in MAJORS {
        let mut scratch = scratch(major, &schema);
        let asked: Vec<(&Case, &Expectation)> = cases
            .iter()
            .filter_map(|case| Some((case, case.on(major)?)))
            .collect();
        let described = describe(&mut scratch.database, asked.iter().map(|(case, _)| *case));
        let texts: Vec<&str> = asked.iter().map(|(case, _)| case.sql.as_str()).collect();
        for kind in unrecorded(&mut scratch.database, major, &texts) {
            writeln!(
                wrong,
                "{topic}.sql: {} prints a kind of node that no recorded dump holds, `{kind}`: add a statement to tests/golden",
                scratch.database.server_version()
            )
            .unwrap();
        }
        let mut returned = BTreeMap::new();
        for ((case, expected), described) in asked.iter().zip(&described) {
            let outcome = described
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|described| {
                    as_expected(described, expected)?;
                    let rows = rows(&mut scratch, case, expected)?;
                    broken(described, &rows)?;
                    returned.insert(case.line, rows);
                    Ok(())
                });
            if let Err(words) = outcome {
                writeln!(wrong, "{topic}.sql:{}: on {major}: {words}", case.line).unwrap();
            }
        }
        without_rules(
            &scratch,
            &asked,
            &described,
            &returned,
            &mut |line, words| {
                writeln!(wrong, "{topic}.sql:{line}: on {major}: {words}").unwrap();
            },
        );
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn describe<'a>(
    database: &mut Database,
    cases: impl Iterator<Item = &'a Case>,
) -> Vec<Result<Description, String>> {
    let templates: Vec<Template> = cases
        .map(|case| Template::parse(&case.sql).unwrap())
        .collect();
    let described = database.describe(&templates).unwrap();
    described
        .into_iter()
        .map(|answer| answer.map_err(|mistakes| mistakes.to_string()))
        .collect()
}

fn as_expected(described: &Description, expected: &Expectation) -> Result<(), String> {
    let reasons: Vec<&str> = described
        .columns
        .iter()
        .flatten()
        .map(|column| column.because.as_deref().unwrap_or_default())
        .collect();
    let found = (signs(described), word(described.cardinality));
    let is_as_expected = expected.columns == "@" || found.0 == expected.columns;
    if !is_as_expected || found.1 != expected.cardinality {
        return Err(format!(
            "expected {} {}, found {} {}: {reasons:?}",
            expected.columns, expected.cardinality, found.0, found.1
        ));
    }
    for (column, words) in &expected.reasons {
        if reasons[column - 1] != words {
            return Err(format!("expected the reason `{words}`: {reasons:?}"));
        }
    }
    Ok(())
}

/// Runs a statement and takes back what it did.
fn rows(
    scratch: &mut Scratch,
    case: &Case,
    expected: &Expectation,
) -> Result<Vec<TextRow>, String> {
    if expected.is_described_only {
        return Ok(Vec::new());
    }
    let session = &mut scratch.session;
    session.run("BEGIN");
    let rows = match &expected.arguments {
        None => session.query(&case.sql),
        Some(arguments) => {
            session.run(&format!("PREPARE of_corpus AS {}", case.sql));
            session.query(&format!("EXECUTE of_corpus ({arguments})"))
        }
    };
    session.run("ROLLBACK");
    if expected.arguments.is_some() {
        session.run("DEALLOCATE of_corpus");
    }
    rows.map_err(|error| format!("does not run: {error}"))
}

/// Fails if the rows are not what is claimed of them.
fn broken(described: &Description, rows: &[TextRow]) -> Result<(), String> {
    let columns = described.columns.as_deref().unwrap_or_default();
    for (at, column) in columns.iter().enumerate() {
        if !column.nullable && rows.iter().any(|row| row[at].is_none()) {
            return Err(format!("the claim is broken: column {} is NULL", at + 1));
        }
        if column.elements == Some(Elements::NotNull) && rows.iter().any(|row| holds_null(&row[at]))
        {
            return Err(format!("the claim is broken: column {} holds NULL", at + 1));
        }
    }
    let holds = match word(described.cardinality) {
        "one" => rows.len() == 1,
        "optional" => rows.len() <= 1,
        "at-least-one" => !rows.is_empty(),
        _ => true,
    };
    if holds {
        Ok(())
    } else {
        Err(format!(
            "the claim is broken: there are {} rows",
            rows.len()
        ))
    }
}

fn holds_null(array: &Option<String>) -> bool {
    let mut elements = array.iter().flat_map(|array| array.split(['{', ',', '}']));
    elements.any(|element| element == "NULL")
}

/// Describes the statements without the rules that they name. Then less has to be proven, or something that the rows
/// of the statement refute.
fn without_rules(
    scratch: &Scratch,
    asked: &[(&Case, &Expectation)],
    described: &[Result<Description, String>],
    returned: &BTreeMap<usize, Vec<TextRow>>,
    wrong: &mut dyn FnMut(usize, &str),
) {
    for rule in Rule::ALL {
        let named: Vec<_> = asked
            .iter()
            .zip(described)
            .filter(|((_, expected), _)| expected.rules.iter().any(|name| name == rule.name()))
            .collect();
        if named.is_empty() {
            continue;
        }
        let mut database = Database::connect(&scratch.dsn, Limits::default()).unwrap();
        database.switch_off(*rule);
        let others = describe(&mut database, named.iter().map(|((case, _), _)| *case));
        for (((case, expected), with), without) in named.into_iter().zip(others) {
            let (Ok(with), Ok(without), Some(rows)) = (with, without, returned.get(&case.line))
            else {
                continue;
            };
            let needed = if expected.is_unseen {
                differs(with, &without)
            } else {
                is_needed(with, &without, rows)
            };
            if let Err(words) = needed {
                wrong(
                    case.line,
                    &format!("without the rule {}: {words}", rule.name()),
                );
            }
        }
    }
}

/// Whether the rule that is there in one description and not in the other makes a difference.
fn is_needed(with: &Description, without: &Description, rows: &[TextRow]) -> Result<(), String> {
    differs(with, without)?;
    let before = (signs(with), word(with.cardinality));
    let after = (signs(without), word(without.cardinality));
    let claims = |signs: &str| signs.matches('!').count();
    let is_weaker = claims(&after.0) < claims(&before.0)
        || before.1 != after.1 && (after.1 == "many" || before.1 == "one");
    if is_weaker || broken(without, rows).is_err() {
        Ok(())
    } else {
        Err(format!(
            "{} {} is claimed, and no row refutes it",
            after.0, after.1
        ))
    }
}

fn differs(with: &Description, without: &Description) -> Result<(), String> {
    if signs(with) == signs(without) && with.cardinality == without.cardinality {
        return Err("nothing changes".to_owned());
    }
    Ok(())
}
