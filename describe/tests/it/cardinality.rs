//! How many rows statements return: what is claimed, and that it holds for rows that are there.

use hathi_query_cache::Cardinality;

use crate::support::{Scratch, on_every_version};

mod joined;
mod keys;
mod shapes;
mod writes;

/// A claim as tests write it: `1` for one row, `?` for at most one, `+` for at least one, `*` for any number.
fn cardinality(sign: char) -> Cardinality {
    match sign {
        '1' => Cardinality::One,
        '?' => Cardinality::Optional,
        '+' => Cardinality::AtLeastOne,
        '*' => Cardinality::Many,
        _ => panic!("{sign} is no cardinality"),
    }
}

/// Holds the claims against what is expected, and against the rows that the statements return, on every version.
#[track_caller]
fn check(schema: &str, statements: &[(char, &str)]) {
    on_every_version(schema, |scratch| {
        for (sign, sql) in statements {
            check_one(scratch, *sign, sql);
        }
    });
}

/// As [`check`], on versions from `major` on.
#[track_caller]
fn check_since(major: u32, schema: &str, statements: &[(char, &str)]) {
    on_every_version("", |scratch| {
        if scratch.major >= major {
            scratch.session.run(schema);
            for (sign, sql) in statements {
                check_one(scratch, *sign, sql);
            }
        }
    });
}

#[track_caller]
fn check_one(scratch: &mut Scratch, sign: char, sql: &str) {
    let claimed = scratch.describe(sql).cardinality;
    assert_eq!(
        claimed,
        Some(cardinality(sign)),
        "on {}: {sql}",
        scratch.major
    );
    scratch.session.run("BEGIN");
    let rows = scratch
        .session
        .query(sql)
        .unwrap_or_else(|error| panic!("{}: {sql}: {error}", scratch.major));
    scratch.session.run("ROLLBACK");
    let holds = match sign {
        '1' => rows.len() == 1,
        '?' => rows.len() <= 1,
        '+' => !rows.is_empty(),
        _ => true,
    };
    assert!(holds, "on {}: {sql}: {} rows", scratch.major, rows.len());
}
