//! Brings a private server to the state that the folder of migrations describes.

use std::ops::Range;
use std::time::Duration;

use hathi::{Config, Error, Session};
use hathi_query_cache::{Diagnostic, ServerWords};
use hathi_sql_text::{character_offset, lex, statements};

use super::Migration;
use super::history::{self, CREATE, Record};
use crate::failure::Failure;
use crate::output::progress;

/// One number for all: whoever applies migrations to a server holds the lock of this name.
const LOCK: &str = "SET lock_timeout = '60s'; SELECT pg_advisory_lock(7526769894436991)";

/// Takes back what a script has set for the session; the lock stays.
const RESET: &str = "RESET ROLE; RESET SESSION AUTHORIZATION; RESET ALL";

/// A script may fill tables; it may not take for ever.
const SCRIPT_LIMIT: Duration = Duration::from_secs(600);

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// The names of the scripts that were applied by this call.
    pub(crate) new: Vec<String>,
    /// How many had been applied before.
    pub(crate) before: usize,
}

/// Applies the scripts that the server lacks, each in a transaction of its own.
pub(crate) fn apply(url: &str, migrations: &[Migration]) -> Result<Applied, Failure> {
    wait(async {
        let mut session = open(url).await?;
        run(
            &mut session,
            LOCK,
            "the lock of the migrations cannot be had",
        )
        .await?;
        run(&mut session, RESET, "the session cannot be set up").await?;
        run(
            &mut session,
            CREATE,
            "the table of migrations cannot be created",
        )
        .await?;
        let records = records(&mut session).await?;
        let pending = missing(migrations, &records)?;
        let mut applied = Applied {
            before: records.len(),
            ..Applied::default()
        };
        for migration in pending {
            progress(format_args!("applying {}", migration.file_name));
            apply_one(&mut session, migration).await?;
            applied.new.push(migration.file_name.clone());
        }
        // What was applied stays applied, however the farewell goes.
        let _ = session.close().await;
        Ok(applied)
    })
}

/// How many scripts the server has, and the names of those it lacks.
pub(crate) fn pending(
    url: &str,
    migrations: &[Migration],
) -> Result<(usize, Vec<String>), Failure> {
    wait(async {
        let mut session = open(url).await?;
        run(
            &mut session,
            CREATE,
            "the table of migrations cannot be created",
        )
        .await?;
        let records = records(&mut session).await?;
        let _ = session.close().await;
        let pending = missing(migrations, &records)?;
        let names = pending
            .into_iter()
            .map(|migration| migration.file_name.clone());
        Ok((records.len(), names.collect()))
    })
}

fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|error| Failure::no_runtime(&error))?
        .block_on(work)
}

async fn open(url: &str) -> Result<Session, Failure> {
    let failure = |error: Error| Failure::session("the private server cannot be reached", &error);
    let config: Config = url.parse().map_err(failure)?;
    let config = config
        .application_name("cargo hathi")
        .call_limit(Some(SCRIPT_LIMIT));
    Session::connect(&config).await.map_err(failure)
}

async fn run(session: &mut Session, sql: &str, problem: &str) -> Result<(), Failure> {
    let done = session.simple(sql).await;
    done.map(drop)
        .map_err(|error| Failure::session(problem, &error))
}

async fn records(session: &mut Session) -> Result<Vec<Record>, Failure> {
    let records = history::records(session).await;
    records.map_err(|error| Failure::session("the table of migrations cannot be read", &error))
}

/// The scripts that the server lacks, if it has none but the first ones of the folder, as they are.
fn missing<'m>(
    migrations: &'m [Migration],
    records: &[Record],
) -> Result<Vec<&'m Migration>, Failure> {
    for record in records {
        let found = migrations
            .iter()
            .find(|migration| migration.version == record.version);
        let name = &record.file_name;
        match found {
            None => {
                let what = format!(
                    "the private server has {name}, which is no longer in the folder of migrations"
                );
                return Err(Failure::other_history(&what));
            }
            Some(found) if found.checksum != record.checksum => {
                let what = format!(
                    "{} has changed since it was applied to the private server",
                    found.file_name
                );
                return Err(Failure::other_history(&what));
            }
            Some(_) => {}
        }
    }
    let is_missing = |migration: &&Migration| {
        records
            .iter()
            .all(|record| record.version != migration.version)
    };
    let missing: Vec<&Migration> = migrations.iter().filter(is_missing).collect();
    match (missing.first(), records.last()) {
        (Some(first), Some(last)) if first.version < last.version => {
            let what = format!(
                "{} comes before {}, which the private server has",
                first.file_name, last.file_name
            );
            Err(Failure::other_history(&what))
        }
        _ => Ok(missing),
    }
}

async fn apply_one(session: &mut Session, migration: &Migration) -> Result<(), Failure> {
    let Migration { path, text, .. } = migration;
    run(session, "BEGIN", "no transaction can be begun").await?;
    if let Err(error) = session.simple(text).await {
        let mut mistake = mistake(&error, text);
        if mistake.place.is_none() {
            mistake.place = blame(session, text).await;
        }
        return Err(Failure::script(mistake, path, text));
    }
    let remember = format!("{RESET}; {}", history::remember(migration));
    run(
        session,
        &remember,
        "the table of migrations cannot be written",
    )
    .await?;
    // Deferred constraints are checked here.
    let committed = session.simple("COMMIT").await;
    committed.map_err(|error| Failure::script(mistake(&error, text), path, text))?;
    Ok(())
}

/// Which statement the server refuses, if it does not say so: they are tried again one by one, and taken back.
async fn blame(session: &mut Session, script: &str) -> Option<Range<usize>> {
    session.simple("ROLLBACK; BEGIN").await.ok()?;
    for statement in statements(script) {
        let sql = script.get(statement.clone())?;
        if session.simple(sql).await.is_err() {
            let first_line = sql.lines().next().unwrap_or(sql).trim_end().len();
            return Some(statement.start..statement.start + first_line);
        }
    }
    None
}

/// The server's words, at their place in the script.
fn mistake(error: &Error, script: &str) -> Diagnostic {
    let Some(server) = error.server() else {
        let words = error.to_string();
        return Diagnostic {
            message: words.lines().next().unwrap_or_default().to_owned(),
            ..Diagnostic::default()
        };
    };
    let words = ServerWords {
        message: &server.message,
        sqlstate: server.code.code(),
        detail: server.detail.as_deref(),
        hint: server.hint.as_deref(),
    };
    let position = server
        .position
        .and_then(|position| usize::try_from(position).ok());
    let place = position.map(|position| {
        let start = character_offset(script, position);
        let token = lex(script).find(|token| token.end > start);
        start..token.map_or(start, |token| token.end)
    });
    Diagnostic::server_error(words, place)
}
