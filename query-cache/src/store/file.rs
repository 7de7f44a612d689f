//! One file of the cache: read with its format checked, written whole or not at all.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io, process};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{FORMAT, StoreError};

/// The content of a file, `None` if there is none.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StoreError> {
    let Some(text) = read_text(path)? else {
        return Ok(None);
    };
    let value: Value =
        serde_json::from_str(&text).map_err(|error| StoreError::broken(path, error))?;
    // The format first: a later one may look different in every other field.
    match value.get("format").and_then(Value::as_u64) {
        Some(format) if format > u64::from(FORMAT) => Err(StoreError::newer(path, format, FORMAT)),
        Some(1..) => T::deserialize(value)
            .map(Some)
            .map_err(|error| StoreError::broken(path, error)),
        _ => Err(StoreError::broken(
            path,
            "expected a field \"format\" with a number from 1 on",
        )),
    }
}

/// The text of a file, `None` if there is none.
pub(super) fn read_text(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(StoreError::broken(path, "it is not UTF-8"))
        }
        Err(error) => Err(StoreError::unreadable(path, &error)),
    }
}

/// Who may read a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Readers {
    All,
    Owner,
}

/// Writes a value with sorted keys, so that equal values are equal files.
pub(super) fn write(path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
    let text =
        serde_json::to_value(value).and_then(|value| serde_json::to_string_pretty(&sorted(value)));
    let text = text.map_err(|error| StoreError::unwritable(path, &error.into()))?;
    write_text(path, &format!("{text}\n"), Readers::All)
}

/// `serde_json` sorts keys of its own accord, unless another crate of the build asks it not to.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect(),
            )
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Writes a file unless it has this content already.
///
/// Readers see the old file or the new one, never a part: the text goes to a file beside it, which is then renamed.
pub(super) fn write_text(path: &Path, text: &str, readers: Readers) -> Result<(), StoreError> {
    if fs::read(path).is_ok_and(|before| before == text.as_bytes()) {
        return Ok(());
    }
    replace(path, text, readers).map_err(|error| StoreError::unwritable(path, &error))
}

/// Removes a file; `false` if there was none.
pub(super) fn remove(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::unwritable(path, &error)),
    }
}

fn replace(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    // Processes and threads have files of their own, so that they do not write into each other's.
    static COUNT: AtomicU64 = AtomicU64::new(0);

    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{}-{count}.tmp", process::id()));
    let written = create(&temporary, readers)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn create(path: &Path, readers: Readers) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if matches!(readers, Readers::Owner) {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    options.open(path)
}
