//! Finds or fetches the PostgreSQL versions that tests and generators need, and says what takes long.

use anyhow::Context as _;
use hathi_local::{Installation, Server};

/// The majors that hathi supports: tests run on each, and the generated tables hold the facts of all.
pub(crate) const MAJORS: [u32; 5] = [14, 15, 16, 17, 18];

/// The programs of every major, in their order.
pub(crate) fn installations() -> anyhow::Result<Vec<Installation>> {
    MAJORS.into_iter().map(installation).collect()
}

fn installation(major: u32) -> anyhow::Result<Installation> {
    Server::owned()
        .major(major)
        .progress(|progress| eprintln!("{progress}"))
        .locate()
        .with_context(|| format!("PostgreSQL {major} is needed"))
}
