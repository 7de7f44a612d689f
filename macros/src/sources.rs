//! Where answers come from, in this order: a database if one is known, else the cache.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use hathi_query_cache::{Description, Diagnostic, Mistakes, NoAnswer, Template};
use syn::Path as Derive;

#[cfg(feature = "live")]
use crate::live::{self, Live, Unanswered};
use crate::project::Project;
use crate::statement::Answer;
use crate::tracking::{Tracked, relative};

/// The sources of a crate's answers.
#[derive(Debug)]
pub(crate) struct Sources {
    project: Arc<Project>,
}

impl Sources {
    /// Those of the crate that calls the macro.
    pub(crate) fn of_this_crate() -> Result<Self, Mistakes> {
        let project = Project::of_this_crate()?;
        Ok(Self { project })
    }

    /// What is known of a statement.
    ///
    /// A database that is known decides; one that cannot be asked leaves it to the cache.
    pub(crate) fn answer(&self, template: &Template) -> Result<Answer, Mistakes> {
        let silence = match self.ask(template)? {
            Ok(answer) => return Ok(answer),
            Err(silence) => silence,
        };
        let Some(description) = self.project.store.get(template)? else {
            return Err(silence.into());
        };
        if self.project.stale {
            return Err(Diagnostic::stale_migrations().into());
        }
        Ok(self.from(description, Some(&self.project.store.path_of(template))))
    }

    /// The database's answer, or in words why there is none.
    #[cfg(feature = "live")]
    fn ask(&self, template: &Template) -> Result<Result<Answer, Diagnostic>, Mistakes> {
        let address = match (&self.project.database, self.project.offline) {
            (_, true) => return Ok(Err(Diagnostic::no_answer(NoAnswer::Offline))),
            (None, false) => return Ok(Err(Diagnostic::no_answer(NoAnswer::NoDatabase))),
            (Some(address), false) => address,
        };
        match live::answer(&self.project, address, template) {
            Ok(Live { description, file }) => Ok(Ok(self.from(description, file.as_deref()))),
            Err(Unanswered::Silent(words)) => Ok(Err(words)),
            Err(Unanswered::Refused(mistakes)) => Err(mistakes),
        }
    }

    #[cfg(not(feature = "live"))]
    fn ask(&self, _: &Template) -> Result<Result<Answer, Diagnostic>, Mistakes> {
        let reason = if self.project.offline {
            NoAnswer::Offline
        } else {
            NoAnswer::NotLive
        };
        Ok(Err(Diagnostic::no_answer(reason)))
    }

    fn from(&self, description: Description, file: Option<&Path>) -> Answer {
        let file = Tracked {
            files: file
                .map(|file| relative(&self.project.manifest, file))
                .into_iter()
                .collect(),
            variables: Vec::new(),
        };
        let derives = self.project.settings.derives.iter();
        Answer {
            description,
            tracked: file.and(self.project.tracked()),
            derives: derives.filter_map(|name| derive(name)).collect(),
            allowed: self.project.settings.allowed_lints.clone(),
        }
    }
}

/// Reads a file of SQL; the path starts at the manifest's folder.
pub(crate) fn read_file(path: &str) -> Result<String, Mistakes> {
    let project = Project::of_this_crate()?;
    let file = project.manifest.join(path);
    let text = fs::read_to_string(&file).map_err(|error| {
        let reason = match error.kind() {
            ErrorKind::NotFound => "there is no such file".to_owned(),
            ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
            _ => error.to_string(),
        };
        Diagnostic::unreadable_query_file(Path::new(path), reason)
    })?;
    Ok(text.replace("\r\n", "\n"))
}

// The traits of the standard library are found everywhere.
fn derive(name: &str) -> Option<Derive> {
    let module = match name {
        "Clone" => "clone::",
        "Copy" => "marker::",
        "Default" => "default::",
        "PartialEq" | "Eq" | "PartialOrd" | "Ord" => "cmp::",
        "Hash" => "hash::",
        _ => return syn::parse_str(name).ok(),
    };
    syn::parse_str(&format!("::core::{module}{name}")).ok()
}
