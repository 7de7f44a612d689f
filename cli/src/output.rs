//! What commands print: results on the standard output, progress on the standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::failure::Failure;

/// Prints a text as it is.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let printed = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
    match printed {
        // Whoever reads, as `head` does, has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| Failure::unprintable(&error)),
    }
}

/// Prints a text and ends its line.
pub(crate) fn print_line(text: impl Display) -> Result<(), Failure> {
    print(&format!("{text}\n"))
}

/// Says what is being done: on a terminal in a line that the next one replaces, elsewhere in a line of its own.
pub(crate) fn progress(step: impl Display) {
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K{step} …");
    } else {
        eprintln!("{step}");
    }
}

/// Takes the last line of progress away.
pub(crate) fn end_progress() {
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
}

/// Says something that is no result: a mistake, a note.
pub(crate) fn say(text: impl Display) {
    end_progress();
    eprintln!("{text}");
}
