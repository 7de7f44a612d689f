//! The table in which a private server remembers what was applied to it.

use hathi::__private::{Column, Needs, Parts, TypeRef};
use hathi::{DataRow, Error, Origin, Query, Session, sql};

use super::Migration;

/// A schema of its own: it is none of the user's, and scripts that drop schemas pass it by.
pub(super) const CREATE: &str = "CREATE SCHEMA IF NOT EXISTS _hathi; \
    CREATE TABLE IF NOT EXISTS _hathi.migrations (version numeric(20) PRIMARY KEY, \
    file_name text NOT NULL, checksum text NOT NULL, applied timestamptz NOT NULL DEFAULT now())";

/// A script that was applied.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) version: u64,
    pub(super) file_name: String,
    pub(super) checksum: String,
}

const TEXT: TypeRef = TypeRef::Oid(25);

// What the macro would make of this statement, if the tool could use macros that it is needed for.
static PARTS: Parts = Parts {
    sql: "SELECT version::text, file_name, checksum FROM _hathi.migrations AS m ORDER BY m.version",
    parameters: &[],
    names: &[],
    columns: &[
        Column {
            name: "version",
            ty: TEXT,
        },
        Column {
            name: "file_name",
            ty: TEXT,
        },
        Column {
            name: "checksum",
            ty: TEXT,
        },
    ],
    writes: false,
    summary: "",
    needs: Needs::NONE,
    origin: Origin {
        file: file!(),
        line: line!(),
        column: column!(),
    },
};

const RECORDS: Query<(), Record> = Query::__new(&PARTS, decode);

fn decode(row: &DataRow<'_>) -> Result<Record, Error> {
    let version: &str = row.get::<sql::Text, _>(0)?;
    Ok(Record {
        // The table holds nothing but what was written here.
        version: version.parse().unwrap_or_default(),
        file_name: row.get::<sql::Text, _>(1)?,
        checksum: row.get::<sql::Text, _>(2)?,
    })
}

/// What was applied, in its order.
pub(super) async fn records(session: &mut Session) -> Result<Vec<Record>, Error> {
    session.fetch_all(RECORDS).await
}

/// The statement that remembers a script.
pub(super) fn remember(migration: &Migration) -> String {
    let file_name = migration.file_name.replace('\'', "''");
    let (version, checksum) = (migration.version, &migration.checksum);
    format!(
        "INSERT INTO _hathi.migrations (version, file_name, checksum) \
         VALUES ({version}, '{file_name}', '{checksum}')"
    )
}
