//! Migration scripts by their file names: `<version>__<name>.up.sql`, and their order.

use std::collections::BTreeMap;
use std::fmt;

/// A script that brings the schema one version on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Script {
    /// The number in front, which gives the order.
    pub version: u64,
    /// What stands between the number and the ending.
    pub name: String,
    /// The whole file name.
    pub file_name: String,
}

/// Why the files of a folder are no migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Ending {
        file_name: String,
    },
    Separator {
        file_name: String,
    },
    Version {
        file_name: String,
    },
    Name {
        file_name: String,
    },
    SameVersion {
        version: u64,
        first: String,
        second: String,
    },
}

const ENDING: &str = ".up.sql";
const SHAPE: &str = "expected <version>__<name>.up.sql, such as 1__users.up.sql";

/// Reads the name of a script.
///
/// # Errors
///
/// [`ScriptError`] if the name is not `<version>__<name>.up.sql` with a version of digits that fits 64 bits.
///
/// # Example: a name and its parts
///
/// ```
/// let script = hathi_sql_text::migration::parse_file_name("0007__add_nick.up.sql")?;
/// assert_eq!((script.version, script.name.as_str()), (7, "add_nick"));
/// # Ok::<(), hathi_sql_text::migration::ScriptError>(())
/// ```
pub fn parse_file_name(file_name: &str) -> Result<Script, ScriptError> {
    let error = |kind: fn(String) -> Kind| ScriptError {
        kind: kind(file_name.to_owned()),
    };
    let stem = file_name
        .strip_suffix(ENDING)
        .ok_or_else(|| error(|file_name| Kind::Ending { file_name }))?;
    let (version, name) = stem
        .split_once("__")
        .ok_or_else(|| error(|file_name| Kind::Separator { file_name }))?;
    let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    let version = version
        .parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| error(|file_name| Kind::Version { file_name }))?;
    if name.is_empty() {
        return Err(error(|file_name| Kind::Name { file_name }));
    }
    Ok(Script {
        version,
        name: name.to_owned(),
        file_name: file_name.to_owned(),
    })
}

/// The scripts among the files of a folder, in the order in which they are applied.
///
/// Files that do not end in `.sql` are none of ours, and `.down.sql` goes the other way: both are passed over.
///
/// # Errors
///
/// [`ScriptError`] if another `.sql` file is named differently, or if two scripts have one version.
pub fn order<I>(file_names: I) -> Result<Vec<Script>, ScriptError>
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut scripts: BTreeMap<u64, Script> = BTreeMap::new();
    let mut names: Vec<I::Item> = file_names.into_iter().collect();
    names.sort_by(|one, other| one.as_ref().cmp(other.as_ref()));
    for name in names.iter().map(AsRef::as_ref).filter(|name| is_ours(name)) {
        let script = parse_file_name(name)?;
        if let Some(first) = scripts.get(&script.version) {
            let (version, first) = (script.version, first.file_name.clone());
            return Err(ScriptError {
                kind: Kind::SameVersion {
                    version,
                    first,
                    second: script.file_name,
                },
            });
        }
        scripts.insert(script.version, script);
    }
    Ok(scripts.into_values().collect())
}

fn is_ours(name: &str) -> bool {
    name.ends_with(".sql") && !name.ends_with(".down.sql")
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Ending { file_name } => {
                write!(
                    f,
                    "migration \"{file_name}\" does not end in {ENDING}: {SHAPE}"
                )
            }
            Kind::Separator { file_name } => {
                write!(
                    f,
                    "migration \"{file_name}\" has no \"__\" between version and name: {SHAPE}"
                )
            }
            Kind::Version { file_name } => {
                write!(
                    f,
                    "migration \"{file_name}\" does not start with a version, a number below 2^64: {SHAPE}"
                )
            }
            Kind::Name { file_name } => write!(f, "migration \"{file_name}\" has no name: {SHAPE}"),
            Kind::SameVersion {
                version,
                first,
                second,
            } => {
                write!(
                    f,
                    "migrations \"{first}\" and \"{second}\" have the same version {version}: renumber one of them"
                )
            }
        }
    }
}

impl std::error::Error for ScriptError {}

#[cfg(test)]
mod tests {
    use super::{order, parse_file_name};

    #[track_caller]
    fn check(files: &[&str], expected: Result<&[&str], &str>) {
        let scripts = order(files).map(|scripts| {
            scripts
                .into_iter()
                .map(|script| script.file_name)
                .collect::<Vec<_>>()
        });
        match (scripts, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
            (found, _) => panic!("expected {expected:?}, found {found:?}"),
        }
    }

    #[test]
    fn versions_give_the_order() {
        check(
            &["10__c.up.sql", "9__b.up.sql", "0001__a.up.sql"],
            Ok(&["0001__a.up.sql", "9__b.up.sql", "10__c.up.sql"]),
        );
        check(
            &["20250131120000__x.up.sql"],
            Ok(&["20250131120000__x.up.sql"]),
        );
        check(&[], Ok(&[]));
    }

    #[test]
    fn other_files_are_passed_over() {
        check(
            &["README.md", "1__a.down.sql", "1__a.up.sql", "1__b.up.sql~"],
            Ok(&["1__a.up.sql"]),
        );
    }

    #[test]
    fn names_may_hold_anything_behind_the_first_underscores() {
        let script = parse_file_name("3__add__nick naïve.up.sql").unwrap();
        assert_eq!(script.name, "add__nick naïve");
    }

    #[test]
    fn two_scripts_of_one_version_are_refused() {
        check(
            &["1__b.up.sql", "01__a.up.sql"],
            Err(
                "migrations \"01__a.up.sql\" and \"1__b.up.sql\" have the same version 1: renumber one of them",
            ),
        );
    }

    #[test]
    fn wrong_names_are_refused_with_the_right_shape() {
        let shape = "expected <version>__<name>.up.sql, such as 1__users.up.sql";
        let wrong = |file: &str, what: &str| {
            check(
                &[file],
                Err(&format!("migration \"{file}\" {what}: {shape}")),
            )
        };
        wrong("1__users.sql", "does not end in .up.sql");
        wrong("1_users.up.sql", "has no \"__\" between version and name");
        wrong("users.up.sql", "has no \"__\" between version and name");
        wrong(
            "v1__users.up.sql",
            "does not start with a version, a number below 2^64",
        );
        wrong(
            "+1__users.up.sql",
            "does not start with a version, a number below 2^64",
        );
        wrong(
            "18446744073709551616__users.up.sql",
            "does not start with a version, a number below 2^64",
        );
        wrong(
            "__users.up.sql",
            "does not start with a version, a number below 2^64",
        );
        wrong("1__.up.sql", "has no name");
    }
}
