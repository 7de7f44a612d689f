//! What COPY costs beside psql's `\copy` of the same file: time, and the peak memory of a process that does nothing else.
//!
//! `cargo run --profile bench -p hathi-benches --bin copy [ROWS]` starts a server, and itself as the process that is
//! looked at. It needs `psql` on the path. Linux tells the peak of a process; elsewhere there is an error.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use hathi::sql::{Float8, Int8, Text};
use hathi::{CopyIn, CopyOptions, CopyOut, Session, sql};
use hathi_local::Server;

type Failure = Box<dyn Error>;

const ROWS: u64 = 5_000_000;
const ROUNDS: u32 = 3;
const PEAK_BUDGET_KIB: u64 = 64 * 1024;

const FORMATS: [(&str, CopyOptions); 3] = [
    ("text", CopyOptions::text()),
    ("csv", CopyOptions::csv()),
    ("binary", CopyOptions::binary()),
];

const INTO: CopyIn<(Int8, Text, Float8)> =
    CopyIn::raw("target (id, name, x)", (sql::int8, sql::text, sql::float8));
const FROM: CopyOut<(i64, String, f64)> =
    CopyOut::raw("source (id, name, x)", (sql::int8, sql::text, sql::float8));

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => compare(ROWS),
        [rows] => compare(rows.parse()?),
        [url, work, format, file, rows] => {
            let options = FORMATS.iter().find(|(name, _)| name == format);
            let (_, options) = options.ok_or("no such format")?;
            let work = copy(url, work, *options, Path::new(file), rows.parse()?);
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?
                .block_on(work)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("expected a number of rows, or nothing".into()),
    }
}

/// Does one thing and says how long it took and how much memory it had.
async fn copy(
    url: &str,
    work: &str,
    options: CopyOptions,
    file: &Path,
    rows: u64,
) -> Result<(), Failure> {
    let mut session = Session::connect(&url.parse()?).await?;
    let begun = Instant::now();
    let copied = match work {
        "out" => {
            let file = tokio::fs::File::create(file).await?;
            session.copy_out_to(FROM.with(options), file).await?
        }
        "in" => {
            let file = tokio::fs::File::open(file).await?;
            session.copy_in_from(INTO.with(options), file).await?
        }
        "typed-out" => {
            let mut copied = 0;
            let mut rows = session.copy_out(FROM.with(options));
            while let Some(row) = rows.next().await {
                std::hint::black_box(row?);
                copied += 1;
            }
            copied
        }
        "typed-in" => {
            let rows = (1..=i64::try_from(rows)?).map(|id| {
                let part = i32::try_from(id % 1_000_003).unwrap_or(0);
                (id, NAME, f64::from(part) / 7.0)
            });
            session.copy_in_rows(INTO.with(options), rows).await?
        }
        _ => return Err("no such work".into()),
    };
    if copied != rows {
        return Err(format!("expected {rows} rows, found {copied}").into());
    }
    let time = begun.elapsed();
    session.close().await?;
    report(&format!("{} {}", time.as_millis(), peak()?));
    Ok(())
}

const NAME: &str = "somebody with a name";

fn compare(rows: u64) -> Result<ExitCode, Failure> {
    let server = Server::owned().tcp().start()?;
    let url = server.url();
    let folder = std::env::temp_dir().join(format!("hathi-copy-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let compared = compare_all(&url, &folder, rows);
    std::fs::remove_dir_all(&folder)?;
    server.stop()?;
    Ok(if compared? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether everything stayed within the budgets.
fn compare_all(url: &str, folder: &Path, rows: u64) -> Result<bool, Failure> {
    psql(
        url,
        &format!(
            "CREATE UNLOGGED TABLE source (id int8 NOT NULL, name text NOT NULL, x float8 NOT NULL);
             CREATE UNLOGGED TABLE target (LIKE source);
             INSERT INTO source SELECT i, '{NAME}', (i % 1000003) / 7.0::float8 FROM generate_series(1, {rows}) i;
             VACUUM ANALYZE source"
        ),
    )?;
    report(&format!(
        "{:<16} {:>9} {:>9} {:>7} {:>9}",
        "", "hathi, ms", "psql, ms", "ratio", "peak, KiB"
    ));
    let mut holds = true;
    for (format, _) in FORMATS {
        let file = folder.join(format!("source.{format}"));
        for work in ["out", "in", "typed-out", "typed-in"] {
            let (mut ours, mut theirs, mut peak) = (Duration::MAX, Duration::MAX, 0);
            // Side by side, and the best of each: what else the machine does hits both.
            for _ in 0..ROUNDS {
                // To empty a large file takes time: both find none.
                let fresh = || match work {
                    "out" => std::fs::remove_file(&file).or_else(absent),
                    _ => Ok(()),
                };
                fresh()?;
                theirs = theirs.min(match work {
                    "out" => psql_copy(url, &format!("source to '{}'", file.display()), format)?,
                    "in" => {
                        psql(url, "TRUNCATE target")?;
                        psql_copy(url, &format!("target from '{}'", file.display()), format)?
                    }
                    _ => Duration::ZERO,
                });
                if work.ends_with("in") {
                    psql(url, "TRUNCATE target")?;
                }
                fresh()?;
                let (time, most) = itself(url, work, format, &file, rows)?;
                ours = ours.min(time);
                peak = peak.max(most);
            }
            let ratio = match theirs.is_zero() {
                true => String::new(),
                false => format!("{:.2}", ours.as_secs_f64() / theirs.as_secs_f64()),
            };
            report(&format!(
                "{:<16} {:>9} {:>9} {ratio:>7} {peak:>9}",
                format!("{format} {work}"),
                ours.as_millis(),
                theirs.as_millis(),
            ));
            holds &= peak <= PEAK_BUDGET_KIB;
        }
        std::fs::remove_file(&file)?;
    }
    Ok(holds)
}

fn absent(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

/// Runs this program again: the time and the peak that it says.
fn itself(
    url: &str,
    work: &str,
    format: &str,
    file: &Path,
    rows: u64,
) -> Result<(Duration, u64), Failure> {
    let run = Command::new(std::env::current_exe()?)
        .args([url, work, format])
        .arg(file)
        .arg(rows.to_string())
        .output()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into());
    }
    let words = String::from_utf8(run.stdout)?;
    let (time, peak) = words
        .trim()
        .split_once(' ')
        .ok_or("the process said no two numbers")?;
    Ok((Duration::from_millis(time.parse()?), peak.parse()?))
}

fn psql_copy(url: &str, what: &str, format: &str) -> Result<Duration, Failure> {
    let begun = Instant::now();
    psql(url, &format!("\\copy {what} with (format {format})"))?;
    Ok(begun.elapsed())
}

fn psql(url: &str, command: &str) -> Result<(), Failure> {
    let mut statements: Vec<PathBuf> = Vec::new();
    for statement in command.split(';') {
        statements.extend(["-c".into(), statement.trim().into()]);
    }
    let run = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url])
        .args(statements)
        .output()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into());
    }
    Ok(())
}

/// The most memory that this process ever had, in KiB.
fn peak() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
    Ok(line
        .ok_or("found no VmHWM in /proc/self/status")?
        .trim()
        .parse()?)
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to its caller")]
fn report(line: &str) {
    println!("{line}");
}
