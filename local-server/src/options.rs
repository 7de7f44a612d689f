//! What a caller asked for, the same for both lives of a server.

use std::path::PathBuf;
use std::time::Duration;

use crate::instance::Instance;
use crate::progress::Reporter;
use crate::search::Downloads;

/// Starting takes a tenth of a second; a machine under load may need long.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Where a server listens. The socket is always there: whoever can reach it needs no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listen {
    Socket,
    SocketAndTcp,
}

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) major: Option<u32>,
    pub(crate) listen: Listen,
    pub(crate) downloads: Downloads,
    pub(crate) settings: Vec<(String, String)>,
    /// The server that this one follows, as its standby.
    pub(crate) primary: Option<Instance>,
    pub(crate) start_limit: Duration,
    pub(crate) cache_folder: Option<PathBuf>,
    pub(crate) reporter: Reporter,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            major: None,
            listen: Listen::Socket,
            downloads: Downloads::Allowed,
            settings: Vec::new(),
            primary: None,
            start_limit: START_LIMIT,
            cache_folder: None,
            reporter: Reporter::default(),
        }
    }
}
