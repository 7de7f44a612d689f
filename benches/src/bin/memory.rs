//! Shows that a big stream is not gathered anywhere: the peak memory of a process that reads one slowly, and how soon a
//! session is free when such a stream is dropped.
//!
//! `cargo run --profile bench -p hathi-benches --bin memory` starts a server, and itself as the process that is looked
//! at: `memory <url>`. Linux tells the peak of a process; elsewhere there is an error.

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use hathi::sql::{Int4, Text};
use hathi::{Config, Query, Rows, Session, sql};
use hathi_local::Server;

type Failure = Box<dyn std::error::Error>;

/// Five million rows of a hundred bytes.
const ROWS: i32 = 5_000_000;
const BIG: Query<(Int4,), String> = Query::raw(
    "SELECT repeat('x', 100) FROM generate_series(1, $1)",
    (sql::int4,),
    sql::text,
);
const WAITS: Query<(Int4,), i64> = Query::raw(
    "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'",
    (sql::int4,),
    sql::int8,
);
const ONE: Query<(), i32> = Query::raw("SELECT 1", (), sql::int4);

/// The reader lets others run after so many rows, …
const ROWS_PER_YIELD: i32 = 1_000;
/// … and after so many it reads nothing until the server has to wait for it.
const ROWS_PER_PAUSE: i32 = 500_000;

const PEAK_BUDGET_KIB: u64 = 64 * 1024;
const FREE_BUDGET: Duration = Duration::from_millis(100);

fn main() -> Result<ExitCode, Failure> {
    let Some(url) = std::env::args().nth(1) else {
        return look_at_another();
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work(&url.parse()?))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs this program again as the process that does nothing but to read, and holds what it reports against the budgets.
fn look_at_another() -> Result<ExitCode, Failure> {
    let server = Server::owned().tcp().start()?;
    let run = Command::new(std::env::current_exe()?)
        .arg(server.url())
        .output()?;
    server.stop()?;
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into());
    }
    let words = String::from_utf8(run.stdout)?;
    let number = |name: &str| {
        let found = words.lines().find_map(|line| line.strip_prefix(name));
        let found = found.ok_or_else(|| format!("the process said no {name:?}: {words}"))?;
        Ok::<u64, Failure>(found.trim().parse()?)
    };
    let (peak, freed) = (number("peak_kib")?, number("freed_us")?);
    let budget = u64::try_from(FREE_BUDGET.as_micros())?;
    report(&format!("{:<45} {:>8} {:>8}", "", "found", "budget"));
    report(&format!(
        "{:<45} {peak:>8} {PEAK_BUDGET_KIB:>8}",
        "peak memory of a stream of 500 MB, KiB"
    ));
    report(&format!(
        "{:<45} {freed:>8} {budget:>8}",
        "a session is free after a dropped stream, µs"
    ));
    Ok(if peak <= PEAK_BUDGET_KIB && freed <= budget {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn work(config: &Config) -> Result<(), Failure> {
    let mut session = Session::connect(config).await?;
    let mut witness = Session::connect(config).await?;
    let process = i32::try_from(session.process().ok_or("the server has no process")?)?;
    let rows = session.stream(BIG.bind((ROWS,)));
    let read = read_slowly(rows, &mut witness, process).await?;
    if read != ROWS {
        return Err(format!("expected {ROWS} rows, found {read}").into());
    }
    report(&format!("peak_kib {}", peak()?));

    let mut rows = session.stream(BIG.bind((ROWS,)));
    for _ in 0..10 {
        black_box(rows.lend().await?);
    }
    drop(rows);
    let dropped = Instant::now();
    session.fetch_one(ONE).await?;
    report(&format!("freed_us {}", dropped.elapsed().as_micros()));
    session.close().await?;
    Ok(witness.close().await?)
}

/// Reads all rows, half of them owned, with pauses in which the server fills everything between it and us.
async fn read_slowly(
    mut rows: Rows<'_, String>,
    witness: &mut Session,
    process: i32,
) -> Result<i32, Failure> {
    let mut read = 0;
    loop {
        let length = if read % 2 == 0 {
            rows.next().await.transpose()?.map(|row| row.len())
        } else {
            let row = rows.lend().await?;
            row.map(|row| row.get::<Text, &str>(0).map(str::len))
                .transpose()?
        };
        match length {
            Some(100) => read += 1,
            Some(length) => return Err(format!("expected 100 bytes, found {length}").into()),
            None => return Ok(read),
        }
        if read % ROWS_PER_YIELD == 0 {
            tokio::task::yield_now().await;
        }
        if read % ROWS_PER_PAUSE == 0 && read < ROWS {
            while witness.fetch_one(WAITS.bind((process,))).await? == 0 {}
        }
    }
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
