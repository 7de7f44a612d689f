//! A project: the folder that holds a cache, its settings and its migrations.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use hathi_query_cache::{Settings, Store, find_dir};

use crate::dotenv;
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

/// Where a crate has its cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Home {
    /// The folder of `hathi.toml` and `migrations/`.
    pub(crate) folder: PathBuf,
    /// The cache.
    pub(crate) cache: PathBuf,
}

impl Home {
    /// The home of a crate, as the macros find it: `HATHI_DIR`, else the nearest `.hathi/` upward.
    ///
    /// Where there is none yet it will be beside the nearest `hathi.toml`, else the nearest `migrations/`, else the
    /// manifest of the workspace, else the one of the crate.
    pub(crate) fn of(manifest: &Path) -> Self {
        let named = variable("HATHI_DIR").map(PathBuf::from);
        Self::find(manifest, named.as_deref())
    }

    fn find(manifest: &Path, named: Option<&Path>) -> Self {
        if let Some(cache) = find_dir(manifest, named) {
            let folder = cache.parent().unwrap_or(&cache).to_owned();
            return Self { folder, cache };
        }
        let nearest = |is_it: fn(&Path) -> bool| manifest.ancestors().find(|folder| is_it(folder));
        let folder = nearest(|folder| folder.join("hathi.toml").is_file())
            .or_else(|| nearest(|folder| folder.join("migrations").is_dir()))
            .or_else(|| nearest(is_workspace))
            .unwrap_or(manifest);
        Self {
            folder: folder.to_owned(),
            cache: folder.join(".hathi"),
        }
    }
}

impl Project {
    /// The project around a folder.
    pub(crate) fn around(folder: &Path) -> Result<Self, Failure> {
        let manifest = folder
            .ancestors()
            .find(|folder| folder.join("Cargo.toml").is_file());
        let manifest = manifest.unwrap_or(folder);
        Self::at(Home::of(manifest), manifest)
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
            let url = dotenv::value(&text, "DATABASE_URL").filter(|url| !url.is_empty())?;
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

fn is_workspace(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    text.lines()
        .any(|line| line.trim_start().starts_with("[workspace]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Makes these files, and folders where a name ends in a slash, and finds the home of a crate among them.
    #[track_caller]
    fn check(files: &[&str], manifest: &str, expected: &str) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = env::temp_dir().join(format!("hathi-home-{}-{count}", std::process::id()));
        for file in files.iter().chain([&manifest]) {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if file.ends_with('/') {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::write(path, "[workspace]\n").unwrap();
            }
        }
        let home = Home::find(root.join(manifest).parent().unwrap(), None);
        let found = home
            .folder
            .strip_prefix(&root)
            .unwrap()
            .display()
            .to_string();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, expected);
        assert!(home.cache.ends_with(".hathi"));
    }

    #[test]
    fn a_cache_that_exists_decides() {
        check(
            &[".hathi/", "app/hathi.toml", "app/migrations/"],
            "app/Cargo.toml",
            "",
        );
        check(&[".hathi/", "app/.hathi/"], "app/Cargo.toml", "app");
    }

    #[test]
    fn a_cache_will_be_beside_the_settings_or_the_migrations_or_the_workspace() {
        check(&["hathi.toml", "app/migrations/"], "app/Cargo.toml", "");
        check(
            &["Cargo.toml", "crates/app/migrations/"],
            "crates/app/Cargo.toml",
            "crates/app",
        );
        check(&["Cargo.toml", "migrations/"], "crates/app/Cargo.toml", "");
        check(&[], "app/Cargo.toml", "app");
    }
}
