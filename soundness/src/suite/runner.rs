//! Runs scripts, one statement after the other, in a session that describes each before it runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hathi_describe::{Database, Refusal, Rows, ServerError, TransactionStatus};
use hathi_local::Address;
use hathi_sql_text::{TokenKind, lex};

use super::Options;
use super::mutation;
use super::psql::{Psql, words};
use super::script::{Item, SENDERS, Script, copies_in, copies_out, interpolated};
use crate::claims::{Undescribed, compare, describe};
use crate::report::Counts;
use crate::session;

/// How long a server may take to recover.
const RECOVERY: Duration = Duration::from_secs(60);

/// The user and the database of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    user: String,
    database: String,
}

/// A suite that is being run.
pub(super) struct Runner<'o> {
    options: &'o Options,
    address: &'o Address,
    scratch: PathBuf,
    database: Database,
    target: Target,
    counts: Counts,
    /// Functions of the suite's own library, which no installation carries.
    missing: Vec<String>,
    file: String,
    number: usize,
}

impl<'o> Runner<'o> {
    pub(super) fn new(
        options: &'o Options,
        address: &'o Address,
        scratch: &Path,
    ) -> anyhow::Result<Self> {
        let target = Target {
            user: "postgres".to_owned(),
            database: "regression".to_owned(),
        };
        Ok(Self {
            options,
            address,
            scratch: scratch.to_owned(),
            database: open(address, &target)?,
            target,
            counts: Counts::default(),
            missing: Vec::new(),
            file: String::new(),
            number: 0,
        })
    }

    pub(super) fn finish(self) -> Counts {
        self.counts
    }

    /// Counts the statements of a file that is not run.
    pub(super) fn skip_file(&mut self, text: &str, reason: &str) {
        let statements = hathi_sql_text::statements(text);
        let answering = statements
            .into_iter()
            .filter(|range| answers(&text[range.clone()]));
        (0..answering.count()).for_each(|_| self.counts.skip(reason));
    }

    /// Runs a file in a fresh session, as psql would.
    pub(super) fn run(&mut self, file: &str, text: &str) -> anyhow::Result<()> {
        self.file = file.to_owned();
        self.number = 0;
        self.target = Target {
            user: "postgres".to_owned(),
            database: "regression".to_owned(),
        };
        self.reconnect()?;
        let before = (self.counts.statements, self.counts.violations.len());
        let mut psql = Psql::new(&self.options.suite, &self.scratch, self.options.major);
        let mut script = Script::new(text);
        while let Some(item) = script.next(&psql.variables) {
            match item {
                Item::Sql { text, data } if psql.is_active() => {
                    let text = text.trim().to_owned();
                    self.statement(&text, data.as_deref())?;
                }
                Item::Sql { .. } => {}
                Item::Command {
                    name,
                    rest,
                    pending,
                } => {
                    psql.follow(&name, &rest);
                    if psql.is_active() && !self.command(&mut psql, &name, &rest, &pending)? {
                        break;
                    }
                }
            }
        }
        let (statements, violations) = before;
        let broken = self.counts.violations.len() - violations;
        eprintln!(
            "{file:30} {:>6} statements, {broken} broken claims",
            self.counts.statements - statements
        );
        Ok(())
    }

    /// Follows a command; false if it ends the script.
    fn command(
        &mut self,
        psql: &mut Psql,
        name: &str,
        rest: &str,
        pending: &str,
    ) -> anyhow::Result<bool> {
        match name {
            "q" | "quit" => return Ok(false),
            "c" | "connect" => {
                let words = words(rest, &psql.variables);
                let word = |at: usize| {
                    words
                        .get(at)
                        .filter(|word| *word != "-" && !word.starts_with("-reuse"))
                };
                if let Some(database) = word(0) {
                    self.target.database.clone_from(database);
                }
                if let Some(user) = word(1) {
                    self.target.user.clone_from(user);
                }
                self.reconnect()?;
            }
            "copy" => {
                let sql = format!("COPY {}", interpolated(rest, &psql.variables));
                self.execute(&sql)?;
            }
            _ if SENDERS.contains(&name) && !pending.trim().is_empty() => {
                let Some(rows) = self.statement(pending.trim(), None)? else {
                    return Ok(true);
                };
                match name {
                    "gset" => set_variables(psql, rest, &rows),
                    "gexec" => {
                        for value in rows.rows.iter().flatten().flatten() {
                            let sql = String::from_utf8_lossy(value).into_owned();
                            self.statement(&sql, None)?;
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(true)
    }

    /// Runs a statement; if it can return rows, describes it before and compares.
    fn statement(&mut self, sql: &str, data: Option<&str>) -> anyhow::Result<Option<Rows>> {
        self.number += 1;
        if let Some(data) = data {
            let sql = self.copying(sql, data)?;
            return self.execute(&sql).map(|_| None);
        }
        if copies_out(sql).is_some()
            || !answers(sql)
            || self.database.transaction() == TransactionStatus::Failed
        {
            return Ok(self.execute(sql)?.and_then(Result::ok));
        }
        let described = describe(&mut self.database, sql);
        if matches!(described, Err(Undescribed::Lost)) {
            eprintln!(
                "{} {}: lost while describing: {sql}",
                self.file, self.number
            );
            self.counts.skip("the session was lost while it described");
            self.reconnect()?;
        }
        let Some(outcome) = self.execute(sql)? else {
            self.counts.skip("the session was lost while it ran");
            return Ok(None);
        };
        let place = format!("{} {}", self.file, self.number);
        match (outcome, described) {
            (Err(error), _) => self.refused(&error),
            (Ok(rows), Ok(description)) => {
                if description.columns.is_some() || !rows.columns.is_empty() {
                    compare(&mut self.counts, &place, sql, &description, &rows);
                }
                if self.options.mutate && self.database.transaction() == TransactionStatus::Idle {
                    mutation::run(
                        &mut self.database,
                        &mut self.counts,
                        &place,
                        sql,
                        &description,
                    );
                }
                return Ok(Some(rows));
            }
            (Ok(rows), Err(undescribed)) => {
                if !rows.columns.is_empty() {
                    self.undescribed(undescribed);
                }
                return Ok(Some(rows));
            }
        }
        Ok(None)
    }

    /// Counts a statement that has output, and of which nothing is claimed.
    fn undescribed(&mut self, undescribed: Undescribed) {
        match undescribed {
            Undescribed::Text(message) => {
                let words: Vec<&str> = message.split_whitespace().take(6).collect();
                *self.counts.unclaimed.entry(words.join(" ")).or_default() += 1;
            }
            Undescribed::Refused => self
                .counts
                .skip("it ran, but could not be described before"),
            Undescribed::Lost => {}
        }
    }

    /// Nothing came of it: on purpose, or because something is missing here.
    fn refused(&mut self, error: &ServerError) {
        let misses = self
            .missing
            .iter()
            .any(|name| error.message.contains(name.as_str()));
        if misses && error.message.contains("does not exist") {
            self.counts
                .skip("needs a function of the suite's own library");
        } else {
            self.counts.refused += 1;
        }
    }

    /// The same COPY from a file that the server can read.
    fn copying(&self, sql: &str, data: &str) -> anyhow::Result<String> {
        let path = self.scratch.join("copied.data");
        fs::write(&path, data).context("cannot write what is copied")?;
        let mut sql = sql.to_owned();
        if let Some(range) = copies_in(&sql) {
            sql.replace_range(range, &format!("'{}'", path.display()));
        }
        Ok(sql)
    }

    /// Executes; `None` if the session was lost, which is replaced then.
    fn execute(&mut self, sql: &str) -> anyhow::Result<Option<Result<Rows, Box<ServerError>>>> {
        let nothing = Rows {
            columns: Vec::new(),
            rows: Vec::new(),
        };
        match self.database.execute(sql) {
            Ok(Ok(results)) => Ok(Some(Ok(results.into_iter().next_back().unwrap_or(nothing)))),
            Ok(Err(Refusal::Copy)) => Ok(Some(Ok(nothing))),
            Ok(Err(Refusal::Server(error))) => {
                self.note_missing(sql, &error);
                Ok(Some(Err(error)))
            }
            Err(error) => {
                eprintln!("{} {}: {error}: {sql}", self.file, self.number);
                self.reconnect()?;
                Ok(None)
            }
        }
    }

    /// Remembers a function that could not be created without the suite's library.
    fn note_missing(&mut self, sql: &str, error: &ServerError) {
        if !error.message.contains("could not access file")
            && !error.message.contains("could not find function")
        {
            return;
        }
        let mut tokens = lex(sql).filter(|token| !token.kind.is_trivia());
        if tokens.any(|token| token.is_word(sql, "function"))
            && let Some(name) = tokens.next()
        {
            self.missing.push(name.text(sql).to_owned());
        }
    }

    fn reconnect(&mut self) -> anyhow::Result<()> {
        self.database = match open(self.address, &self.target) {
            Ok(database) => database,
            // The role or the database may not be let in: that is what some scripts try. Or the server starts again.
            Err(_) => {
                self.target = Target {
                    user: "postgres".to_owned(),
                    database: "regression".to_owned(),
                };
                reopened(self.address, &self.target)?
            }
        };
        Ok(())
    }
}

/// A server whose process for a session has died starts all over.
fn reopened(address: &Address, target: &Target) -> anyhow::Result<Database> {
    let deadline = Instant::now() + RECOVERY;
    loop {
        match open(address, target) {
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => thread::yield_now(),
            opened => return opened,
        }
    }
}

fn open(address: &Address, target: &Target) -> anyhow::Result<Database> {
    let url = address.socket_url_of(&target.database);
    let mut database = session::connect_as(&url, &target.user)?;
    session::run(&mut database, "SET debug_print_rewritten = off")?;
    Ok(database)
}

/// Whether a statement may return rows, by its first word.
fn answers(sql: &str) -> bool {
    const WORDS: &[&str] = &[
        "select", "values", "table", "with", "insert", "update", "delete", "merge", "show",
        "explain", "fetch", "execute", "call",
    ];
    let mut tokens = lex(sql).filter(|token| !token.kind.is_trivia());
    let first = tokens.find(|token| token.kind != TokenKind::OpenParenthesis);
    first.is_some_and(|token| WORDS.iter().any(|word| token.is_word(sql, word)))
}

/// `\gset`: the values of the only row become variables.
fn set_variables(psql: &mut Psql, prefix: &str, rows: &Rows) {
    let [row] = rows.rows.as_slice() else { return };
    for (name, value) in rows.columns.iter().zip(row) {
        let name = format!("{prefix}{name}");
        match value {
            Some(value) => psql
                .variables
                .insert(name, String::from_utf8_lossy(value).into_owned()),
            None => psql.variables.remove(&name),
        };
    }
}
