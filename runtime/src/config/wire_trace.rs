//! Whether every message of a session is told, for debugging, and to whom.

use std::path::PathBuf;

use super::Config;

/// The variable that asks for it where the configuration says nothing.
const VARIABLE: &str = "HATHI_WIRE";

/// Where the messages of a session are written down, one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireTrace {
    /// Nowhere.
    Off,
    /// To the program's standard error.
    Stderr,
    /// To the end of a file, which is made if it is not there.
    File(PathBuf),
}

impl WireTrace {
    /// What the environment asks for.
    fn of_environment() -> Self {
        match std::env::var_os(VARIABLE) {
            None => Self::Off,
            Some(value) if value.is_empty() || value == "0" => Self::Off,
            Some(value) if value == "1" => Self::Stderr,
            Some(path) => Self::File(path.into()),
        }
    }
}

impl Config {
    /// Writes a line for every message that sessions send and receive, to see what goes wrong between the two sides.
    ///
    /// Unless this is called the variable `HATHI_WIRE` decides for each session that opens: `1` is standard error, any
    /// other text but `0` the path of a file.
    ///
    /// Lines say the direction, the message's name and length, statement names, SQL without its literals, command tags,
    /// SQLSTATE codes and how long values are. Passwords, keys, values of parameters and rows, and the texts of errors
    /// are in none of them.
    ///
    /// # Example: what is said is in a file
    ///
    /// ```
    /// use hathi::{Config, WireTrace};
    ///
    /// let config = Config::new().wire_trace(WireTrace::File("/tmp/wire.log".into()));
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn wire_trace(mut self, to: WireTrace) -> Self {
        self.wire_trace = Some(to);
        self
    }

    /// Where the messages of the next session are written down.
    pub(crate) fn traces_to(&self) -> WireTrace {
        let chosen = self.wire_trace.clone();
        chosen.unwrap_or_else(WireTrace::of_environment)
    }
}
