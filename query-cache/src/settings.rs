//! The file `hathi.toml`, beside `.hathi/`.

use std::path::Path;
use std::{fs, io};

use toml::de::{DeTable, DeValue};

use crate::description::LINTS;
use crate::diagnostic::{Diagnostic, Mistakes};

/// What a project sets for the checking of its statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The database to ask, where the environment names none.
    pub database_url: Option<String>,
    /// `stale = "allow"`: a cache that is older than the migrations is used all the same.
    pub allow_stale: bool,
    /// `scratch = true`: statements that only running can check may run on the database, in a transaction rolled back.
    pub scratch: bool,
    /// What generated row structs derive beside `Debug`.
    pub derives: Vec<String>,
    /// `[lints]`: the names of those that are set to "allow".
    pub allowed_lints: Vec<String>,
    /// `[functions]`: functions of the user's that never return NULL, `public.f(int4)`, without spaces.
    pub functions: Vec<String>,
}

const KNOWN: [&str; 6] = [
    "database_url",
    "derives",
    "functions",
    "lints",
    "scratch",
    "stale",
];

impl Settings {
    /// Reads the file `hathi.toml` in a folder; without it everything has its default.
    ///
    /// # Errors
    ///
    /// The mistakes in the file, with their places in it.
    pub fn load(folder: &Path) -> Result<Self, Mistakes> {
        let path = folder.join("hathi.toml");
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Diagnostic::unreadable_settings(&path, error).into()),
        }
    }

    /// Reads the text of a `hathi.toml`.
    ///
    /// # Errors
    ///
    /// The mistakes in the text, with their places in it.
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        let table = DeTable::parse(text)
            .map_err(|error| Diagnostic::broken_settings(error.message(), error.span()))?;
        let mut settings = Self::default();
        let mut mistakes = Vec::new();
        for (key, value) in table.get_ref() {
            if let ("lints", Some(lints)) = (&**key.get_ref(), value.get_ref().as_table()) {
                mistakes.extend(settings.set_lints(lints));
                continue;
            }
            mistakes.extend(match settings.set(key.get_ref(), value.get_ref()) {
                Ok(()) => None,
                Err(Wrong::Key) => Some(Diagnostic::unknown_setting(
                    key.get_ref(),
                    &KNOWN,
                    key.span(),
                )),
                Err(Wrong::Value(expected)) => Some(Diagnostic::wrong_setting(
                    key.get_ref(),
                    expected,
                    value.span(),
                )),
            });
        }
        mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| place.start));
        if mistakes.is_empty() {
            Ok(settings)
        } else {
            Err(Mistakes(mistakes))
        }
    }

    fn set(&mut self, key: &str, value: &DeValue<'_>) -> Result<(), Wrong> {
        match key {
            "database_url" => self.database_url = Some(string(value).ok_or(Wrong::Value("a URL"))?),
            "stale" => match value.as_str() {
                Some("allow") => self.allow_stale = true,
                Some("deny") => self.allow_stale = false,
                _ => return Err(Wrong::Value("\"allow\" or \"deny\"")),
            },
            "scratch" => self.scratch = value.as_bool().ok_or(Wrong::Value("true or false"))?,
            "derives" => self.derives = strings(value).ok_or(Wrong::Value("a list of names"))?,
            "lints" => return Err(Wrong::Value("a table")),
            "functions" => {
                self.functions =
                    functions(value).ok_or(Wrong::Value("signatures, each with \"not null\","))?;
            }
            _ => return Err(Wrong::Key),
        }
        Ok(())
    }

    fn set_lints(&mut self, lints: &DeTable<'_>) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        for (key, value) in lints {
            let name = key.get_ref();
            match value.get_ref().as_str() {
                _ if !LINTS.contains(&&**name) => {
                    mistakes.push(Diagnostic::unknown_lint(name).at(key.span()));
                }
                Some("allow") => self.allowed_lints.push(name.to_string()),
                Some("warn") => {}
                _ => mistakes.push(Diagnostic::wrong_setting(
                    name,
                    "\"allow\" or \"warn\"",
                    value.span(),
                )),
            }
        }
        mistakes
    }
}

/// Why a line is no setting.
enum Wrong {
    Key,
    /// What the key takes instead.
    Value(&'static str),
}

fn string(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn strings(value: &DeValue<'_>) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|value| string(value.get_ref()))
        .collect()
}

fn functions(value: &DeValue<'_>) -> Option<Vec<String>> {
    let mut functions = Vec::new();
    for (signature, claim) in value.as_table()? {
        let signature: String = signature.get_ref().split_whitespace().collect();
        let is_signature = signature.contains('(') && signature.ends_with(')');
        if !is_signature || claim.get_ref().as_str() != Some("not null") {
            return None;
        }
        functions.push(signature);
    }
    Some(functions)
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::scratch::Scratch;

    #[track_caller]
    fn check(text: &str, expected: &Settings) {
        assert_eq!(Settings::parse(text).as_ref(), Ok(expected));
    }

    /// The mistakes, each as `message @ what it points at → help`.
    #[track_caller]
    fn check_refused(text: &str, expected: &[&str]) {
        let mistakes = Settings::parse(text).unwrap_err();
        let show = |mistake: crate::Diagnostic| {
            let place = mistake.place.map_or("nowhere", |place| &text[place]);
            format!(
                "{} @ {place} → {}",
                mistake.message,
                mistake.help.join("; ")
            )
        };
        assert_eq!(mistakes.into_iter().map(show).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn everything_has_a_default() {
        check("", &Settings::default());
        let scratch = Scratch::new();
        assert_eq!(Settings::load(scratch.path()), Ok(Settings::default()));
    }

    #[test]
    fn everything_can_be_set() {
        let text = "database_url = 'postgres://localhost/app'\nstale = \"allow\" # for now\nscratch = true\nderives = [\"Clone\", \"serde::Serialize\"]\n[lints]\nno_where = 'allow'\nunused_cte = 'warn'\n[functions]\n'public.f(int4, text)' = 'not null'\n";
        let expected = Settings {
            database_url: Some("postgres://localhost/app".into()),
            allow_stale: true,
            scratch: true,
            derives: vec!["Clone".into(), "serde::Serialize".into()],
            allowed_lints: vec!["no_where".into()],
            functions: vec!["public.f(int4,text)".into()],
        };
        check(text, &expected);
        let scratch = Scratch::new();
        scratch.write("hathi.toml", text);
        assert_eq!(Settings::load(scratch.path()), Ok(expected));
    }

    #[test]
    fn unknown_keys_are_mistakes() {
        check_refused(
            "databse_url = 'x'",
            &[
                "hathi.toml has no setting \"databse_url\" @ databse_url → did you mean \"database_url\"?",
            ],
        );
        check_refused(
            "[types]\nx = 1",
            &[
                "hathi.toml has no setting \"types\" @ types → settings are database_url, derives, functions, lints, scratch, stale",
            ],
        );
    }

    #[test]
    fn wrong_values_are_mistakes_and_reported_together() {
        check_refused(
            "stale = true\nscratch = 'yes'\nderives = ['Clone', 1]\ndatabase_url = 1\nfunctions = { f = 'not null' }",
            &[
                "hathi.toml: expected \"allow\" or \"deny\" for \"stale\" @ true → write stale = \"allow\"",
                "hathi.toml: expected true or false for \"scratch\" @ 'yes' → write scratch = true",
                "hathi.toml: expected a list of names for \"derives\" @ ['Clone', 1] → write derives = [\"Clone\"]",
                "hathi.toml: expected a URL for \"database_url\" @ 1 → write database_url = \"postgres://…\"",
                "hathi.toml: expected signatures, each with \"not null\", for \"functions\" @ { f = 'not null' } → write functions = { \"public.f(int4)\" = \"not null\" }",
            ],
        );
    }

    #[test]
    fn lints_have_known_names_and_levels() {
        check_refused(
            "lints = 'allow'",
            &[
                "hathi.toml: expected a table for \"lints\" @ 'allow' → write lints = { no_where = \"allow\" }",
            ],
        );
        check_refused(
            "[lints]\nno_were = 'allow'\nx = 'allow'\nno_where = 'deny'",
            &[
                "there is no lint \"no_were\" @ no_were → did you mean \"no_where\"?",
                "there is no lint \"x\" @ x → lints are always_null, disconnected_join, foreign_type_word, implicit_cast, multiplied_aggregate, no_where, not_in_nullable, nullable_argument, redundant_mark, unordered_limit, unused_cte, volatile_predicate",
                "hathi.toml: expected \"allow\" or \"warn\" for \"no_where\" @ 'deny' → write no_where = \"allow\"",
            ],
        );
    }

    #[test]
    fn what_is_no_toml_is_a_mistake_at_its_place() {
        let mistakes = Settings::parse("stale = \n").unwrap_err();
        assert!(
            mistakes.0[0].message.starts_with("hathi.toml is no TOML: "),
            "{mistakes}"
        );
        assert_eq!(
            mistakes.0[0].place.clone().map(|place| place.start),
            Some(8)
        );
    }
}
