//! The chores of this workspace: tidy, test, ci, generators.

mod cargo;
mod ci;
mod generate;
mod postgres;
mod soundness;
mod stuck;
mod test;
mod tidy;

use std::env;
use std::process::ExitCode;

use anyhow::bail;

const HELP: &str = "\
The chores of this workspace.

Usage: cargo xtask <chore>

  test [arguments]      run every test of the workspace; the last line counts them
                        (arguments go to `cargo test` instead of `--workspace`)
  tidy                  hold the tree against the rules that no compiler checks
  futures               list the public futures of the runtime
  ci                    run what CI runs, step by step
  generate [what]       write the tables that come from PostgreSQL's own files;
                        `generate --help` says more
  builtins [--check]    call every function of PostgreSQL with edge values, and write
                        which of them are never NULL
  dumps [--check]       record how every major prints the statements of
                        describe/tests/golden
  soundness [what]      hold what the analysis claims against what servers return;
                        `soundness --help` says more
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
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("--help", arguments),
    };
    match chore {
        "test" => test::run(rest),
        "tidy" => tidy::run(rest),
        "futures" => tidy::list_futures(rest),
        "ci" => ci::run(rest),
        "generate" => generate::run(rest),
        "builtins" | "dumps" | "soundness" => soundness::run(chore, rest),
        "help" | "--help" | "-h" => {
            eprint!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("there is no chore `{chore}`\n\n{HELP}"),
    }
}
