//! `report`: one page that shows every statement of a workspace, and which tables they share.

mod page;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::failure::Failure;
use crate::known::Statements;
use crate::output::print_line;

/// Writes the page.
pub(crate) fn run(path: &Path) -> Result<Outcome, Failure> {
    let statements = Statements::read()?;
    let page = page::page(&statements.known);
    fs::write(path, page).map_err(|error| Failure::unwritable(path, &error))?;
    let count = statements.known.len();
    let plural = if count == 1 { "" } else { "s" };
    print_line(format_args!(
        "{count} statement{plural}: {}",
        path.display()
    ))?;
    Ok(if statements.missing == 0 {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}
