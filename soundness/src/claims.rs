//! Describes a statement in the session that will run it, and holds the claims against its rows.

use hathi_describe::{Database, Refusal, Rows, TransactionStatus};
use hathi_query_cache::{Cardinality, Description, Template};

use crate::report::{Counts, Violation};

/// What the session is asked to do around a description.
struct Frame {
    before: &'static str,
    after: &'static str,
}

const SETTINGS: &str = "SET LOCAL debug_print_rewritten = on; SET LOCAL debug_pretty_print = off; \
    SET LOCAL client_min_messages = log";

/// All that describing changes in the session is taken back.
const ALONE: Frame = Frame {
    before: "BEGIN",
    after: "ROLLBACK",
};
const INSIDE: Frame = Frame {
    before: "SAVEPOINT hathi_describes",
    after: "ROLLBACK TO SAVEPOINT hathi_describes; RELEASE SAVEPOINT hathi_describes",
};

/// Why a statement was not described.
#[derive(Debug)]
pub(crate) enum Undescribed {
    /// hathi does not take the text: the reason.
    Text(String),
    /// The server refuses it.
    Refused,
    /// The conversation failed.
    Lost,
}

/// Describes a statement as it would run now, transaction and all.
pub(crate) fn describe(database: &mut Database, sql: &str) -> Result<Description, Undescribed> {
    let template = Template::parse(sql).map_err(|mistakes| {
        let first = mistakes.0.first().map(|mistake| mistake.message.clone());
        Undescribed::Text(first.unwrap_or_default())
    })?;
    let frame = match database.transaction() {
        TransactionStatus::Idle => &ALONE,
        TransactionStatus::InTransaction => &INSIDE,
        TransactionStatus::Failed => return Err(Undescribed::Refused),
    };
    let before = format!("{}; {SETTINGS}", frame.before);
    plain(database, &before)?;
    let described = database.describe(&[template]);
    let ended = plain(database, frame.after);
    let described = described.map_err(|_| Undescribed::Lost)?;
    ended?;
    match described.into_iter().next() {
        Some(Ok(description)) => Ok(description),
        _ => Err(Undescribed::Refused),
    }
}

fn plain(database: &mut Database, sql: &str) -> Result<(), Undescribed> {
    match database.execute(sql) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(Refusal::Server(_) | Refusal::Copy)) => Err(Undescribed::Refused),
        Err(_) => Err(Undescribed::Lost),
    }
}

/// Counts a result, and notes what it breaks.
pub(crate) fn compare(
    counts: &mut Counts,
    place: &str,
    sql: &str,
    description: &Description,
    rows: &Rows,
) {
    let Some(columns) = &description.columns else {
        eprintln!("{place}: described without columns: {sql}");
        return counts.skip("described without columns, answered with some");
    };
    counts.statements += 1;
    counts.columns += columns.len();
    let cardinality = description.cardinality.unwrap_or(Cardinality::Many);
    *counts
        .cardinalities
        .entry(format!("{cardinality:?}"))
        .or_default() += 1;
    if columns.len() != rows.columns.len() {
        return counts.skip("described with another number of columns");
    }
    for (at, column) in columns.iter().enumerate() {
        let has_null = rows
            .rows
            .iter()
            .any(|row| row.get(at).is_some_and(Option::is_none));
        let is_full = !rows.rows.is_empty() && !has_null;
        counts.proven += usize::from(!column.nullable);
        counts.full += usize::from(is_full);
        counts.full_proven += usize::from(is_full && !column.nullable);
    }
    for (claim, truth) in broken(description, rows) {
        counts.violations.push(Violation {
            place: place.to_owned(),
            sql: sql.to_owned(),
            claim,
            truth,
        });
    }
}

/// The claims that rows break, each with what is true.
pub(crate) fn broken(description: &Description, rows: &Rows) -> Vec<(String, String)> {
    let mut broken = Vec::new();
    for (at, column) in description.columns.iter().flatten().enumerate() {
        let null = rows
            .rows
            .iter()
            .position(|row| row.get(at).is_some_and(Option::is_none));
        // A name is what its author answers for.
        let is_claimed = !column.nullable && column.because.as_deref() != Some("its name says so");
        if let (true, Some(row)) = (is_claimed, null) {
            let claim = format!("column {} ({}) is never NULL", at + 1, column.name);
            broken.push((claim, format!("it is NULL in row {}", row + 1)));
        }
    }
    let count = rows.rows.len();
    let (most, least) = match description.cardinality {
        Some(Cardinality::One) => (1, 1),
        Some(Cardinality::Optional) => (1, 0),
        Some(Cardinality::AtLeastOne) => (usize::MAX, 1),
        Some(Cardinality::Many) | None => (usize::MAX, 0),
    };
    if count > most || count < least {
        let claim = format!("{:?}", description.cardinality.unwrap_or(Cardinality::Many));
        broken.push((claim, format!("{count} rows came")));
    }
    broken
}

#[cfg(test)]
mod tests {
    use hathi_describe::Rows;
    use hathi_query_cache::{Cardinality, ColumnDescription, Description, StatementKind};

    use super::broken;

    fn description(cardinality: Cardinality, because: Option<&str>, nullable: bool) -> Description {
        let column = ColumnDescription {
            name: "a".to_owned(),
            ty: "int4".to_owned(),
            nullable,
            elements: None,
            origin: None,
            because: because.map(str::to_owned),
        };
        Description {
            statement: StatementKind::Select,
            cardinality: Some(cardinality),
            parameters: Vec::new(),
            columns: Some(vec![column]),
            reads: Vec::new(),
            writes: Vec::new(),
            dependencies: Default::default(),
            lints: Vec::new(),
        }
    }

    fn rows(values: &[Option<&str>]) -> Rows {
        let row = |value: &Option<&str>| vec![value.map(|value| value.as_bytes().to_vec())];
        Rows {
            columns: vec!["a".to_owned()],
            rows: values.iter().map(row).collect(),
        }
    }

    #[test]
    fn null_breaks_a_claim_of_the_analysis_and_of_nobody_else() {
        let null = rows(&[Some("1"), None]);
        let many = Cardinality::Many;
        assert_eq!(broken(&description(many, None, false), &null).len(), 1);
        assert!(broken(&description(many, None, true), &null).is_empty());
        let named = description(many, Some("its name says so"), false);
        assert!(broken(&named, &null).is_empty());
    }

    #[test]
    fn each_cardinality_has_the_numbers_of_rows_that_break_it() {
        let broken_by = |cardinality| -> Vec<usize> {
            let description = description(cardinality, None, true);
            let count =
                |count: &usize| !broken(&description, &rows(&vec![Some("1"); *count])).is_empty();
            (0..3).filter(count).collect()
        };
        assert_eq!(broken_by(Cardinality::One), [0, 2]);
        assert_eq!(broken_by(Cardinality::Optional), [2]);
        assert_eq!(broken_by(Cardinality::AtLeastOne), [0]);
        assert!(broken_by(Cardinality::Many).is_empty());
    }
}
