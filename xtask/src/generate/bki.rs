//! Reads `postgres.bki`, the script from which `initdb` makes the first catalogs.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

/// A row of a catalog: column name to value.
pub(crate) type Row<'a> = BTreeMap<&'a str, &'a str>;

/// The major of PostgreSQL that the script belongs to.
pub(crate) fn major(script: &str) -> anyhow::Result<u32> {
    let first = script.lines().next().unwrap_or_default();
    let version = first
        .strip_prefix("# PostgreSQL ")
        .context("the script does not start with its version")?;
    version
        .trim()
        .parse()
        .with_context(|| format!("`{version}` is no major version"))
}

/// The rows of one catalog whose values hold no spaces (others are cut at the first text with one).
///
/// ```text
/// create pg_range 3541
///  (
///  rngtypid = oid ,
///  rngsubtype = oid
///  )
/// open pg_range
/// insert ( 3904 23 )
/// close pg_range
/// ```
pub(crate) fn rows<'a>(script: &'a str, catalog: &str) -> anyhow::Result<Vec<Row<'a>>> {
    let mut lines = script.lines();
    lines
        .find(|line| line.split_whitespace().take(2).eq(["create", catalog]))
        .with_context(|| format!("the script does not create {catalog}"))?;
    let mut columns = Vec::new();
    let mut rows = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["close", ..] => return Ok(rows),
            [column, "=", ..] => columns.push(*column),
            ["insert", "(", values @ .., ")"] => {
                rows.push(
                    columns
                        .iter()
                        .copied()
                        .zip(values.iter().copied())
                        .collect(),
                );
            }
            _ => {}
        }
    }
    bail!("the script does not close {catalog}")
}

/// A value of a row, as a number.
pub(crate) fn number(row: &Row<'_>, column: &str) -> anyhow::Result<u32> {
    let value = text(row, column)?;
    value
        .parse()
        .with_context(|| format!("{column} is `{value}`, not a number"))
}

/// A value of a row.
pub(crate) fn text<'a>(row: &Row<'a>, column: &str) -> anyhow::Result<&'a str> {
    row.get(column)
        .copied()
        .with_context(|| format!("a row without {column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
# PostgreSQL 18
create pg_range 3541
 (
 rngtypid = oid ,
 rngsubtype = oid FORCE NOT NULL
 )
open pg_range
insert ( 3904 23 )
insert ( 3906 1700 )
close pg_range
create pg_transform 3576
";

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let rows = rows(SCRIPT, "pg_range").unwrap();
        let numbers: Vec<u32> = rows
            .iter()
            .map(|row| number(row, "rngsubtype").unwrap())
            .collect();
        assert_eq!(numbers, [23, 1700]);
        assert_eq!(text(&rows[0], "rngtypid").unwrap(), "3904");
    }

    #[test]
    fn the_script_names_its_version() {
        assert_eq!(major(SCRIPT).unwrap(), 18);
        assert!(major("create pg_range").is_err());
    }

    #[test]
    fn a_catalog_that_is_missing_or_open_is_an_error() {
        assert!(rows(SCRIPT, "pg_class").is_err());
        assert!(rows(SCRIPT, "pg_transform").is_err());
    }
}
