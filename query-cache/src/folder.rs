//! Where the cache of a crate is, and what the folder of migrations holds.

use std::path::{Path, PathBuf};
use std::{fs, io};

use hathi_sql_text::migration;
use sha2::{Digest, Sha256};

use crate::store::StoreError;

/// Where a crate has its cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Home {
    /// The folder of `hathi.toml` and `migrations/`.
    pub folder: PathBuf,
    /// The cache, which need not exist.
    pub cache: PathBuf,
}

impl Home {
    /// The home of a crate: `hathi_dir` (the value of `HATHI_DIR`, relative to the manifest's folder) if it is given and
    /// not empty, else the nearest `.hathi/` upward from the manifest's folder.
    ///
    /// Where there is none yet it will be beside the nearest `hathi.toml`, else the nearest `migrations/`, else the
    /// manifest of the workspace, else the one of the crate.
    #[must_use]
    pub fn find(manifest_dir: &Path, hathi_dir: Option<&Path>) -> Self {
        if let Some(cache) = find_dir(manifest_dir, hathi_dir) {
            let folder = cache.parent().unwrap_or(&cache).to_owned();
            return Self { folder, cache };
        }
        let nearest = |is_it: fn(&Path) -> bool| manifest_dir.ancestors().find(|at| is_it(at));
        let folder = nearest(|folder| folder.join("hathi.toml").is_file())
            .or_else(|| nearest(|folder| folder.join("migrations").is_dir()))
            .or_else(|| nearest(is_workspace))
            .unwrap_or(manifest_dir);
        Self {
            folder: folder.to_owned(),
            cache: folder.join(".hathi"),
        }
    }
}

fn is_workspace(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    text.lines()
        .any(|line| line.trim_start().starts_with("[workspace]"))
}

fn find_dir(manifest_dir: &Path, hathi_dir: Option<&Path>) -> Option<PathBuf> {
    match hathi_dir.filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => Some(manifest_dir.join(dir)),
        None => manifest_dir
            .ancestors()
            .map(|folder| folder.join(".hathi"))
            .find(|folder| folder.is_dir()),
    }
}

/// A digest of the scripts in a folder of migrations, `None` if there is no such folder.
///
/// Names, order and contents count, the kind of line ends does not: a checkout on another system has the same digest.
///
/// # Errors
///
/// [`StoreError`] if a script cannot be read, or is not named as a script.
pub fn migrations_digest(folder: &Path) -> Result<Option<String>, StoreError> {
    let unreadable = |error: io::Error| StoreError::unreadable(folder, &error);
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let mut names = Vec::new();
    for file in files {
        names.push(
            file.map_err(unreadable)?
                .file_name()
                .to_string_lossy()
                .into_owned(),
        );
    }
    let scripts =
        migration::order(names).map_err(|error| StoreError::migrations(folder, &error))?;
    let mut hash = Sha256::new();
    for script in scripts {
        let path = folder.join(&script.file_name);
        let text =
            fs::read_to_string(&path).map_err(|error| StoreError::unreadable(&path, &error))?;
        let text = text.replace("\r\n", "\n");
        hash.update(format!(
            "{}:{}:{}:",
            script.file_name.len(),
            script.file_name,
            text.len()
        ));
        hash.update(text);
    }
    Ok(Some(crate::key::hexadecimal(&hash.finalize())))
}

#[cfg(test)]
mod tests {
    use super::{Home, find_dir, migrations_digest};
    use crate::scratch::Scratch;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_nearest_folder_upward_is_the_cache() {
        let scratch = Scratch::new();
        let member = scratch.path().join("crates/app");
        fs::create_dir_all(&member).unwrap();
        fs::create_dir(scratch.path().join(".hathi")).unwrap();
        assert_eq!(find_dir(&member, None), Some(scratch.path().join(".hathi")));
        fs::create_dir(member.join(".hathi")).unwrap();
        assert_eq!(find_dir(&member, None), Some(member.join(".hathi")));
    }

    #[test]
    fn a_file_of_that_name_is_none() {
        let scratch = Scratch::new();
        fs::create_dir_all(scratch.path().join("a")).unwrap();
        fs::create_dir(scratch.path().join(".hathi")).unwrap();
        scratch.write("a/.hathi", "");
        assert_eq!(
            find_dir(&scratch.path().join("a"), None),
            Some(scratch.path().join(".hathi"))
        );
    }

    #[test]
    fn a_given_folder_wins() {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path().join(".hathi")).unwrap();
        assert_eq!(
            find_dir(scratch.path(), Some(Path::new("/elsewhere"))),
            Some("/elsewhere".into())
        );
        assert_eq!(
            find_dir(scratch.path(), Some(Path::new("answers"))),
            Some(scratch.path().join("answers"))
        );
    }

    #[test]
    fn an_empty_name_is_none() {
        assert_eq!(
            find_dir(Path::new("/nowhere/at/all"), Some(Path::new(""))),
            None
        );
    }

    /// Makes these files, and folders where a name ends in a slash, and finds the home of a crate among them.
    #[track_caller]
    fn check_home(files: &[&str], manifest: &str, expected: &str) {
        let scratch = Scratch::new();
        for file in files.iter().chain([&manifest]) {
            match file.strip_suffix('/') {
                Some(folder) => fs::create_dir_all(scratch.path().join(folder)).unwrap(),
                None => scratch.write(file, "[workspace]\n"),
            }
        }
        let manifest = scratch.path().join(manifest);
        let home = Home::find(manifest.parent().unwrap(), None);
        assert_eq!(home.folder, scratch.path().join(expected));
        assert_eq!(home.cache, home.folder.join(".hathi"));
    }

    #[test]
    fn a_cache_that_exists_decides() {
        check_home(
            &[".hathi/", "app/hathi.toml", "app/migrations/"],
            "app/Cargo.toml",
            "",
        );
        check_home(&[".hathi/", "app/.hathi/"], "app/Cargo.toml", "app");
    }

    #[test]
    fn a_cache_will_be_beside_the_settings_or_the_migrations_or_the_workspace() {
        check_home(&["hathi.toml", "app/migrations/"], "app/Cargo.toml", "");
        check_home(
            &["Cargo.toml", "crates/app/migrations/"],
            "crates/app/Cargo.toml",
            "crates/app",
        );
        check_home(&["Cargo.toml", "migrations/"], "crates/app/Cargo.toml", "");
        check_home(&[], "app/Cargo.toml", "app");
    }

    fn digest(files: &[(&str, &str)]) -> Option<String> {
        let scratch = Scratch::new();
        for (name, content) in files {
            scratch.write(&format!("migrations/{name}"), content);
        }
        migrations_digest(&scratch.path().join("migrations")).unwrap()
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_digest() {
        assert_eq!(digest(&[]), None);
    }

    #[test]
    fn line_ends_and_other_files_do_not_change_the_digest() {
        let unix = digest(&[("1__a.up.sql", "CREATE TABLE a();\n"), ("2__b.up.sql", "")]);
        let windows = digest(&[
            ("1__a.up.sql", "CREATE TABLE a();\r\n"),
            ("2__b.up.sql", ""),
            ("2__b.down.sql", "x"),
            ("README.md", "x"),
        ]);
        assert_eq!(unix, windows);
    }

    #[test]
    fn names_and_contents_do() {
        let digests = [
            digest(&[("1__a.up.sql", "")]),
            digest(&[("1__b.up.sql", "")]),
            digest(&[("1__a.up.sql", " ")]),
            digest(&[("1__a.up.sql", ""), ("2__b.up.sql", "")]),
        ];
        for (number, one) in digests.iter().enumerate() {
            assert!(digests.iter().skip(number + 1).all(|other| other != one));
        }
    }

    #[test]
    fn scripts_that_are_named_wrongly_are_an_error() {
        let scratch = Scratch::new();
        scratch.write("users.up.sql", "");
        let error = migrations_digest(scratch.path()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("has no \"__\" between version and name"),
            "{error}"
        );
    }
}
