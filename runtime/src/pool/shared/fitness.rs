//! Which statements may share a connection with others: those that leave nothing behind in the session and are quick.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use hathi_sql_text::{TokenKind, lex};

use crate::source::Parts;

/// How many statements are remembered; then all are learned anew.
const REMEMBERED: usize = 4096;

/// The first words of statements that leave nothing behind.
const PLAIN: [&str; 8] = [
    "select", "insert", "update", "delete", "merge", "values", "table", "with",
];

/// Words that stand for state of the session, or for a long wait.
const WORDS: [&str; 14] = [
    "currval",
    "dblink_connect",
    "lastval",
    "lo_open",
    "pg_export_snapshot",
    "pg_sleep",
    "pg_sleep_for",
    "pg_sleep_until",
    "pg_temp",
    "search_path",
    "set_config",
    "setseed",
    "temp",
    "temporary",
];

/// Beginnings of such words.
const BEGINNINGS: [&str; 3] = ["pg_advisory", "pg_try_advisory", "pg_temp_"];

/// Whether a statement leaves nothing behind in the session that runs it. What a function of the user's does is not
/// seen here.
pub(super) fn is_plain(sql: &str) -> bool {
    let mut words = lex(sql).filter_map(|token| match token.kind {
        TokenKind::Word | TokenKind::QuotedIdentifier => {
            let word = sql.get(token.start..token.end)?;
            Some(word.trim_matches('"').to_ascii_lowercase())
        }
        // Its escapes could spell anything.
        TokenKind::UnicodeIdentifier => Some("set_config".to_owned()),
        _ => None,
    });
    let Some(first) = words.next() else {
        return false;
    };
    PLAIN.contains(&first.as_str())
        && words.all(|word| {
            !WORDS.contains(&word.as_str())
                && !BEGINNINGS.iter().any(|start| word.starts_with(start))
        })
}

/// What is known of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pool) enum Pace {
    /// It needs a connection for itself.
    Exclusive,
    /// It may share once it is known to be quick.
    Unknown,
    /// It shares.
    Quick,
    /// It would hold up others.
    Slow,
}

/// What is known of the statements of a pool.
#[derive(Debug, Default)]
pub(in crate::pool) struct Paces(HashMap<usize, Pace, BuildHasherDefault<Address>>);

impl Paces {
    pub(super) fn of(&mut self, parts: &'static Parts) -> Pace {
        let key = std::ptr::from_ref(parts).addr();
        if let Some(pace) = self.0.get(&key) {
            return *pace;
        }
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        let pace = if is_plain(parts.sql) {
            Pace::Unknown
        } else {
            Pace::Exclusive
        };
        self.0.insert(key, pace);
        pace
    }

    pub(super) fn learn(&mut self, parts: &'static Parts, pace: Pace) {
        let known = self.0.get_mut(&std::ptr::from_ref(parts).addr());
        if let Some(known) = known.filter(|known| **known != Pace::Exclusive) {
            *known = pace;
        }
    }
}

/// Spreads addresses, which are multiples of eight.
#[derive(Debug, Default)]
pub(in crate::pool) struct Address(u64);

impl Hasher for Address {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        let word = u64::try_from(address).unwrap_or(0);
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, plain: bool) {
        assert_eq!(is_plain(sql), plain, "{sql}");
    }

    #[test]
    fn statements_that_leave_nothing_behind_may_share() {
        for sql in [
            "SELECT 1",
            " /* set_config( */ select 'pg_advisory_lock' AS \"x\"",
            "(SELECT 1) UNION (SELECT 2)",
            "INSERT INTO crew VALUES (nextval('s'))",
            "WITH gone AS (DELETE FROM crew RETURNING id) SELECT count(*) FROM gone",
            "TABLE crew",
            "UPDATE settings SET value = $1",
        ] {
            check(sql, true);
        }
    }

    #[test]
    fn statements_that_touch_the_session_may_not() {
        for sql in [
            "",
            "SET search_path = other",
            "BEGIN",
            "LISTEN news",
            "CREATE TEMP TABLE t ()",
            "COPY t FROM STDIN",
            "CALL tidy_up()",
            "SELECT set_config('search_path', 'other', false)",
            "SELECT pg_catalog.Set_Config('a.b', '1', false)",
            "SELECT \"set_config\"('a.b', '1', false)",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_lock(1)",
            "SELECT 1 AS n INTO TEMPORARY t",
            "SELECT * FROM pg_temp.t",
            "SELECT currval('s')",
            "SELECT lastval()",
            "SELECT current_setting('x') FROM pg_sleep(1)",
            "SELECT U&\"set\\005fconfig\"('a.b', '1', false)",
            "EXPLAIN SELECT 1",
        ] {
            check(sql, false);
        }
    }
}
