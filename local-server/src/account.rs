//! The user that servers run as: PostgreSQL refuses to run as root.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::error::{Error, Kind};
use crate::platform;
use crate::process::Run;

/// Who runs the server's programs and owns its folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The user of this process.
    Own,
    /// An ordinary user that root puts in its place.
    Other { name: String, uid: u32, gid: u32 },
}

const ENTRY_LIMIT: Duration = Duration::from_secs(30);

/// Root's choice, in this order: a user made for the purpose, or one that owns nothing.
const NAMES: [&str; 3] = ["postgres", "_postgres", "nobody"];

impl Account {
    pub(crate) fn of_servers() -> Result<Self, Error> {
        if platform::user() != 0 {
            return Ok(Self::Own);
        }
        let passwd = Path::new("/etc/passwd");
        let text = fs::read_to_string(passwd).map_err(Error::io("read", passwd))?;
        Self::of_passwd(&text).ok_or_else(|| Kind::NoAccount.into())
    }

    fn of_passwd(text: &str) -> Option<Self> {
        NAMES
            .iter()
            .find_map(|name| text.lines().find_map(|line| Self::of_line(line, name)))
    }

    /// Reads `name:password:uid:gid:…`.
    fn of_line(line: &str, wanted: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| *name == wanted)?.to_owned();
        let uid = number(fields.nth(1)?).filter(|uid| *uid != 0)?;
        let gid = number(fields.next()?)?;
        Some(Self::Other { name, uid, gid })
    }

    /// A command that runs as this user, at home in a folder everyone can enter, with an environment that holds
    /// nothing of ours: neither settings for PostgreSQL nor secrets, which that user could read.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        const KEPT: [&str; 5] = [
            "PATH",
            "LD_LIBRARY_PATH",
            "DYLD_LIBRARY_PATH",
            "DYLD_FALLBACK_LIBRARY_PATH",
            "LOCPATH",
        ];
        let mut command = Command::new(program.as_ref());
        command.env_clear().envs(
            KEPT.iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        command.env("LC_ALL", "C").env("TZ", "UTC").current_dir("/");
        if let Self::Other { uid, gid, .. } = self {
            platform::run_as(&mut command, *uid, *gid);
        }
        command
    }

    /// Hands a folder with all it holds to this user; the folder itself last, so that until then only we can change it.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid, .. } => change_owner(path, *uid, *gid, Order::ContentFirst),
        }
    }

    /// Takes back what this user made; the folder itself first, so that it cannot be changed meanwhile.
    pub(crate) fn take_back(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Own => Ok(()),
            Self::Other { .. } => change_owner(path, 0, 0, Order::FolderFirst),
        }
    }

    /// Whether the file belongs to this user or to us.
    pub(crate) fn owns(&self, metadata: &fs::Metadata) -> bool {
        let owner = platform::owner(metadata);
        owner == platform::user() || matches!(self, Self::Other { uid, .. } if *uid == owner)
    }

    /// Whether this user can enter the folder.
    pub(crate) fn can_enter(&self, folder: &Path) -> bool {
        match self {
            Self::Own => folder.is_dir(),
            Self::Other { .. } => {
                let mut shell = self.command("/bin/sh");
                shell.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder);
                let run = Run {
                    activity: "entering a folder",
                    limit: ENTRY_LIMIT,
                    input: None,
                };
                run.succeed(&mut shell).is_ok()
            }
        }
    }

    /// Refuses a folder that this user cannot enter.
    pub(crate) fn demand_entry(&self, folder: &Path) -> Result<(), Error> {
        match self {
            Self::Other { name, .. } if !self.can_enter(folder) => Err(Kind::Unreachable {
                path: folder.to_owned(),
                account: name.clone(),
            }
            .into()),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy)]
enum Order {
    FolderFirst,
    ContentFirst,
}

fn change_owner(path: &Path, uid: u32, gid: u32, order: Order) -> Result<(), Error> {
    let change = || match platform::change_owner(path, uid, gid) {
        // A temporary file of a server that is still ending.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(Error::io("change the owner of", path)),
    };
    if let Order::FolderFirst = order {
        change()?;
    }
    if path
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
    {
        for entry in fs::read_dir(path).map_err(Error::io("read", path))? {
            let entry = entry.map_err(Error::io("read", path))?;
            change_owner(&entry.path(), uid, gid, order)?;
        }
    }
    if let Order::ContentFirst = order {
        change()?;
    }
    Ok(())
}

/// Users are numbered without a sign, but macOS writes nobody's number as -2.
fn number(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(passwd: &str, expected: Option<(&str, u32, u32)>) {
        let expected = expected.map(|(name, uid, gid)| Account::Other {
            name: name.to_owned(),
            uid,
            gid,
        });
        assert_eq!(Account::of_passwd(passwd), expected);
    }

    #[test]
    fn a_user_made_for_postgres_is_preferred() {
        check(
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n",
            Some(("postgres", 101, 104)),
        );
    }

    #[test]
    fn nobody_stands_in() {
        check(
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n",
            Some(("nobody", 65534, 65533)),
        );
        check(
            "nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false",
            Some(("nobody", u32::MAX - 1, u32::MAX - 1)),
        );
    }

    #[test]
    fn nobody_else_and_no_second_root_will_do() {
        check(
            "root:x:0:0::/root:/bin/sh\npostgres2:x:5:5::/:/bin/sh\n",
            None,
        );
        check("postgres:x:0:0::/root:/bin/sh\n", None);
    }
}
