//! Finds PostgreSQL: the setting first, then PATH, the distributions' folders, what was fetched before, a new fetch.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};
use crate::installation::Installation;
use crate::machine::Machine;
use crate::missing::{Missing, NotFetched, Seen};
use crate::package::{self, Package};
use crate::version::{NEWEST_MAJOR, OLDEST_MAJOR, Version};

/// Whether programs may be downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Downloads {
    Allowed,
    Forbidden,
}

/// Finds or fetches PostgreSQL of the major; without one, what is found first, or else the newest.
pub(crate) fn locate(
    machine: &Machine,
    major: Option<u32>,
    downloads: Downloads,
) -> Result<Installation, Error> {
    if let Some(asked) = major.filter(|major| *major < OLDEST_MAJOR) {
        return Err(Kind::OldMajor { asked }.into());
    }
    let mut search = Search {
        machine,
        major,
        seen: Vec::new(),
    };
    if let Some(found) = search.find()? {
        return Ok(found);
    }
    let wanted = major.unwrap_or(NEWEST_MAJOR);
    let missing = |not_fetched| {
        Kind::Missing(Missing {
            major,
            seen: search.seen.clone(),
            not_fetched,
            system: machine.system,
        })
    };
    if downloads == Downloads::Forbidden {
        return Err(missing(NotFetched::Offline).into());
    }
    let Some(package) = Package::pinned(&package::platform(), wanted) else {
        return Err(missing(NotFetched::NoPackage {
            platform: package::platform(),
        })
        .into());
    };
    let Some(npm) = program(&machine.path, "npm") else {
        return Err(missing(NotFetched::NoNpm).into());
    };
    package.fetch(machine, &npm).map_err(|error| {
        if error.is_corrupt() {
            return error;
        }
        Error::with_source(
            missing(NotFetched::NpmFailed {
                package: package.to_string(),
            }),
            error,
        )
    })
}

/// The first file of this name in the folders of PATH; relative ones could mean anything.
fn program(path: &[PathBuf], name: &str) -> Option<PathBuf> {
    path.iter()
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

struct Search<'a> {
    machine: &'a Machine,
    major: Option<u32>,
    /// What is here but is another major.
    seen: Vec<Seen>,
}

impl Search<'_> {
    fn find(&mut self) -> Result<Option<Installation>, Error> {
        for folder in &self.machine.bin_setting {
            if let Some(found) = self.set(folder)? {
                return Ok(Some(found));
            }
        }
        let found = self
            .machine
            .path
            .iter()
            .find_map(|folder| self.consider(folder));
        let found = found.or_else(|| self.majors().find_map(|major| self.distributed(major)));
        Ok(found.or_else(|| self.majors().find_map(|major| self.fetched(major))))
    }

    /// A folder that was named explicitly must hold a working PostgreSQL, if not the wanted one.
    fn set(&mut self, folder: &Path) -> Result<Option<Installation>, Error> {
        let kind = || Kind::BinSetting {
            bin: folder.to_owned(),
        };
        let found = Installation::at(folder, &self.machine.account).ok_or_else(kind)?;
        let found = found.map_err(|error| Error::with_source(kind(), error))?;
        self.accept(found)
            .map(|found| found.within_reach(self.machine))
            .transpose()
    }

    /// Looks at a folder in which PostgreSQL may be; what does not work there is not ours to report.
    fn consider(&mut self, folder: &Path) -> Option<Installation> {
        let found = Installation::at(folder, &self.machine.account)?.ok()?;
        self.accept(found)?.within_reach(self.machine).ok()
    }

    fn accept(&mut self, found: Installation) -> Option<Installation> {
        let major = found.version().major();
        if self
            .major
            .map_or(major >= OLDEST_MAJOR, |wanted| wanted == major)
        {
            return Some(found);
        }
        let seen = Seen {
            version: found.version().clone(),
            bin: found.bin().to_owned(),
        };
        if !self.seen.contains(&seen) {
            self.seen.push(seen);
        }
        None
    }

    /// The wanted major, or all from the newest to the oldest.
    fn majors(&self) -> impl Iterator<Item = u32> + use<> {
        let (oldest, newest) = self
            .major
            .map_or((OLDEST_MAJOR, NEWEST_MAJOR), |major| (major, major));
        (oldest..=newest).rev()
    }

    fn distributed(&mut self, major: u32) -> Option<Installation> {
        let major = major.to_string();
        self.machine
            .distribution
            .iter()
            .find_map(|folder| self.consider(Path::new(&folder.replace("{}", &major))))
    }

    /// The pinned fetch if it is there, else the newest of the major.
    fn fetched(&mut self, major: u32) -> Option<Installation> {
        let folder = self.machine.cache.join(package::FOLDER);
        let platform = package::platform();
        let pinned =
            Package::pinned(&platform, major).map(|package| folder.join(package.folder_name()));
        pinned
            .into_iter()
            .chain(earlier(&folder, &platform, major))
            .find_map(|folder| self.consider(&folder))
    }
}

/// Fetches of other versions of the major, the newest first.
fn earlier(folder: &Path, platform: &str, major: u32) -> Vec<PathBuf> {
    let suffix = format!("-{platform}");
    let mut versions: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_suffix(&suffix)?;
            Version::parse(version).filter(|version| version.major() == major)?;
            let numbers = version
                .split(['.', '-'])
                .filter_map(|part| part.parse().ok())
                .collect();
            Some((numbers, entry.path()))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
