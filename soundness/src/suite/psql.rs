//! The commands of psql that change what a script does.

use std::collections::BTreeMap;
use std::path::Path;

use super::script::{Variables, interpolated};

/// The state that commands change: variables, and the branches that are open.
#[derive(Debug)]
pub(super) struct Psql {
    pub(super) variables: Variables,
    environment: BTreeMap<&'static str, String>,
    branches: Vec<Branch>,
}

/// Where a script stands in `\if`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// This part is run.
    Taken,
    /// A later one may be.
    Waiting,
    /// One was, or an outer one is not.
    Over,
}

impl Psql {
    /// As `pg_regress` starts psql: the folder of the suite, and one to write to.
    pub(super) fn new(suite: &Path, scratch: &Path, major: u32) -> Self {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let environment = BTreeMap::from([
            ("PG_ABS_SRCDIR", text(suite)),
            ("PG_ABS_BUILDDIR", text(scratch)),
            ("PG_LIBDIR", text(scratch)),
            ("PG_DLSUFFIX", ".so".to_owned()),
        ]);
        let variables = [
            ("DBNAME", "regression".to_owned()),
            ("USER", "postgres".to_owned()),
            ("HOST", "localhost".to_owned()),
            ("PORT", "5432".to_owned()),
            ("SERVER_VERSION_NUM", format!("{major}0000")),
            ("VERSION_NUM", format!("{major}0000")),
            ("SHOW_ALL_RESULTS", "on".to_owned()),
            ("AUTOCOMMIT", "on".to_owned()),
            ("ECHO", "all".to_owned()),
            ("FETCH_COUNT", "0".to_owned()),
        ];
        Self {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            environment,
            branches: Vec::new(),
        }
    }

    /// Whether what stands here is run.
    pub(super) fn is_active(&self) -> bool {
        self.branches.iter().all(|branch| *branch == Branch::Taken)
    }

    /// Follows `\if` and its kin, and `\set` and its kin; anything else changes nothing here.
    pub(super) fn follow(&mut self, name: &str, rest: &str) {
        match name {
            "if" => {
                let branch = match self.is_active() {
                    false => Branch::Over,
                    true if self.is_true(rest) => Branch::Taken,
                    true => Branch::Waiting,
                };
                self.branches.push(branch);
            }
            "elif" | "else" => {
                let holds = name == "else" || self.is_true(rest);
                if let Some(last) = self.branches.last_mut() {
                    *last = match last {
                        Branch::Waiting if holds => Branch::Taken,
                        Branch::Waiting => Branch::Waiting,
                        Branch::Taken | Branch::Over => Branch::Over,
                    };
                }
            }
            "endif" => {
                self.branches.pop();
            }
            _ if !self.is_active() => {}
            "set" => self.set(rest),
            "unset" => {
                self.variables.remove(rest);
            }
            "getenv" => {
                let mut words = rest.split_whitespace();
                if let (Some(variable), Some(name)) = (words.next(), words.next())
                    && let Some(value) = self.environment.get(name)
                {
                    self.variables.insert(variable.to_owned(), value.clone());
                }
            }
            _ => {}
        }
    }

    /// The value is all words behind the name, put together.
    fn set(&mut self, rest: &str) {
        let name = rest.split_whitespace().next().unwrap_or_default();
        let value = words(&rest[name.len()..], &self.variables).concat();
        self.variables.insert(name.to_owned(), value);
    }

    fn is_true(&self, rest: &str) -> bool {
        let asked = rest.trim();
        if let Some(name) = asked
            .strip_prefix(":{?")
            .and_then(|name| name.strip_suffix('}'))
        {
            return self.variables.contains_key(name);
        }
        let value = words(asked, &self.variables).concat().to_ascii_lowercase();
        matches!(value.as_str(), "t" | "true" | "on" | "1" | "yes")
    }
}

/// The words of a command's arguments; a quoted one holds spaces.
pub(super) fn words(rest: &str, variables: &Variables) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let mut value = String::new();
            let mut left = quoted;
            loop {
                let end = left.find('\'').unwrap_or(left.len());
                value.push_str(&left[..end]);
                left = left.get(end + 1..).unwrap_or_default();
                let Some(more) = left.strip_prefix('\'') else {
                    break;
                };
                value.push('\'');
                left = more;
            }
            words.push(value);
            rest = left.trim_start();
        } else {
            let end = rest
                .find(|character: char| character.is_whitespace())
                .unwrap_or(rest.len());
            let end = rest
                .find('\'')
                .filter(|quote| *quote > 0 && !rest.starts_with(':'))
                .map_or(end, |quote| quote.min(end));
            words.push(interpolated(&rest[..end], variables));
            rest = rest[end..].trim_start();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Psql, words};
    use std::path::Path;

    fn psql() -> Psql {
        Psql::new(Path::new("/suite"), Path::new("/scratch"), 18)
    }

    #[test]
    fn only_one_branch_is_taken() {
        let mut psql = psql();
        let mut taken = Vec::new();
        for (name, rest) in [
            ("if", "false"),
            ("elif", "on"),
            ("elif", "on"),
            ("else", ""),
            ("endif", ""),
        ] {
            psql.follow(name, rest);
            taken.push(psql.is_active());
        }
        assert_eq!(taken, [false, true, false, false, true]);
    }

    #[test]
    fn nothing_is_set_where_nothing_is_run() {
        let mut psql = psql();
        for (name, rest) in [
            ("if", "0"),
            ("set", "a 1"),
            ("if", "1"),
            ("set", "a 2"),
            ("endif", ""),
            ("endif", ""),
        ] {
            psql.follow(name, rest);
        }
        assert!(!psql.variables.contains_key("a"));
    }

    #[test]
    fn values_are_words_put_together() {
        let mut psql = psql();
        psql.follow("getenv", "folder PG_ABS_SRCDIR");
        psql.follow("set", "file :folder '/data/o''ne.data'");
        assert_eq!(psql.variables["file"], "/suite/data/o'ne.data");
        assert_eq!(
            words("- regress_user", &psql.variables),
            ["-", "regress_user"]
        );
    }
}
