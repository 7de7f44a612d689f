//! Holds what the analysis claims against what servers return, and writes its table of built-in functions.
//!
//! It is called by `cargo xtask soundness` and `cargo xtask builtins`.

mod builtins;

mod random;
mod session;

use std::env;
use std::process::ExitCode;

use anyhow::bail;

const HELP: &str = "\
Usage: cargo xtask builtins [--check]
       cargo xtask soundness …
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
        _ => bail!("expected what to do\n\n{HELP}"),
    }
}
