//! Writes the tables of `wire` from the files that every PostgreSQL installation carries.
//!
//! No server runs for it: `share/postgres.bki` holds the rows of the catalogs as `initdb` first
//! writes them, and `share/errcodes.txt` the SQLSTATE codes.

mod bki;
mod sqlstate;
mod types;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, bail, ensure};

use crate::cargo::root;
use crate::postgres;

const HELP: &str = "\
Usage: cargo xtask generate [types] [sqlstate] [--share <folder>]… [--check]

Without a name all tables are written. `--share` names the folder that holds postgres.bki and
errcodes.txt, once for each of PostgreSQL 14 to 18 (`pg_config --sharedir` prints it); without it the
installations are found, or fetched. `--check` writes nothing and fails if a table is not what it would write.
";

/// The tables, and where they are.
const TABLES: &[Table] = &[
    Table {
        name: "types",
        path: "wire/src/types/table.rs",
        code: types::table,
    },
    Table {
        name: "sqlstate",
        path: "wire/src/sqlstate/table.rs",
        code: sqlstate::table,
    },
];

struct Table {
    name: &'static str,
    path: &'static str,
    code: fn(&[Installation]) -> anyhow::Result<String>,
}

/// `cargo xtask generate [types] [sqlstate] [--share <folder>]… [--check]`
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let mut names = Vec::new();
    let mut shares = Vec::new();
    let mut check = false;
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--share" => shares.push(PathBuf::from(
                arguments.next().context("--share needs a folder")?,
            )),
            "--check" => check = true,
            "--help" | "-h" => {
                eprint!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            name if TABLES.iter().any(|table| table.name == name) => names.push(name),
            other => bail!("`generate` does not know `{other}`\n\n{HELP}"),
        }
    }
    let tables = TABLES
        .iter()
        .filter(|table| names.is_empty() || names.contains(&table.name));
    let installations = installations(&shares)?;
    let mut succeeded = true;
    for table in tables {
        let code = (table.code)(&installations)?;
        if check {
            succeeded &= table.is_equal(&code)?;
        } else {
            table.write(&code)?;
        }
    }
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Table {
    fn write(&self, code: &str) -> anyhow::Result<()> {
        let code = formatted(code)?;
        fs::write(root().join(self.path), code)
            .with_context(|| format!("cannot write {}", self.path))?;
        eprintln!("wrote {}", self.path);
        Ok(())
    }

    fn is_equal(&self, code: &str) -> anyhow::Result<bool> {
        let written = fs::read_to_string(root().join(self.path))
            .with_context(|| format!("cannot read {}", self.path))?;
        let equal = without_layout(&written) == without_layout(code);
        if !equal {
            eprintln!(
                "{} is not what `cargo xtask generate {}` writes: run it",
                self.path, self.name
            );
        }
        Ok(equal)
    }
}

/// What rustfmt does not change, so that comparing needs no rustfmt.
fn without_layout(code: &str) -> String {
    let dense: String = code.split_whitespace().collect();
    dense.replace(",)", ")").replace(",]", "]")
}

/// The files of one major that the generators read.
struct Installation {
    major: u32,
    catalogs: String,
    errcodes: String,
}

fn installations(shares: &[PathBuf]) -> anyhow::Result<Vec<Installation>> {
    let mut installations = Vec::new();
    for share in shares {
        installations.push(Installation::read(share)?);
    }
    if shares.is_empty() {
        for found in postgres::installations()? {
            installations.push(Installation::read(&share(found.bin())?)?);
        }
    }
    installations.sort_by_key(|installation| installation.major);
    let majors: Vec<u32> = installations
        .iter()
        .map(|installation| installation.major)
        .collect();
    ensure!(
        majors == postgres::MAJORS,
        "the tables need one installation of each of {:?}, found {majors:?}",
        postgres::MAJORS
    );
    Ok(installations)
}

/// The folder that belongs to these programs: below the same prefix, or where Debian keeps it.
fn share(bin: &Path) -> anyhow::Result<PathBuf> {
    let prefix = bin.parent().unwrap_or(bin);
    let major = prefix.file_name().unwrap_or_default();
    let debian = Path::new("/usr/share/postgresql").join(major);
    [
        prefix.join("share/postgresql"),
        prefix.join("share"),
        debian,
    ]
    .into_iter()
    .find(|share| share.join("postgres.bki").is_file())
    .with_context(|| {
        format!(
            "found no postgres.bki for the programs in {}",
            bin.display()
        )
    })
}

impl Installation {
    fn read(share: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| {
            let path = share.join(name);
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let catalogs = read("postgres.bki")?;
        let major = bki::major(&catalogs)?;
        Ok(Self {
            major,
            catalogs,
            errcodes: read("errcodes.txt")?,
        })
    }
}

/// The code as rustfmt lays it out.
fn formatted(code: &str) -> anyhow::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt")?;
    let mut stdin = rustfmt.stdin.take().context("rustfmt takes no input")?;
    stdin.write_all(code.as_bytes())?;
    drop(stdin);
    let output = rustfmt.wait_with_output()?;
    ensure!(
        output.status.success(),
        "rustfmt refused the generated code"
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_what_the_generators_write() {
        let installations = installations(&[]).unwrap();
        for table in TABLES {
            let code = (table.code)(&installations).unwrap();
            assert!(table.is_equal(&code).unwrap());
        }
    }

    #[test]
    fn layout_is_no_difference() {
        let wide = "f(1, 2), [3],";
        let narrow = "f(\n    1,\n    2,\n),\n[\n    3,\n],";
        assert_eq!(without_layout(wide), without_layout(narrow));
        assert_ne!(without_layout(wide), without_layout("f(1, 2), [4],"));
    }
}
