//! `cargo xtask ci`: what CI runs, step by step, with times, and the step that failed by its name.

use std::env;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::cargo::{cargo, root, words};
use crate::{test, tidy};

struct Step {
    name: &'static str,
    run: fn() -> anyhow::Result<Outcome>,
}

#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    /// The step's program is not on this machine: what to do about it.
    Missing(&'static str),
}

/// In the order of what fails fastest.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        run: || finishes(&mut [cargo().args(["fmt", "--all", "--check"])]),
    },
    Step {
        name: "tidy",
        run: || {
            Ok(if tidy::is_tidy()? {
                Outcome::Passed
            } else {
                Outcome::Failed
            })
        },
    },
    Step {
        name: "typos",
        run: || {
            tool(
                Command::new("typos").current_dir(root()),
                "cargo install typos-cli",
            )
        },
    },
    Step {
        name: "deny",
        run: || tool(cargo().args(["deny", "check"]), "cargo install cargo-deny"),
    },
    Step {
        name: "clippy",
        run: clippy,
    },
    Step {
        name: "docs",
        run: docs,
    },
    Step {
        name: "offline",
        run: offline,
    },
    Step {
        name: "test",
        run: || {
            Ok(if test::everything()?.is_success() {
                Outcome::Passed
            } else {
                Outcome::Failed
            })
        },
    },
];

/// `cargo xtask ci`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(
        arguments.is_empty(),
        "`ci` takes no arguments: it runs everything"
    );
    let mut outcomes = Vec::new();
    for step in STEPS {
        eprintln!("\n== {}", step.name);
        let started = Instant::now();
        let outcome = (step.run)().unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Outcome::Failed
        });
        outcomes.push((step.name, outcome, started.elapsed()));
    }
    eprintln!("\n{}", summary(&outcomes));
    let strict = env::var_os("CI").is_some();
    let failed = outcomes.iter().any(|(_, outcome, _)| match outcome {
        Outcome::Passed => false,
        Outcome::Failed => true,
        Outcome::Missing(_) => strict,
    });
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn summary(outcomes: &[(&str, Outcome, Duration)]) -> String {
    let mut lines = Vec::new();
    for (name, outcome, took) in outcomes {
        let words = match outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed => "FAILED".to_owned(),
            Outcome::Missing(install) => format!("NOT RUN: its program is missing, `{install}`"),
        };
        lines.push(format!("{name:8} {:7.1} s  {words}", took.as_secs_f64()));
    }
    lines.join("\n")
}

/// All features together, then each crate as small as it can be.
fn clippy() -> anyhow::Result<Outcome> {
    let deny = ["--", "--deny", "warnings"];
    finishes(&mut [
        cargo()
            .args(["clippy", "--workspace", "--all-targets", "--all-features"])
            .args(deny),
        cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(deny),
        cargo()
            .args(["clippy", "--package", "hathi", "--no-default-features"])
            .args(deny),
        cargo()
            .args(["clippy", "--package", "hathi-wire", "--no-default-features"])
            .args(deny),
        cargo()
            .args([
                "clippy",
                "--package",
                "hathi-macros",
                "--no-default-features",
            ])
            .args(deny),
    ])
}

fn docs() -> anyhow::Result<Outcome> {
    finishes(&mut [cargo()
        .args(["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "--deny warnings")])
}

/// The committed cache alone is enough to build the examples.
fn offline() -> anyhow::Result<Outcome> {
    finishes(&mut [cargo()
        .args(["build", "--package", "quickstart"])
        .args(["--package", "transfer", "--package", "web-service"])
        .args(["--package", "worker", "--package", "bulk-load"])
        .env("HATHI_OFFLINE", "1")])
}

fn finishes(commands: &mut [&mut Command]) -> anyhow::Result<Outcome> {
    for command in commands {
        eprintln!("{}", words(command));
        let status = command
            .status()
            .with_context(|| format!("cannot start `{}`", words(command)))?;
        if !status.success() {
            return Ok(Outcome::Failed);
        }
    }
    Ok(Outcome::Passed)
}

/// A step whose program does not come with Rust.
fn tool(command: &mut Command, install: &'static str) -> anyhow::Result<Outcome> {
    let mut version = Command::new(command.get_program());
    let subcommand = command
        .get_args()
        .next()
        .filter(|_| words(command).starts_with("cargo "));
    version.args(subcommand).arg("--version");
    if version.output().is_ok_and(|output| output.status.success()) {
        finishes(&mut [command])
    } else {
        Ok(Outcome::Missing(install))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_each_step_and_what_became_of_it() {
        let second = Duration::from_secs(1);
        let outcomes = [
            ("fmt", Outcome::Passed, second),
            ("clippy", Outcome::Failed, second * 2),
            (
                "deny",
                Outcome::Missing("cargo install cargo-deny"),
                Duration::ZERO,
            ),
        ];
        assert_eq!(
            summary(&outcomes),
            "fmt          1.0 s  passed\n\
             clippy       2.0 s  FAILED\n\
             deny         0.0 s  NOT RUN: its program is missing, `cargo install cargo-deny`"
        );
    }

    #[test]
    fn a_program_that_is_not_installed_is_reported_and_not_skipped() {
        let outcome = tool(&mut Command::new("hathi-has-no-such-program"), "install it").unwrap();
        assert_eq!(outcome, Outcome::Missing("install it"));
    }
}
