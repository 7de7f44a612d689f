//! What has changed between a statement and the columns of its result, in words.

use std::fmt;

use hathi_wire::Drift;
use hathi_wire::types::TypeRef;

use crate::types_in_words::type_name;

pub(super) fn write_drift(
    drift: &Drift,
    unchecked: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.write_str(if unchecked {
        "the result is not what this statement was written for: "
    } else {
        "the database is not what the statement was compiled against: "
    })?;
    match drift {
        Drift::Count { expected, found } => {
            write!(f, "expected {expected} columns, found {found}")?
        }
        Drift::Column {
            index,
            expected,
            found,
        } => {
            let number = index + 1;
            let types = (type_name(expected.ty), type_name(TypeRef::Oid(found.oid)));
            write!(f, "expected column {number} to be ")?;
            if !expected.name.is_empty() {
                write!(f, "\"{}\" ", expected.name)?;
            }
            let found = &found.name;
            write!(
                f,
                "of type {}, found \"{found}\" of type {}",
                types.0, types.1
            )?
        }
        _ => f.write_str("its columns differ")?,
    }
    f.write_str(if unchecked {
        "; cast the column in the SQL, or change the statement's columns"
    } else {
        "; migrate the database, or run `cargo hathi prepare` and compile again"
    })
}
