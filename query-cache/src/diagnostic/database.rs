//! What a server says of a statement, and what is said when no server can be asked.

use std::ops::Range;
use std::time::Duration;

use super::Diagnostic;
use super::way_out::way_out;

/// The words of a server's error, as [`Diagnostic::server_error`] takes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerWords<'a> {
    /// The message.
    pub message: &'a str,
    /// The SQLSTATE.
    pub sqlstate: &'a str,
    /// The detail.
    pub detail: Option<&'a str>,
    /// The hint.
    pub hint: Option<&'a str>,
}

/// Why there is no answer beside the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer<'a> {
    /// `HATHI_OFFLINE` is set.
    Offline,
    /// No database is configured, and none of `cargo hathi db` runs.
    NoDatabase,
    /// The macros were built without the means to ask one.
    NotLive,
    /// The database cannot be reached.
    Unreachable {
        /// Which one, without its password.
        database: &'a str,
        /// What went wrong, in words.
        reason: &'a str,
    },
}

/// The SQLSTATE of a parameter without a type.
const INDETERMINATE_DATATYPE: &str = "42P18";
const START: &str = "start a private PostgreSQL with your migrations applied: cargo hathi db start";
const PREPARE: &str = "or write the cache where a database is at hand: cargo hathi prepare";

impl Diagnostic {
    /// A statement that the server refuses.
    #[must_use]
    pub fn server_error(words: ServerWords<'_>, place: Option<Range<usize>>) -> Self {
        let diagnostic = Self {
            place,
            sqlstate: Some(words.sqlstate.to_owned()),
            detail: words.detail.map(str::to_owned),
            hint: words.hint.map(str::to_owned),
            ..Self::new(words.message)
        };
        match words.message.split_once("data type of parameter ") {
            Some((_, parameter)) if words.sqlstate == INDETERMINATE_DATATYPE => {
                diagnostic.help(format!("add a cast: `{parameter}::type`"))
            }
            _ => diagnostic,
        }
    }

    /// A statement that the server refuses, with PostgreSQL's own way where the mistake is a known one. `at` is the byte
    /// of `sql` that the server points at, `place` the same in the text as it is written.
    #[must_use]
    pub fn refused(
        words: ServerWords<'_>,
        sql: &str,
        at: Option<usize>,
        place: Option<Range<usize>>,
    ) -> Self {
        let diagnostic = Self::server_error(words, place);
        match way_out(sql, words, at) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// A parameter whose type the server cannot tell (42P18), by its placeholder as it is written.
    #[must_use]
    pub fn untyped_parameter(written: &str, place: Range<usize>) -> Self {
        let message = format!("could not determine data type of parameter {written}");
        let words = ServerWords {
            message: &message,
            sqlstate: INDETERMINATE_DATATYPE,
            ..ServerWords::default()
        };
        Self::server_error(words, Some(place))
    }

    /// No cache entry, and no server to ask. The help names the two commands that change this.
    #[must_use]
    pub fn no_answer(reason: NoAnswer<'_>) -> Self {
        let diagnostic =
            Self::new("this statement is not in the cache, and no database can be asked about it");
        let diagnostic = match reason {
            NoAnswer::Offline => diagnostic
                .because("HATHI_OFFLINE is set: only the files in .hathi/ are read")
                .help(format!("unset HATHI_OFFLINE and {START}")),
            NoAnswer::NoDatabase => diagnostic
                .because("DATABASE_URL is not set, and `cargo hathi db` runs no server")
                .help(START),
            NoAnswer::NotLive => diagnostic
                .because("the macros were built without the feature \"live\": only the files in .hathi/ are read")
                .help(format!("enable the feature and {START}")),
            NoAnswer::Unreachable { database, reason } => {
                diagnostic.because(format!("{database} cannot be reached: {reason}")).help(START)
            }
        };
        diagnostic.help(PREPARE)
    }

    /// A cache that was written before the migrations in the folder.
    #[must_use]
    pub fn stale_migrations() -> Self {
        Self::new(
            "the cache is older than the migrations: their folder has changed since it was written",
        )
        .help("write it again: cargo hathi prepare")
        .help("or accept it as it is: stale = \"allow\" in hathi.toml")
    }

    /// A conversation with the database that failed for a reason that lies outside the statement.
    #[must_use]
    pub fn database_failed(database: &str, reason: &str) -> Self {
        Self::new(format!("{database} could not be asked about this statement"))
            .because(reason)
            .help("see that the server runs and that DATABASE_URL names it; set HATHI_OFFLINE=1 to use the cache alone")
    }

    /// A database that did not answer in time.
    #[must_use]
    pub fn database_timeout(database: &str, limit: Duration) -> Self {
        Self::new(format!("{database} did not answer within {limit:?}"))
            .help("see whether the server is reachable and not waiting for a lock; set HATHI_OFFLINE=1 to use the cache alone")
    }

    /// A URL or a text of keywords that names no database.
    #[must_use]
    pub fn database_url(origin: &str, reason: &str) -> Self {
        Self::new(format!("{origin} names no database: {reason}"))
            .help("write it as postgres://user:password@host:port/database")
    }
}
