//! What a start needs to know of the machine it happens on; the only reader of environment variables.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::{Error, Kind};
use crate::folder::{self, Visibility};
use crate::platform;
use crate::progress::Reporter;
use crate::system::System;

/// Sockets have paths of at most 104 bytes with their end on macOS, 108 on Linux; both stay well below.
const LONGEST_SOCKET: usize = 99;

/// The machine as this process sees it.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) account: Account,
    /// Holds fetched programs, templates and locks; exists.
    pub(crate) cache: PathBuf,
    /// Where short-lived folders may be made, the best first.
    pub(crate) temporary: Vec<PathBuf>,
    /// The folders of `HATHI_POSTGRES_BIN`, separated like those of `PATH`.
    pub(crate) bin_setting: Vec<PathBuf>,
    pub(crate) path: Vec<PathBuf>,
    /// Where packages install PostgreSQL; `{}` stands for the major.
    pub(crate) distribution: &'static [&'static str],
    pub(crate) system: System,
    pub(crate) reporter: Reporter,
}

/// Folders of Debian, PGDG's rpm packages, openSUSE, Alpine, Gentoo, Homebrew, MacPorts, Postgres.app, EnterpriseDB,
/// and those without the major in their name: Fedora, Arch, FreeBSD, Homebrew's linked formula.
const DISTRIBUTION: [&str; 15] = [
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/usr/lib/postgresql{}/bin",
    "/usr/libexec/postgresql{}",
    "/usr/lib64/postgresql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@{}/bin",
    "/opt/local/lib/postgresql{}/bin",
    "/Applications/Postgres.app/Contents/Versions/{}/bin",
    "/Library/PostgreSQL/{}/bin",
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    "/opt/local/bin",
];

impl Machine {
    /// Looks around; the cache is in `cache_folder` if that is given.
    pub(crate) fn here(cache_folder: Option<&Path>, reporter: Reporter) -> Result<Self, Error> {
        if !platform::SUPPORTED {
            return Err(Kind::Unsupported.into());
        }
        let account = Account::of_servers()?;
        let folders = |name| {
            env::var_os(name).map_or_else(Vec::new, |value| env::split_paths(&value).collect())
        };
        let set = cache_folder
            .map(Path::to_owned)
            .or_else(|| env::var_os("HATHI_CACHE_DIR").map(PathBuf::from));
        let cache = match set {
            Some(folder) => usable_cache(&account, &folder)?,
            None => default_cache(&account)?,
        };
        Ok(Self {
            account,
            cache,
            temporary: vec![env::temp_dir(), PathBuf::from("/tmp")],
            bin_setting: folders("HATHI_POSTGRES_BIN"),
            path: folders("PATH"),
            distribution: &DISTRIBUTION,
            system: System::here(),
            reporter,
        })
    }

    /// A folder of the cache, created when it is missing.
    pub(crate) fn cached(&self, name: &str) -> Result<PathBuf, Error> {
        let folder = self.cache.join(name);
        folder::create_all(&folder, visibility(&self.account))?;
        Ok(folder)
    }

    /// A parent for folders that servers use: short enough for a socket in `<parent>/hathi-<12 digits>`, and open to
    /// the user the server runs as, who also has to be able to remove what is in it.
    pub(crate) fn temporary(&self) -> Result<&Path, Error> {
        let fits = |parent: &&PathBuf| {
            parent.is_absolute() && suits_socket(&parent.join("hathi-000000000000"))
        };
        let open = |parent: &&PathBuf| match &self.account {
            Account::Own => parent.is_dir(),
            Account::Other { .. } => {
                parent
                    .metadata()
                    .is_ok_and(|metadata| platform::mode(&metadata) & 0o003 == 0o003)
                    && self.account.can_enter(parent)
            }
        };
        let last = self
            .temporary
            .last()
            .map_or(Path::new("/tmp"), PathBuf::as_path);
        Ok(self
            .temporary
            .iter()
            .filter(fits)
            .find(open)
            .map_or(last, PathBuf::as_path))
    }
}

/// Whether a server's socket can be in the folder. Its setting is a list: commas, quotes and blanks mean something.
pub(crate) fn suits_socket(folder: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let path = folder.join(".s.PGSQL.65535");
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.len() <= LONGEST_SOCKET && bytes.iter().all(plain)
}

/// A cache of root is read by the user that servers run as; others are for their owner.
fn visibility(account: &Account) -> Visibility {
    match account {
        Account::Own => Visibility::Usual,
        Account::Other { .. } => Visibility::Public,
    }
}

fn usable_cache(account: &Account, folder: &Path) -> Result<PathBuf, Error> {
    folder::create_all(folder, visibility(account))?;
    account.demand_entry(folder)?;
    // Links to libraries and the arguments of programs must not depend on where we are.
    fs::canonicalize(folder).map_err(Error::io("read", folder))
}

/// The first of the usual places that can be used; a home folder may be missing or closed to us.
fn default_cache(account: &Account) -> Result<PathBuf, Error> {
    let candidates = match account {
        Account::Own => user_caches(|name| env::var_os(name)),
        Account::Other { .. } if cfg!(target_os = "macos") => {
            vec![PathBuf::from("/Library/Caches/hathi")]
        }
        Account::Other { .. } => vec![PathBuf::from("/var/cache/hathi")],
    };
    candidates
        .iter()
        .find_map(|folder| usable_cache(account, folder).ok())
        .map_or_else(|| temporary_cache(account), Ok)
}

fn user_caches(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let folder = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let of_home = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    [
        folder("XDG_CACHE_HOME"),
        folder("HOME").map(|home| home.join(of_home)),
    ]
    .into_iter()
    .flatten()
    .map(|parent| parent.join("hathi"))
    .collect()
}

/// The last resort has a name that others could have taken, so it must be ours and ours alone to write.
fn temporary_cache(account: &Account) -> Result<PathBuf, Error> {
    let folder = Path::new("/tmp").join(format!("hathi-cache-{}", platform::user()));
    let _ = platform::create_private_folder(&folder);
    let metadata = folder
        .symlink_metadata()
        .map_err(Error::io("read", &folder))?;
    if !metadata.is_dir()
        || platform::owner(&metadata) != platform::user()
        || platform::mode(&metadata) & 0o022 != 0
    {
        return Err(Error::io("trust", &folder)(std::io::Error::from(
            std::io::ErrorKind::PermissionDenied,
        )));
    }
    visibility(account).apply(&folder)?;
    usable_cache(account, &folder)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A machine on which nothing is installed.
    pub(crate) fn bare(cache: &Path) -> Machine {
        Machine {
            account: Account::of_servers().unwrap(),
            cache: cache.to_owned(),
            temporary: vec![PathBuf::from("/tmp")],
            bin_setting: Vec::new(),
            path: Vec::new(),
            distribution: &[],
            system: System::Debian,
            reporter: Reporter::default(),
        }
    }

    #[test]
    fn the_cache_of_an_ordinary_user_is_where_xdg_or_home_says() {
        let folders = user_caches(|name| (name == "XDG_CACHE_HOME").then(|| OsString::from("/x")));
        assert_eq!(folders, [PathBuf::from("/x/hathi")]);
        let folders = user_caches(|name| (name == "HOME").then(|| OsString::from("/home/me")));
        assert!(
            folders.iter().all(|folder| folder.starts_with("/home/me")),
            "{folders:?}"
        );
    }

    #[test]
    fn a_relative_cache_home_is_ignored() {
        assert_eq!(
            user_caches(|_| Some(OsString::from("here"))),
            Vec::<PathBuf>::new()
        );
    }

    #[test]
    fn a_folder_whose_path_means_something_else_in_a_setting_has_no_socket() {
        assert!(suits_socket(Path::new("/tmp/hathi-0123456789ab")));
        assert!(!suits_socket(Path::new("/tmp/a,b")));
        assert!(!suits_socket(Path::new("/tmp/a b")));
    }

    #[test]
    fn a_temporary_folder_too_long_for_a_socket_is_passed_over() {
        let mut machine = bare(Path::new("/"));
        machine
            .temporary
            .insert(0, env::temp_dir().join("x".repeat(80)));
        assert_eq!(machine.temporary().unwrap(), Path::new("/tmp"));
    }
}
