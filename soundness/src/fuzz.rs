//! `cargo xtask soundness --random`: random schemas, rows and statements, and what is claimed of them held against what
//! comes back.

mod change;
mod choices;
mod expression;
mod from;
mod query;
mod schema;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hathi_describe::{Database, Refusal};

use crate::claims::{Undescribed, broken, compare, describe};
use crate::random::Random;
use crate::report::{Counts, Violation};
use crate::session;
use choices::{Choices, shrink};
use query::Writer;
use schema::Schema;

/// What `--random` was asked to do.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) major: u32,
    pub(crate) seed: u64,
    pub(crate) minutes: u64,
    /// Where broken claims are written, one file each.
    pub(crate) violations: Option<PathBuf>,
}

/// So many statements are tried on each schema.
const STATEMENTS: u64 = 400;

/// A broken claim is made small by trying no more than so many others.
const ATTEMPTS: usize = 600;

/// What happened to statements that were not compared.
type Errors = BTreeMap<String, usize>;

/// Runs for some minutes.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let server = session::server(options.major, &[("fsync", "off"), ("autovacuum", "off")])?;
    let end = Instant::now() + Duration::from_secs(60 * options.minutes);
    let mut counts = Counts::default();
    let mut errors = Errors::new();
    let mut seed = options.seed;
    while Instant::now() < end {
        on_schema(options, &server.url(), seed, end, &mut counts, &mut errors)?;
        eprintln!(
            "seed {seed}: {} statements, {} broken claims",
            counts.statements,
            counts.violations.len()
        );
        seed += 1;
    }
    for violation in &counts.violations {
        eprintln!("\n{violation}");
    }
    if let Some(folder) = &options.violations {
        counts.write_violations(folder, options.major)?;
    }
    let mut errors: Vec<(String, usize)> = errors.into_iter().collect();
    errors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (error, count) in errors.iter().take(12) {
        eprintln!("{count:>7} {error}");
    }
    eprintln!(
        "\nPostgreSQL {}, seeds {} to {}\n{counts}",
        options.major,
        options.seed,
        seed.saturating_sub(1)
    );
    Ok(if counts.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Tries statements on one schema.
fn on_schema(
    options: &Options,
    url: &str,
    seed: u64,
    end: Instant,
    counts: &mut Counts,
    errors: &mut Errors,
) -> anyhow::Result<()> {
    let mut database = session::connect(url)?;
    let mut choices = Choices::drawn(Random::new(seed));
    let schema = Schema::draw(&mut choices, options.major);
    set_up(&mut database, &schema)?;
    for number in 0..STATEMENTS {
        if Instant::now() > end {
            break;
        }
        let random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let mut writer = Writer::new(&schema, Choices::drawn(random), options.major);
        let sql = writer.statement();
        let made = writer.choices.made().to_vec();
        match tried(&mut database, &sql) {
            Tried::Compared(description, rows) => {
                let place = format!("seed {seed}, statement {number}");
                if broken(&description, &rows).is_empty() {
                    compare(counts, &place, &sql, &description, &rows);
                } else {
                    counts.statements += 1;
                    let violation = smallest(&mut database, &schema, options.major, made, place);
                    counts.violations.extend(violation);
                }
            }
            Tried::Refused(message) => {
                counts.refused += 1;
                *errors.entry(message).or_default() += 1;
            }
            Tried::Undescribed(reason) => {
                eprintln!("{reason}: {sql}");
                counts.skip(&reason);
            }
            Tried::Lost => {
                eprintln!("the session was lost: {sql}");
                counts.skip("the session was lost");
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Statements over one schema, and a session in which that is there: for what is measured.
pub(crate) fn sample(
    url: &str,
    major: u32,
    seed: u64,
    count: u64,
) -> anyhow::Result<(Database, Vec<String>)> {
    let mut database = session::connect(url)?;
    let schema = Schema::draw(&mut Choices::drawn(Random::new(seed)), major);
    set_up(&mut database, &schema)?;
    let statement =
        |number| Writer::new(&schema, Choices::drawn(Random::new(number)), major).statement();
    Ok((database, (0..count).map(statement).collect()))
}

/// Makes a schema of its own for a session.
fn set_up(database: &mut Database, schema: &Schema) -> anyhow::Result<()> {
    session::run(
        database,
        "DROP SCHEMA IF EXISTS fuzz CASCADE; CREATE SCHEMA fuzz; SET search_path = fuzz, pg_catalog",
    )?;
    session::run(
        database,
        "SET debug_print_rewritten = off; SET statement_timeout = '5s'; SET client_min_messages = error",
    )?;
    for sql in &schema.statements {
        let outcome = database.execute(sql)?;
        // Rows may be refused by a constraint; everything else has to be there.
        if let Err(Refusal::Server(error)) = outcome
            && !sql.starts_with("INSERT")
            && !sql.starts_with("CREATE UNIQUE INDEX")
        {
            anyhow::bail!("{sql}: {error}");
        }
    }
    session::run(
        database,
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fuzzer') THEN CREATE ROLE fuzzer; END IF; END $$; \
         GRANT ALL ON SCHEMA fuzz TO fuzzer; GRANT ALL ON ALL TABLES IN SCHEMA fuzz TO fuzzer; \
         GRANT ALL ON ALL SEQUENCES IN SCHEMA fuzz TO fuzzer; SET ROLE fuzzer",
    )?;
    Ok(())
}

/// What became of a statement.
enum Tried {
    Compared(Box<hathi_query_cache::Description>, hathi_describe::Rows),
    Refused(String),
    Undescribed(String),
    Lost,
}

/// Describes a statement, runs it, and takes back what it did.
fn tried(database: &mut Database, sql: &str) -> Tried {
    let description = match describe(database, sql) {
        Ok(description) => description,
        Err(Undescribed::Lost) => return Tried::Lost,
        Err(Undescribed::Text(reason)) => return Tried::Undescribed(reason),
        Err(Undescribed::Refused) => {
            return match database.execute(&format!("EXPLAIN {sql}")) {
                Ok(Err(Refusal::Server(error))) => Tried::Refused(error.message.clone()),
                Ok(_) => {
                    Tried::Undescribed("the server takes it, and it was not described".to_owned())
                }
                Err(_) => Tried::Lost,
            };
        }
    };
    if database.execute("BEGIN").is_err() {
        return Tried::Lost;
    }
    let outcome = database.execute(sql);
    if database.execute("ROLLBACK").is_err() {
        return Tried::Lost;
    }
    match outcome {
        Ok(Ok(results)) => match results.into_iter().next_back() {
            Some(rows) => Tried::Compared(Box::new(description), rows),
            None => Tried::Undescribed("it returns nothing".to_owned()),
        },
        Ok(Err(Refusal::Server(error))) => Tried::Refused(error.message.clone()),
        Ok(Err(Refusal::Copy)) | Err(_) => Tried::Lost,
    }
}

/// The smallest statement that breaks a claim, of those that fewer choices make.
fn smallest(
    database: &mut Database,
    schema: &Schema,
    major: u32,
    made: Vec<u32>,
    place: String,
) -> Option<Violation> {
    let mut attempts = 0;
    let mut found = None;
    shrink_all(made, |made| {
        attempts += 1;
        if attempts > ATTEMPTS {
            return false;
        }
        let sql = Writer::new(schema, Choices::again(made.to_vec()), major).statement();
        let Tried::Compared(description, rows) = tried(database, &sql) else {
            return false;
        };
        let first = broken(&description, &rows).into_iter().next();
        let holds = first.is_some();
        if let Some((claim, truth)) = first {
            found = Some((sql, claim, truth));
        }
        holds
    });
    let (sql, claim, truth) = found?;
    let used = |statement: &&String| {
        let own = statement.split([' ', '(']).nth(2).unwrap_or_default();
        sql.contains(own)
            || statement.starts_with("CREATE VIEW")
            || statement.starts_with("CREATE TRIGGER")
    };
    let schema: Vec<&str> = schema
        .statements
        .iter()
        .filter(used)
        .map(String::as_str)
        .collect();
    Some(Violation {
        place,
        sql: format!("{sql};\n\n{};", schema.join(";\n")),
        claim,
        truth,
    })
}

/// The statement as it was found is tried first, so that there is always something to report.
fn shrink_all(made: Vec<u32>, mut holds: impl FnMut(&[u32]) -> bool) {
    if holds(&made) {
        shrink(made, holds);
    }
}
