//! What surrounds the crate that is compiled: its cache, its settings, the database it names.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, fs};

use hathi_query_cache::{
    Diagnostic, Home, Mistakes, Schema, Settings, SourcePlace, Store, dotenv_value,
    migrations_digest,
};

#[cfg(feature = "live")]
use crate::live::Fingerprint;
use crate::tracking::{Tracked, relative};

/// The variables that decide where answers come from.
const VARIABLES: [&str; 3] = ["DATABASE_URL", "HATHI_DIR", "HATHI_OFFLINE"];

/// The surroundings of a crate, read once and kept while they stay as they are: a process that expands macros may live
/// as long as an editor.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the crate's manifest.
    pub(crate) manifest: PathBuf,
    /// Whether no database may be asked.
    pub(crate) offline: bool,
    /// The database to ask, if one is known.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "for builds that ask a database")
    )]
    pub(crate) database: Option<Address>,
    /// The committed answers.
    pub(crate) store: Store,
    /// Where the committed answers come from.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "for builds that ask a database")
    )]
    pub(crate) schema: Option<Schema>,
    /// Whether the migrations have changed since then.
    pub(crate) stale: bool,
    /// What `hathi.toml` says.
    pub(crate) settings: Settings,
    /// What the database has said of itself.
    #[cfg(feature = "live")]
    pub(crate) fingerprint: Fingerprint,
    variables: Vec<Option<String>>,
    seen: Vec<(PathBuf, Stamp)>,
    is_tracked: AtomicBool,
}

/// A database, and who names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// `DATABASE_URL`, or the file that holds it.
    pub(crate) origin: String,
    /// The URL or the text of keywords.
    pub(crate) url: String,
    /// Whether `cargo hathi db` runs it for this project alone.
    pub(crate) private: bool,
}

// When a file was written last and how long it is; `None` if there is none.
type Stamp = Option<(Option<SystemTime>, u64)>;

static KNOWN: Mutex<Vec<Arc<Project>>> = Mutex::new(Vec::new());

impl Project {
    /// The surroundings of the crate that calls the macro.
    pub(crate) fn of_this_crate() -> Result<Arc<Self>, Mistakes> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(Diagnostic::no_manifest)?;
        let manifest = PathBuf::from(manifest);
        let variables = VARIABLES.map(|name| env::var(name).ok());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = known
            .iter()
            .find(|project| project.is(&manifest, &variables))
        {
            return Ok(Arc::clone(project));
        }
        let project = Arc::new(Self::read(manifest, variables)?);
        known.retain(|other| other.manifest != project.manifest);
        known.push(Arc::clone(&project));
        Ok(project)
    }

    /// Reads the surroundings of a crate. The values are those of [`VARIABLES`].
    pub(crate) fn read(
        manifest: PathBuf,
        variables: [Option<String>; 3],
    ) -> Result<Self, Mistakes> {
        let [url, dir, offline] = variables
            .each_ref()
            .map(|value| value.as_deref().filter(|value| !value.is_empty()));
        let mut look = Look::default();
        let (folder, cache) = home(&manifest, dir.map(Path::new), &mut look);
        let settings = settings(&folder, &mut look)?;
        let store = Store::open(cache);
        look.see(store.schema_path());
        let schema = store.schema()?;
        let stale = !settings.allow_stale
            && is_stale(&folder.join("migrations"), schema.as_ref(), &mut look)?;
        let environment = url.map(|url| Address {
            origin: "DATABASE_URL".to_owned(),
            url: url.to_owned(),
            private: false,
        });
        let named = environment
            .or_else(|| from_dotenv(&manifest, &mut look))
            .or_else(|| from_settings(&settings));
        let database = match named {
            Some(address) => Some(address),
            None => from_running_server(&store, &mut look)?,
        };
        Ok(Self {
            manifest,
            offline: offline.is_some_and(|value| !matches!(value, "0" | "false")),
            database,
            store,
            schema,
            stale,
            settings,
            #[cfg(feature = "live")]
            fingerprint: Fingerprint::default(),
            variables: variables.into(),
            seen: look.seen,
            is_tracked: AtomicBool::new(false),
        })
    }

    /// What every answer depends on, whichever it is: told to the first who asks. The compiler keeps one list for all
    /// of a crate, and each mention costs the user a tenth of a millisecond.
    pub(crate) fn tracked(&self) -> Tracked {
        if self.is_tracked.swap(true, Ordering::Relaxed) {
            return Tracked::default();
        }
        let files = self
            .seen
            .iter()
            .filter(|(path, stamp)| stamp.is_some() && is_file_of_ours(path));
        Tracked {
            files: files
                .map(|(path, _)| relative(&self.manifest, path))
                .collect(),
            variables: VARIABLES.to_vec(),
        }
    }

    fn is(&self, manifest: &Path, variables: &[Option<String>]) -> bool {
        self.manifest == manifest
            && self.variables == variables
            && self
                .seen
                .iter()
                .all(|(path, before)| *before == stamp(path))
    }
}

/// Looks at files and remembers at which: whether any has changed is all that must be asked the next time.
#[derive(Debug, Default)]
struct Look {
    seen: Vec<(PathBuf, Stamp)>,
}

impl Look {
    fn see(&mut self, path: PathBuf) -> bool {
        let stamp = stamp(&path);
        self.seen.push((path, stamp));
        stamp.is_some()
    }

    fn text(&mut self, path: PathBuf) -> Option<String> {
        let text = fs::read_to_string(&path).ok();
        self.see(path);
        text
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}

// Migrations are seen too, but no answer is read from them.
fn is_file_of_ours(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    matches!(name, Some(".env" | "hathi.toml" | "schema.json"))
}

/// The folder of `hathi.toml` and `migrations`, and the one of the cache in it, which need not exist.
fn home(manifest: &Path, dir: Option<&Path>, look: &mut Look) -> (PathBuf, PathBuf) {
    if dir.is_none() {
        // Each folder on the way up: a `.hathi` that appears nearer counts.
        for folder in manifest.ancestors() {
            if look.see(folder.join(".hathi")) {
                break;
            }
        }
    }
    let home = Home::find(manifest, dir);
    (home.folder, home.cache)
}

fn settings(folder: &Path, look: &mut Look) -> Result<Settings, Mistakes> {
    let path = folder.join("hathi.toml");
    if !look.see(path.clone()) {
        return Ok(Settings::default());
    }
    let text =
        fs::read_to_string(&path).map_err(|error| Diagnostic::unreadable_settings(&path, error))?;
    let settings = Settings::parse(&text).map_err(|mistakes| in_file(mistakes, &path, &text))?;
    match settings
        .derives
        .iter()
        .find(|name| syn::parse_str::<syn::Path>(name).is_err())
    {
        Some(name) => Err(Diagnostic::no_derive(name).into()),
        None => Ok(settings),
    }
}

// Mistakes with places in a file that is not the statement: their carets are drawn here.
fn in_file(mistakes: Mistakes, path: &Path, text: &str) -> Mistakes {
    let drawn = mistakes.into_iter().map(|mistake| {
        let place = mistake
            .place
            .as_ref()
            .map(|place| hathi_sql_text::place(text, place.start));
        let source = place.map(|place| SourcePlace {
            file: path.display().to_string(),
            line: place.line,
            column: place.column,
        });
        Diagnostic {
            message: mistake.render(text, source.as_ref()),
            ..Diagnostic::default()
        }
    });
    Mistakes(drawn.collect())
}

fn is_stale(migrations: &Path, schema: Option<&Schema>, look: &mut Look) -> Result<bool, Mistakes> {
    let Some(recorded) = schema.and_then(|schema| schema.migrations_digest.as_ref()) else {
        return Ok(false);
    };
    look.see(migrations.to_owned());
    for file in fs::read_dir(migrations).into_iter().flatten().flatten() {
        look.see(file.path());
    }
    // Without the folder there is nothing to compare: a published crate has a cache and no migrations.
    let digest = migrations_digest(migrations)?;
    Ok(digest.is_some_and(|digest| digest != *recorded))
}

// The nearest file that names a database; one that sets other variables alone does not hide it.
fn from_dotenv(manifest: &Path, look: &mut Look) -> Option<Address> {
    manifest.ancestors().find_map(|folder| {
        let path = folder.join(".env");
        let url = dotenv_value(&look.text(path.clone())?, "DATABASE_URL")?;
        Some(Address {
            origin: format!("DATABASE_URL in {}", relative(manifest, &path)),
            url,
            private: false,
        })
        .filter(|address| !address.url.is_empty())
    })
}

fn from_settings(settings: &Settings) -> Option<Address> {
    let url = settings.database_url.clone()?;
    Some(Address {
        origin: "database_url in hathi.toml".to_owned(),
        url,
        private: false,
    })
}

// What `cargo hathi db` leaves while its server runs.
fn from_running_server(store: &Store, look: &mut Look) -> Result<Option<Address>, Mistakes> {
    look.see(store.address_path());
    let address = store.address()?.map(|url| Address {
        origin: "the server of `cargo hathi db`".to_owned(),
        url,
        private: true,
    });
    Ok(address)
}

#[cfg(test)]
mod tests;
