//! Holds what the analysis claims against what servers return, and writes its table of built-in functions and the dumps
//! that its tests read.
//!
//! It is called by `cargo xtask soundness`, `cargo xtask builtins` and `cargo xtask dumps`.

mod builtins;
mod cost;
mod dumps;
mod fuzz;
mod suite;

mod claims;
mod options;
mod random;
mod report;
mod session;

use std::env;
use std::process::ExitCode;

use anyhow::bail;

pub(crate) const HELP: &str = "\
Usage: cargo xtask builtins [--check] [--verdicts <file>]
       cargo xtask dumps [--check]
       cargo xtask soundness --suite <folder> [--major <n>] [--mutate] [--only <file>,…] [--violations <folder>]
       cargo xtask soundness --random [--major <n>] [--seed <n>] [--minutes <n>] [--violations <folder>]
       cargo xtask soundness --cost [--major <n>] [--seed <n>]

  --suite <folder>       run PostgreSQL's own regression suite, src/test/regress of its source, and compare what is
                         claimed of each statement with what it returns
  --major <n>            the server's major; of the suite, unless it is given
  --mutate               run each query again over data that holds NULL wherever constraints allow it
  --only <file>,…        only these files of the suite
  --random               make schemas, rows and statements at random, the same for the same seed
  --seed <n>             the first seed; each schema has one of its own
  --minutes <n>          how long, 1 unless it is given
  --cost                 measure what analysis adds to having a statement prepared and described
  --violations <folder>  write each broken claim into a file of its own
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    match arguments.split_first() {
        Some((chore, rest)) if chore == "builtins" => builtins::run(rest),
        Some((chore, rest)) if chore == "dumps" => dumps::run(rest),
        Some((chore, rest)) if chore == "soundness" => options::run(rest),
        _ => bail!("expected what to do\n\n{HELP}"),
    }
}
