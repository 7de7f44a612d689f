//! Which operating system this is, and how its people install programs.

use std::fs;

use crate::version::NEWEST_MAJOR;

/// A family of systems that install PostgreSQL the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Debian,
    Fedora,
    Suse,
    Arch,
    Alpine,
    Mac,
    Other,
}

impl System {
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::Mac;
        }
        fs::read_to_string("/etc/os-release").map_or(Self::Other, |text| Self::of_release(&text))
    }

    /// Reads the `ID` and `ID_LIKE` of an `os-release` file.
    fn of_release(text: &str) -> Self {
        text.lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|ids| ids.trim_matches(['"', '\'']).split_whitespace())
            .find_map(|id| match id {
                "debian" | "ubuntu" => Some(Self::Debian),
                "fedora" | "rhel" | "centos" => Some(Self::Fedora),
                "suse" | "opensuse" | "opensuse-tumbleweed" => Some(Self::Suse),
                "arch" => Some(Self::Arch),
                "alpine" => Some(Self::Alpine),
                _ => None,
            })
            .unwrap_or(Self::Other)
    }

    /// The command that installs a server, of the major if one is given.
    pub(crate) fn install_postgres(self, major: Option<u32>) -> String {
        let newest = major.unwrap_or(NEWEST_MAJOR);
        match (self, major) {
            (Self::Debian, Some(major)) => format!("apt-get install postgresql-{major}"),
            (Self::Debian, None) => "apt-get install postgresql".to_owned(),
            (Self::Fedora, Some(major)) => format!("dnf install postgresql{major}-server"),
            (Self::Fedora, None) => "dnf install postgresql-server".to_owned(),
            (Self::Suse, Some(major)) => format!("zypper install postgresql{major}-server"),
            (Self::Suse, None) => "zypper install postgresql-server".to_owned(),
            (Self::Arch, _) => "pacman -S postgresql".to_owned(),
            (Self::Alpine, _) => format!("apk add postgresql{newest}"),
            (Self::Mac, _) => format!("brew install postgresql@{newest}"),
            (Self::Other, _) => "https://www.postgresql.org/download/".to_owned(),
        }
    }

    /// The command that installs npm.
    pub(crate) fn install_npm(self) -> &'static str {
        match self {
            Self::Debian => "apt-get install npm",
            Self::Fedora => "dnf install nodejs-npm",
            Self::Suse => "zypper install npm",
            Self::Arch => "pacman -S npm",
            Self::Alpine => "apk add npm",
            Self::Mac => "brew install node",
            Self::Other => "https://nodejs.org/en/download",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(release: &str, expected: System) {
        assert_eq!(System::of_release(release), expected);
    }

    #[test]
    fn a_system_is_known_by_its_id() {
        check(
            "PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n",
            System::Debian,
        );
        check("NAME=\"Alpine Linux\"\nID=alpine\n", System::Alpine);
    }

    #[test]
    fn a_derived_system_is_known_by_what_it_is_like() {
        check("ID=pop\nID_LIKE=\"ubuntu debian\"\n", System::Debian);
        check(
            "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
            System::Fedora,
        );
    }

    #[test]
    fn an_unknown_system_gets_the_download_page() {
        check("ID=plan9\n", System::Other);
        assert!(
            System::Other
                .install_postgres(Some(18))
                .starts_with("https://")
        );
    }
}
