//! Runs a query again over data that holds NULL wherever the constraints allow it, and rows twice; then takes it back.

use hathi_describe::{Database, Rows};
use hathi_query_cache::{Description, StatementKind};

use crate::claims::broken;
use crate::report::{Counts, Violation};
use crate::session;

/// More tables than this make a statement slow, and prove no more.
const MOST_TABLES: usize = 8;

/// A way to change the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mutation {
    /// NULL in about half of the places that may hold one, and rows twice.
    Nulls,
    /// The same, after most rows have gone.
    FewRows,
}

/// Runs a query over changed data, and notes what it breaks. Whatever happens, the session is as it was.
pub(super) fn run(
    database: &mut Database,
    counts: &mut Counts,
    place: &str,
    sql: &str,
    description: &Description,
) {
    let reads_only =
        description.statement == StatementKind::Select && description.writes.is_empty();
    let tables = &description.reads;
    let own = tables.iter().filter(|table| !is_system(table)).count();
    if !reads_only || own == 0 || own > MOST_TABLES {
        return;
    }
    for mutation in [Mutation::Nulls, Mutation::FewRows] {
        let rows = over(database, sql, tables, mutation);
        // The data are what they were, also where the statement or a change has failed.
        let _ = database.execute("ROLLBACK");
        let Some(rows) = rows else { continue };
        *counts
            .cardinalities
            .entry("over changed data".to_owned())
            .or_default() += 1;
        for (claim, truth) in broken(description, &rows) {
            counts.violations.push(Violation {
                place: format!("{place}, over changed data ({mutation:?})"),
                sql: sql.to_owned(),
                claim,
                truth,
            });
        }
    }
}

fn is_system(table: &str) -> bool {
    table.starts_with("pg_catalog.")
        || table.starts_with("information_schema.")
        || table.starts_with("pg_toast.")
}

/// The rows of the query over changed data; nothing if no table could be changed, or the query fails over it.
fn over(database: &mut Database, sql: &str, tables: &[String], mutation: Mutation) -> Option<Rows> {
    let begin = "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '1s'; \
        SET LOCAL row_security = off; SET LOCAL statement_timeout = '20s'";
    database.execute(begin).ok()?.ok()?;
    let mut changed = false;
    for table in tables.iter().filter(|table| !is_system(table)) {
        changed |= change(database, table, mutation);
    }
    if !changed {
        return None;
    }
    let restore = "SET LOCAL session_replication_role = origin; SET LOCAL row_security = on";
    database.execute(restore).ok()?.ok()?;
    database.execute(sql).ok()?.ok()?.into_iter().next_back()
}

/// Changes what a table lets be changed.
fn change(database: &mut Database, table: &str, mutation: Mutation) -> bool {
    let Some((nullable, all)) = columns(database, table) else {
        return false;
    };
    let mut changed = false;
    if mutation == Mutation::FewRows {
        changed |= tried(
            database,
            &format!("DELETE FROM {table} WHERE random() < 0.8"),
        );
    }
    let some = format!("WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM {table} LIMIT 400)");
    let assignment = |column: &String| {
        format!("{column} = CASE WHEN random() < 0.5 THEN NULL ELSE {column} END")
    };
    let together: Vec<String> = nullable.iter().map(assignment).collect();
    if !together.is_empty() {
        let update = format!("UPDATE {table} SET {} {some}", together.join(", "));
        if tried(database, &update) {
            changed = true;
        } else {
            for assignment in &together {
                changed |= tried(database, &format!("UPDATE {table} SET {assignment} {some}"));
            }
        }
    }
    if !all.is_empty() {
        let list = all.join(", ");
        let double = format!(
            "INSERT INTO {table} ({list}) OVERRIDING SYSTEM VALUE SELECT {list} FROM {table} LIMIT 200"
        );
        changed |= tried(database, &double);
    }
    changed
}

/// The columns that can be NULL, and all that can be written.
fn columns(database: &mut Database, table: &str) -> Option<(Vec<String>, Vec<String>)> {
    let literal = table.replace('\'', "''");
    let sql = format!(
        "SELECT quote_ident(attname), attnotnull FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = attrelid \
         WHERE attrelid = '{literal}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' \
         AND relkind IN ('r', 'p')"
    );
    let rows = database.execute(&sql).ok()?.ok()?.into_iter().next_back()?;
    let mut nullable = Vec::new();
    let mut all = Vec::new();
    for row in session::texts(rows) {
        let [name, not_null] = row.as_slice() else {
            continue;
        };
        if not_null == "f" {
            nullable.push(name.clone());
        }
        all.push(name.clone());
    }
    Some((nullable, all))
}

/// Whether a change succeeds; one that fails leaves nothing behind.
fn tried(database: &mut Database, sql: &str) -> bool {
    let mut execute = |sql: &str| database.execute(sql).is_ok_and(|outcome| outcome.is_ok());
    if !execute("SAVEPOINT change") {
        return false;
    }
    if execute(sql) {
        return true;
    }
    execute("ROLLBACK TO SAVEPOINT change");
    false
}
