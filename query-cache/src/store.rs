//! The files of `.hathi/`: answers, one per statement, and what is known of their database.

mod error;
mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::description::Description;
use crate::key::{key, on_one_line, same_statement, slug};
use crate::schema::Schema;
use crate::template::Template;

pub use error::StoreError;
use file::Readers;

/// The version of the file formats that this release writes. It reads every one up to it.
///
/// A field that an older release may overlook without harm does not change the version; everything else does.
pub const FORMAT: u32 = 1;

/// A folder of answers: `.hathi/` itself, or `.hathi/live/` with those that are not committed.
///
/// # Example: looking a statement up
///
/// ```
/// use hathi_query_cache::{Store, Template};
///
/// let store = Store::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/v1"));
/// let template = Template::parse("SELECT id, nick FROM users WHERE nick = {user.nick}").unwrap();
/// let description = store.get(&template)?.expect("the file is there");
/// assert_eq!(description.columns.unwrap()[1].name, "nick");
/// # Ok::<(), hathi_query_cache::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    ignored: bool,
}

/// The content of a cache file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the format.
    pub format: u32,
    /// The statement as the server gets it, on one line and without comments.
    pub sql: String,
    /// What is known of it.
    #[serde(flatten)]
    pub description: Description,
}

/// The answers of a folder, each with its file.
pub type Entries = Vec<(PathBuf, Result<Entry, StoreError>)>;

impl Store {
    /// The answers in a folder, which need not exist: a folder without files has no answers.
    #[must_use]
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            ignored: false,
        }
    }

    /// The answers that are not committed, in the folder `live` inside this one. Git ignores them.
    #[must_use]
    pub fn live(&self) -> Self {
        if self.ignored {
            return self.clone();
        }
        Self {
            folder: self.folder.join("live"),
            ignored: true,
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the answer for a statement is kept, whether it exists or not.
    #[must_use]
    pub fn path_of(&self, template: &Template) -> PathBuf {
        let key = key(template);
        let digits = key.get(..12).unwrap_or(&key);
        self.queries()
            .join(format!("{}-{digits}.json", slug(template)))
    }

    /// The answer for a statement, its parameters called as the statement calls them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if there is a file and it cannot be read, is broken, or was written by a later release.
    pub fn get(&self, template: &Template) -> Result<Option<Description>, StoreError> {
        let path = self.path_of(template);
        let Some(entry) = file::read::<Entry>(&path)? else {
            return Ok(None);
        };
        // The file's name holds a part of the key only.
        if !same_statement(&entry.sql, template.sql()) {
            return Ok(None);
        }
        let (found, expected) = (
            entry.description.parameters.len(),
            template.parameters().len(),
        );
        if found != expected {
            let reason = format!("expected {expected} parameters, found {found}");
            return Err(StoreError::broken(&path, reason));
        }
        Ok(Some(entry.description.with_names_of(template)))
    }

    /// Keeps the answer for a statement and returns its file.
    ///
    /// A file that says the same, for a statement that differs in layout or in the names of its parameters only, is left
    /// alone: several places may write one statement, and what did not change is not rebuilt.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be written.
    pub fn put(
        &self,
        template: &Template,
        description: &Description,
    ) -> Result<PathBuf, StoreError> {
        match self.get(template) {
            Ok(Some(before)) if before == description.clone().with_names_of(template) => {
                Ok(self.path_of(template))
            }
            _ => self.overwrite(template, description),
        }
    }

    /// As [`Store::put`], but the names in the file become those of this statement.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be written.
    pub fn overwrite(
        &self,
        template: &Template,
        description: &Description,
    ) -> Result<PathBuf, StoreError> {
        let path = self.path_of(template);
        let description = description.clone().with_names_of(template);
        self.write(
            &path,
            &Entry {
                format: FORMAT,
                sql: on_one_line(template.sql()),
                description,
            },
        )?;
        Ok(path)
    }

    /// Forgets the answer for a statement; `false` if there was none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be removed.
    pub fn remove(&self, template: &Template) -> Result<bool, StoreError> {
        file::remove(&self.path_of(template))
    }

    /// All answers with their files, in the order of the file names. A broken one does not hide the others.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder cannot be read.
    pub fn entries(&self) -> Result<Entries, StoreError> {
        let mut entries = Vec::new();
        for path in self.files()? {
            // A file that another process has just removed is none.
            if let Some(entry) = file::read(&path).transpose() {
                entries.push((path, entry));
            }
        }
        Ok(entries)
    }

    /// Removes every answer whose file is not in `keep` and returns the removed files.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a file cannot be removed.
    pub fn prune(&self, keep: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, StoreError> {
        let mut removed = Vec::new();
        for path in self
            .files()?
            .into_iter()
            .filter(|path| !keep.contains(path))
        {
            if file::remove(&path)? {
                removed.push(path);
            }
        }
        Ok(removed)
    }

    /// Forgets all answers and what is known of their database.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a file cannot be removed.
    pub fn clear(&self) -> Result<(), StoreError> {
        self.prune(&BTreeSet::new())?;
        file::remove(&self.schema_path())?;
        Ok(())
    }

    /// What is known of the database that the answers come from.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if there is a file and it cannot be read, is broken, or was written by a later release.
    pub fn schema(&self) -> Result<Option<Schema>, StoreError> {
        file::read(&self.schema_path())
    }

    /// Keeps what is known of the database and returns its file.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be written.
    pub fn put_schema(&self, schema: &Schema) -> Result<PathBuf, StoreError> {
        let path = self.schema_path();
        self.write(&path, schema)?;
        Ok(path)
    }

    /// Where [`Store::schema`] is kept.
    #[must_use]
    pub fn schema_path(&self) -> PathBuf {
        self.folder.join("schema.json")
    }

    /// The URL of the server that `cargo hathi db` runs for the project, if it has left one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if there is a file and it cannot be read.
    pub fn address(&self) -> Result<Option<String>, StoreError> {
        let text = file::read_text(&self.address_path())?;
        Ok(text
            .map(|text| text.trim().to_owned())
            .filter(|url| !url.is_empty()))
    }

    /// Leaves the URL of the project's server, readable for the user alone: it may hold a password. `None` removes it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file cannot be written or removed.
    pub fn put_address(&self, url: Option<&str>) -> Result<(), StoreError> {
        let path = self.address_path();
        let Some(url) = url else {
            return file::remove(&path).map(drop);
        };
        self.live().ignore()?;
        file::write_text(&path, &format!("{url}\n"), Readers::Owner)
    }

    /// Where [`Store::address`] is kept: beside the answers that are not committed.
    #[must_use]
    pub fn address_path(&self) -> PathBuf {
        self.live().folder.join("database_url")
    }

    fn queries(&self) -> PathBuf {
        self.folder.join("queries")
    }

    fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
        self.ignore()?;
        file::write(path, value)
    }

    fn ignore(&self) -> Result<(), StoreError> {
        if self.ignored {
            file::write_text(&self.folder.join(".gitignore"), "*\n", Readers::All)
        } else {
            Ok(())
        }
    }

    fn files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let folder = self.queries();
        let unreadable = |error: io::Error| StoreError::unreadable(&folder, &error);
        let files = match fs::read_dir(&folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut paths = Vec::new();
        for file in files {
            let path = file.map_err(unreadable)?.path();
            let is_hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.extension().is_some_and(|ending| ending == "json") && !is_hidden {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }
}
