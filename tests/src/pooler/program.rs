//! Where the programs are, or which package to install.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where distributions keep programs that only administrators have on their path.
const FOR_ADMINISTRATORS: [&str; 4] = [
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/sbin",
    "/opt/homebrew/bin",
];

/// The variable that names a PgBouncer which follows named statements.
const NEWER_PGBOUNCER: &str = "HATHI_PGBOUNCER";

/// A program of a package.
///
/// # Panics
///
/// If it is not installed.
pub(crate) fn program(name: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(FOR_ADMINISTRATORS.map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("this test needs `{name}`: install the package `{package}` (Debian's name)")
        })
}

/// The PgBouncer of the system, and whether it knows named statements by itself.
pub(super) fn pgbouncer() -> (PathBuf, bool) {
    let file = program("pgbouncer", "pgbouncer");
    let follows = follows_names(&file);
    (file, follows)
}

/// A PgBouncer that follows named statements: the system's, or one built for the tests.
///
/// # Panics
///
/// If there is none.
pub(super) fn newer_pgbouncer() -> PathBuf {
    if let Some(named) = env::var_os(NEWER_PGBOUNCER) {
        return PathBuf::from(named);
    }
    let built = cache().map(|cache| cache.join("hathi-ci/pgbouncer/pgbouncer"));
    if let Some(built) = built.filter(|file| file.is_file()) {
        return built;
    }
    let (file, follows) = pgbouncer();
    assert!(
        follows,
        "this test needs PgBouncer 1.21 or later: `.ci/pgbouncer` builds it, or name one in {NEWER_PGBOUNCER}"
    );
    file
}

fn cache() -> Option<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    named.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))
}

/// Named statements are followed since 1.21.
fn follows_names(pgbouncer: &Path) -> bool {
    let output = Command::new(pgbouncer).arg("--version").output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", pgbouncer.display()));
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = words.split_whitespace().nth(1).unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(1), Some(21_u32))
}
