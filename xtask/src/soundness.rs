//! Runs the program of `soundness/`, which xtask does not hold itself: few chores need what is behind it.

use std::process::ExitCode;

use anyhow::Context as _;

use crate::cargo::{cargo, words};

/// `cargo xtask builtins …`, `cargo xtask dumps …` and `cargo xtask soundness …`
pub(crate) fn run(chore: &str, arguments: &[String]) -> anyhow::Result<ExitCode> {
    let mut cargo = cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "hathi-soundness",
            "--",
            chore,
        ])
        .args(arguments);
    let status = cargo
        .status()
        .with_context(|| format!("cannot start `{}`", words(&cargo)))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
