//! A session on a private server, which describes and executes.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use hathi_describe::{Database, Dsn, Limits, Refusal, Rows};
use hathi_local::{OwnedServer, Server};

/// A private server of a major; its settings make it fast and forgetful.
pub(crate) fn server(major: u32, settings: &[(&str, &str)]) -> anyhow::Result<OwnedServer> {
    let mut server = Server::owned()
        .major(major)
        .progress(|step| eprintln!("{step}"));
    for (name, value) in settings {
        server = server.setting(*name, *value);
    }
    server
        .start()
        .with_context(|| format!("PostgreSQL {major} is needed"))
}

/// Connects to a URL.
pub(crate) fn connect(url: &str) -> anyhow::Result<Database> {
    let dsn = url
        .parse()
        .context("a server's own URL is not understood")?;
    Ok(Database::connect(&dsn, Limits::default())?)
}

/// Connects to a URL as another user.
pub(crate) fn connect_as(url: &str, user: &str) -> anyhow::Result<Database> {
    let mut dsn: Dsn = url
        .parse()
        .context("a server's own URL is not understood")?;
    dsn.user = Some(user.to_owned());
    let limits = Limits {
        answer: Duration::from_secs(120),
        ..Limits::default()
    };
    Ok(Database::connect(&dsn, limits)?)
}

/// Executes what has to succeed, and returns the rows of its last statement.
pub(crate) fn run(database: &mut Database, sql: &str) -> anyhow::Result<Rows> {
    match database.execute(sql)? {
        Ok(mut results) => Ok(results.pop().unwrap_or(Rows {
            columns: Vec::new(),
            rows: Vec::new(),
        })),
        Err(Refusal::Server(error)) => Err(anyhow!("{sql}: {error}")),
        Err(Refusal::Copy) => Err(anyhow!("{sql}: it copies")),
    }
}

/// The values of rows as text, NULL as nothing.
pub(crate) fn texts(rows: Rows) -> Vec<Vec<String>> {
    let text =
        |value: Option<Vec<u8>>| String::from_utf8_lossy(&value.unwrap_or_default()).into_owned();
    rows.rows
        .into_iter()
        .map(|row| row.into_iter().map(text).collect())
        .collect()
}
