//! The service file: sections of settings, each for one name.

use super::draft::Draft;
use super::{Dsn, DsnError};

/// The settings of one section; `None` if there is no such section.
pub(super) fn read_section(text: &str, name: &str) -> Result<Option<Dsn>, DsnError> {
    let mut section: Option<Draft> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = |cause| DsnError::Service {
            line: index + 1,
            cause: Box::new(cause),
        };
        if line.starts_with('[') {
            // The first section of a name is the whole of it.
            if section.is_some() {
                break;
            }
            let title = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'));
            section = (title == Some(name)).then(Draft::default);
        } else if let Some(draft) = &mut section {
            take(line, draft).map_err(at)?;
        }
    }
    section.map(Draft::finish).transpose()
}

fn take(line: &str, draft: &mut Draft) -> Result<(), DsnError> {
    let expected = "setting=value on each line";
    let (key, value) = line
        .split_once('=')
        .ok_or(DsnError::Keywords { expected })?;
    let refuse = |key, instead| Err(DsnError::Unsupported { key, instead });
    match key.trim() {
        "service" => refuse("service", "a section cannot name another one"),
        "servicefile" => refuse("servicefile", "a section cannot name another file"),
        key if key.starts_with("ldap") => refuse("ldap", "write the settings into the section"),
        key => draft.set(key, value.trim()),
    }
}

impl Dsn {
    /// Reads one section of the text of a service file; `None` if it has no section of this name.
    ///
    /// # Errors
    ///
    /// [`DsnError::Service`] if a line of the section makes no sense, with its number.
    ///
    /// # Example: a section
    ///
    /// ```
    /// use hathi_wire::Dsn;
    ///
    /// let text = "[crew]\nhost=db.example.org\nuser=ada\n";
    /// let dsn = Dsn::from_service(text, "crew")?.unwrap();
    /// assert_eq!(dsn.user.as_deref(), Some("ada"));
    /// assert_eq!(Dsn::from_service(text, "cargo")?, None);
    /// # Ok::<(), hathi_wire::DsnError>(())
    /// ```
    pub fn from_service(text: &str, name: &str) -> Result<Option<Self>, DsnError> {
        read_section(text, name)
    }
}
