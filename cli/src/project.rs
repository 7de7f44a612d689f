//! A project: the folder that holds a cache, its settings and its migrations.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use hathi_query_cache::{Home, Settings, Store, dotenv_value};

use crate::failure::Failure;

/// The folder that holds `.hathi/`, `hathi.toml` and `migrations/`.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// The cache in it, which need not exist.
    pub(crate) store: Store,
    /// What `hathi.toml` says.
    pub(crate) settings: Settings,
    // Where the search for `.env` begins.
    start: PathBuf,
}

/// A database by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Who names it: `DATABASE_URL`, a file.
    pub(crate) origin: String,
    /// The URL, or libpq's keywords.
    pub(crate) url: String,
}

/// The home of a crate, as the macros find it.
pub(crate) fn home(manifest: &Path) -> Home {
    let named = variable("HATHI_DIR").map(PathBuf::from);
    Home::find(manifest, named.as_deref())
}

impl Project {
    /// The project around a folder.
    pub(crate) fn around(folder: &Path) -> Result<Self, Failure> {
        let manifest = folder
            .ancestors()
            .find(|folder| folder.join("Cargo.toml").is_file());
        let manifest = manifest.unwrap_or(folder);
        Self::at(home(manifest), manifest)
    }

    /// The project of a home; `start` is the folder whose `.env` counts first.
    pub(crate) fn at(home: Home, start: &Path) -> Result<Self, Failure> {
        let file = home.folder.join("hathi.toml");
        let settings = Settings::load(&home.folder).map_err(|mistakes| {
            let text = fs::read_to_string(&file).unwrap_or_default();
            Failure::in_file(&mistakes, &file, &text)
        })?;
        Ok(Self {
            store: Store::open(home.cache),
            folder: home.folder,
            settings,
            start: start.to_owned(),
        })
    }

    /// The folder of the migrations, which need not exist.
    pub(crate) fn migrations(&self) -> PathBuf {
        self.folder.join("migrations")
    }

    /// The folder through which the private server is found.
    pub(crate) fn live(&self) -> PathBuf {
        self.store.live().folder().to_owned()
    }

    /// The database that the surroundings name: `DATABASE_URL`, a `.env`, `hathi.toml`, in this order.
    pub(crate) fn address(&self) -> Option<Address> {
        let environment = variable("DATABASE_URL").map(|url| Address {
            origin: "DATABASE_URL".to_owned(),
            url,
        });
        environment.or_else(|| self.dotenv()).or_else(|| {
            let url = self.settings.database_url.clone()?;
            Some(Address {
                origin: "database_url in hathi.toml".to_owned(),
                url,
            })
        })
    }

    /// The nearest `.env` that names a database; one that sets other variables alone does not hide it.
    fn dotenv(&self) -> Option<Address> {
        self.start.ancestors().find_map(|folder| {
            let file = folder.join(".env");
            let text = fs::read_to_string(&file).ok()?;
            let url = dotenv_value(&text, "DATABASE_URL").filter(|url| !url.is_empty())?;
            Some(Address {
                origin: format!("DATABASE_URL in {}", file.display()),
                url,
            })
        })
    }
}

/// The folder that commands start from.
pub(crate) fn current_folder() -> Result<PathBuf, Failure> {
    env::current_dir().map_err(|error| Failure::no_folder(&error))
}

/// A variable of the environment; an empty one is not set.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether `HATHI_OFFLINE` forbids to download anything.
pub(crate) fn is_offline() -> bool {
    variable("HATHI_OFFLINE").is_some_and(|value| !matches!(&*value, "0" | "false"))
}
