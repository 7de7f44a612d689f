//! The password file: one line of `host:port:database:user:password` for each login.

use std::fmt;
use std::io::ErrorKind;

use super::{Host, Secret};

/// Why a password file is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnusablePassfile {
    /// Others than its owner may read or write it.
    Open {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// It cannot be read.
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        cause: ErrorKind,
    },
}

impl fmt::Display for UnusablePassfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, mode } => write!(
                f,
                "the password file {path} is not used because others than its owner may read it (mode {mode:04o}): run chmod 600 on it"
            ),
            Self::Unreadable { path, cause } => {
                write!(f, "the password file {path} cannot be read: {cause}")
            }
        }
    }
}

/// The folders that PostgreSQL and its packages put sockets in unless told otherwise.
const DEFAULT_FOLDERS: [&str; 3] = ["/tmp", "/var/run/postgresql", "/run/postgresql"];

/// The password that the text of a password file has for a login, if it has one: the first line that fits.
///
/// A field `*` fits everything; `\` takes the meaning from a colon or another `\`. A socket in a default folder is
/// `localhost` too, as libpq has it.
///
/// # Example: a file with two lines
///
/// ```
/// use hathi_wire::{Host, password_in};
///
/// let text = "# crew\ndb.example.org:*:crew:ada:secret\nlocalhost:5432:*:*:other\n";
/// let password = |host: &str| password_in(text, &Host::new(host, 5432), "crew", "ada");
/// assert_eq!(password("db.example.org").unwrap().expose(), "secret");
/// assert_eq!(password("/tmp").unwrap().expose(), "other");
/// assert_eq!(password("elsewhere"), None);
/// ```
pub fn password_in(text: &str, host: &Host, database: &str, user: &str) -> Option<Secret> {
    let port = host.port().to_string();
    let names: &[&str] = match host {
        Host::Tcp { name, .. } => &[name],
        Host::Unix { folder, .. } if DEFAULT_FOLDERS.contains(&&**folder) => &[folder, "localhost"],
        Host::Unix { folder, .. } => &[folder],
    };
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields = [names, &[&port], &[database], &[user]];
        let rest = fields
            .iter()
            .try_fold(line, |rest, wanted| field(rest, wanted));
        if let Some(rest) = rest {
            return Some(Secret::new(unescape(rest))).filter(|secret| !secret.expose().is_empty());
        }
    }
    None
}

/// What stands behind the first field, if that is one of those wanted.
fn field<'l>(line: &'l str, wanted: &[&str]) -> Option<&'l str> {
    let mut escaped = false;
    let end = line.find(|letter| {
        let ends = letter == ':' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    let (field, rest) = (line.get(..end)?, line.get(end + 1..)?);
    (field == "*" || wanted.contains(&&*unescape(field))).then_some(rest)
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // One that nothing follows means itself.
            '\\' => plain.push(letters.next().unwrap_or('\\')),
            letter => plain.push(letter),
        }
    }
    plain
}
