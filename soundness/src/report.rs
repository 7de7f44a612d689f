//! What was counted, and what was broken.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// A claim that did not hold.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    /// Where the statement stands.
    pub(crate) place: String,
    pub(crate) sql: String,
    pub(crate) claim: String,
    pub(crate) truth: String,
}

/// Counts of statements and columns.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Statements that returned columns, and were compared.
    pub(crate) statements: usize,
    pub(crate) columns: usize,
    pub(crate) proven: usize,
    /// Columns of results with at least one row in which they are never NULL.
    pub(crate) full: usize,
    /// Of these, the proven ones.
    pub(crate) full_proven: usize,
    /// Statements by what is claimed of the number of their rows.
    pub(crate) cardinalities: BTreeMap<String, usize>,
    /// Statements that the server refused, as a regression suite intends.
    pub(crate) refused: usize,
    /// Statements that hathi itself refuses, by the words of that: nothing is claimed of them.
    pub(crate) unclaimed: BTreeMap<String, usize>,
    /// Statements that have, or may have, output and were not compared.
    pub(crate) skipped: BTreeMap<String, usize>,
    pub(crate) violations: Vec<Violation>,
}

impl Counts {
    pub(crate) fn skip(&mut self, reason: &str) {
        *self.skipped.entry(reason.to_owned()).or_default() += 1;
    }
}

impl Counts {
    /// Writes each broken claim into a file of its own.
    pub(crate) fn write_violations(&self, folder: &Path, major: u32) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        for (at, violation) in self.violations.iter().enumerate() {
            let place = violation
                .place
                .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
            let path = folder.join(format!("{major}-{place}-{at}.md"));
            fs::write(&path, format!("PostgreSQL {major}, {violation}\n"))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: claimed {}, but {}\n{}",
            self.place,
            self.claim,
            self.truth,
            self.sql.trim()
        )
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped: usize = self.skipped.values().sum();
        writeln!(f, "statements with output    {:>8}", self.statements)?;
        let unclaimed: usize = self.unclaimed.values().sum();
        writeln!(f, "refused by hathi          {unclaimed:>8}")?;
        for (reason, count) in &self.unclaimed {
            writeln!(f, "  {reason:<40} {count:>6}")?;
        }
        writeln!(f, "refused by the server     {:>8}", self.refused)?;
        writeln!(
            f,
            "skipped                   {skipped:>8}  {}",
            percent(skipped, self.statements + skipped)
        )?;
        for (reason, count) in &self.skipped {
            writeln!(f, "  {reason:<40} {count:>6}")?;
        }
        writeln!(f, "columns                   {:>8}", self.columns)?;
        writeln!(
            f,
            "proven not null           {:>8}  {}",
            self.proven,
            percent(self.proven, self.columns)
        )?;
        writeln!(f, "with rows and never NULL  {:>8}", self.full)?;
        writeln!(
            f,
            "of these proven           {:>8}  {}",
            self.full_proven,
            percent(self.full_proven, self.full)
        )?;
        for (cardinality, count) in &self.cardinalities {
            writeln!(f, "  {cardinality:<23} {count:>8}")?;
        }
        write!(f, "broken claims             {:>8}", self.violations.len())
    }
}

/// A share in tenths of a percent, in words.
fn percent(part: usize, whole: usize) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
