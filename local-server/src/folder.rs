//! Folders: private ones that vanish unless kept, and whole trees that are copied or put in place at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Kind};
use crate::platform;

/// Unguessable hexadecimal digits, two for each byte.
pub(crate) fn random_name<const BYTES: usize>() -> Result<String, Error> {
    let mut bytes = [0; BYTES];
    platform::random(&mut bytes).map_err(|source| Error::with_source(Kind::NoRandom, source))?;
    Ok(hexadecimal(&bytes))
}

/// Twelve digits that stand for the bytes.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    hexadecimal(Sha256::digest(bytes).get(..6).unwrap_or_default())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder of our own that only we can enter, removed with all it holds when dropped, unless it was kept.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    path: PathBuf,
}

impl PrivateFolder {
    /// Creates `<parent>/<prefix><random>`.
    pub(crate) fn create(parent: &Path, prefix: &str) -> Result<Self, Error> {
        let path = parent.join(format!("{prefix}{}", random_name::<6>()?));
        platform::create_private_folder(&path).map_err(Error::io("create", &path))?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives up the right to remove the folder.
    pub(crate) fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }

    /// Moves the folder to its final place in one step. Where another process was faster, its result stays.
    pub(crate) fn publish(self, place: &Path) -> Result<(), Error> {
        match fs::rename(&self.path, place) {
            Ok(()) => {
                self.keep();
                Ok(())
            }
            Err(_) if place.is_dir() => Ok(()),
            Err(error) => Err(Error::io("rename a new folder to", place)(error)),
        }
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // Nobody is there to be told; what stays is swept by whoever uses the parent next.
            let _ = remove(&self.path);
        }
    }
}

/// Removes a folder with all it holds; one that is not there is no error.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// Removes the folders in `parent` whose names begin with `prefix`: leftovers of processes that were killed.
/// Only for who holds the lock under which such folders are made.
pub(crate) fn sweep(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            // The next one who sweeps will try again.
            let _ = remove(&entry.path());
        }
    }
}

/// Creates the folder and those above it where they are missing, each open to everyone's eyes if `public`.
pub(crate) fn create_all(path: &Path, visibility: Visibility) -> Result<(), Error> {
    // The empty path is where a relative one ends.
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_all(parent, visibility)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Error::io("create", path)(error));
        }
        _ => {}
    }
    visibility.apply(path)
}

/// Who may enter a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Everyone, whatever the umask: the user that servers run as must.
    Public,
    /// As the umask says.
    Usual,
}

impl Visibility {
    pub(crate) fn apply(self, folder: &Path) -> Result<(), Error> {
        match self {
            Self::Public => {
                platform::set_mode(folder, 0o755).map_err(Error::io("change the mode of", folder))
            }
            Self::Usual => Ok(()),
        }
    }
}

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tree {
    /// Their libraries have links, which stay links. Everyone may read and run the copies.
    Programs,
    /// Another user may have written it: a link could point anywhere, and is refused. Modes are kept.
    Cluster,
}

impl Tree {
    fn mode_of_copy(self, mode: u32) -> u32 {
        match self {
            Self::Programs if mode & 0o100 != 0 => 0o755,
            Self::Programs => 0o644,
            Self::Cluster => mode,
        }
    }

    /// Copies folders and files; `to` must not exist, or be empty.
    pub(crate) fn copy(self, from: &Path, to: &Path) -> Result<(), Error> {
        if !to.is_dir() {
            fs::create_dir(to).map_err(Error::io("create", to))?;
        }
        for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
            let entry = entry.map_err(Error::io("read", from))?;
            let (source, target) = (entry.path(), to.join(entry.file_name()));
            let kind = entry.file_type().map_err(Error::io("read", &source))?;
            if kind.is_dir() {
                self.copy(&source, &target)?;
            } else if kind.is_file() {
                self.copy_file(&source, &target)?;
            } else if kind.is_symlink() && self == Self::Programs {
                let aim = fs::read_link(&source).map_err(Error::io("read", &source))?;
                platform::symlink(&aim, &target).map_err(Error::io("create", &target))?;
            } else {
                let refusal = io::Error::from(io::ErrorKind::InvalidData);
                return Err(Error::io("copy", &source)(refusal));
            }
        }
        self.copy_mode(from, to)
    }

    pub(crate) fn copy_file(self, from: &Path, to: &Path) -> Result<(), Error> {
        fs::copy(from, to).map_err(Error::io("copy", from))?;
        match self {
            Self::Programs => self.copy_mode(from, to),
            Self::Cluster => Ok(()),
        }
    }

    fn copy_mode(self, from: &Path, to: &Path) -> Result<(), Error> {
        let mode = platform::mode(&fs::metadata(from).map_err(Error::io("read", from))?);
        platform::set_mode(to, self.mode_of_copy(mode)).map_err(Error::io("change the mode of", to))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn scratch() -> PrivateFolder {
        PrivateFolder::create(&std::env::temp_dir(), "hathi-test-").unwrap()
    }

    #[test]
    fn a_private_folder_vanishes_unless_kept() {
        let folder = scratch();
        let path = folder.path().to_owned();
        assert_eq!(platform::mode(&fs::metadata(&path).unwrap()), 0o700);
        fs::write(path.join("file"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
        let kept = scratch().keep();
        assert!(kept.is_dir());
        remove(&kept).unwrap();
        remove(&kept).unwrap();
    }

    #[test]
    fn folders_are_created_below_a_relative_path_too() {
        let name = format!("target-of-test-{}", random_name::<6>().unwrap());
        create_all(&Path::new(&name).join("inner"), Visibility::Usual).unwrap();
        assert!(Path::new(&name).join("inner").is_dir());
        remove(Path::new(&name)).unwrap();
    }

    #[test]
    fn the_second_to_publish_leaves_the_first_result() {
        let parent = scratch();
        let place = parent.path().join("place");
        for content in ["first", "second"] {
            let folder = PrivateFolder::create(parent.path(), ".new-").unwrap();
            fs::write(folder.path().join("content"), content).unwrap();
            folder.publish(&place).unwrap();
        }
        assert_eq!(fs::read_to_string(place.join("content")).unwrap(), "first");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn copies_of_programs_are_open_and_keep_links_and_copies_of_clusters_refuse_them() {
        let parent = scratch();
        let from = parent.path().join("from");
        fs::create_dir_all(from.join("inner")).unwrap();
        fs::write(from.join("inner/run"), "x").unwrap();
        platform::set_mode(&from.join("inner/run"), 0o700).unwrap();
        let place = |name: &str| parent.path().join(name);
        let mode =
            |name: &str| platform::mode(&fs::metadata(place(name).join("inner/run")).unwrap());
        Tree::Cluster.copy(&from, &place("cluster")).unwrap();
        assert_eq!(mode("cluster"), 0o700);
        platform::symlink(Path::new("inner/run"), &from.join("link")).unwrap();
        Tree::Programs.copy(&from, &place("programs")).unwrap();
        assert_eq!(mode("programs"), 0o755);
        let link = fs::read_link(place("programs").join("link")).unwrap();
        assert_eq!(link, Path::new("inner/run"));
        let error = Tree::Cluster.copy(&from, &place("refused")).unwrap_err();
        assert!(error.to_string().starts_with("cannot copy "), "{error}");
    }

    #[test]
    fn only_folders_with_the_prefix_are_swept() {
        let parent = scratch();
        for name in [".new-1", ".new-2", "old"] {
            fs::create_dir(parent.path().join(name)).unwrap();
        }
        sweep(parent.path(), ".new-");
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
