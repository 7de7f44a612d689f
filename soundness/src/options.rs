//! The arguments of `cargo xtask soundness`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::{HELP, cost, fuzz, suite};

/// What was asked for.
#[derive(Debug, Default)]
struct Asked {
    suite: Option<PathBuf>,
    random: bool,
    cost: bool,
    major: Option<u32>,
    mutate: bool,
    only: Vec<String>,
    seed: Option<u64>,
    minutes: Option<u64>,
    violations: Option<PathBuf>,
    help: bool,
}

/// `cargo xtask soundness …`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let asked = Asked::read(arguments)?;
    if asked.help {
        eprint!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    if asked.cost {
        return cost::run(asked.major.unwrap_or(18), asked.seed.unwrap_or(1));
    }
    match &asked.suite {
        Some(folder) if !asked.random => {
            let suite = fs::canonicalize(folder)
                .with_context(|| format!("there is no folder {}", folder.display()))?;
            let major = match asked.major {
                Some(major) => major,
                None => major_of(&suite)?,
            };
            suite::run(&suite::Options {
                suite,
                major,
                mutate: asked.mutate,
                only: asked.only,
                violations: asked.violations,
            })
        }
        None if asked.random => fuzz::run(&fuzz::Options {
            major: asked.major.unwrap_or(18),
            seed: asked.seed.unwrap_or(1),
            minutes: asked.minutes.unwrap_or(1),
            violations: asked.violations,
        }),
        _ => bail!("expected --suite, --random or --cost\n\n{HELP}"),
    }
}

impl Asked {
    fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let mut asked = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.with_context(|| format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--suite" => asked.suite = Some(PathBuf::from(value()?)),
                "--random" => asked.random = true,
                "--cost" => asked.cost = true,
                "--mutate" => asked.mutate = true,
                "--major" => asked.major = Some(value()?.parse().context("a major is a number")?),
                "--only" => asked.only = value()?.split(',').map(str::to_owned).collect(),
                "--seed" => asked.seed = Some(value()?.parse().context("a seed is a number")?),
                "--minutes" => {
                    asked.minutes = Some(value()?.parse().context("minutes are a number")?);
                }
                "--violations" => asked.violations = Some(PathBuf::from(value()?)),
                "--help" | "-h" => asked.help = true,
                other => bail!("`soundness` does not know `{other}`\n\n{HELP}"),
            }
        }
        Ok(asked)
    }
}

/// The major that a source tree is of.
fn major_of(suite: &Path) -> anyhow::Result<u32> {
    let build = suite.join("../../../meson.build");
    let text = fs::read_to_string(&build).unwrap_or_default();
    let version = text.split("version: '").nth(1);
    let digits = version.map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_digit());
        &rest[..end.unwrap_or(rest.len())]
    });
    digits
        .and_then(|digits| digits.parse().ok())
        .context("the source does not tell its major: give it with --major")
}
