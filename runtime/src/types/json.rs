//! `json` and `jsonb`: as text, and as a type of serde's.

use std::fmt;

/// JSON as its text, neither parsed nor checked: the server refuses what is no JSON.
///
/// Numbers keep all their digits, and `json` keeps its blanks, the order of its keys and keys that stand twice.
///
/// # Example: text that is JSON
///
/// ```
/// use hathi::types::JsonText;
///
/// let price = JsonText::from(r#"{"eur": 12.50}"#);
/// assert_eq!(price.as_str(), r#"{"eur": 12.50}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonText(String);

impl JsonText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for JsonText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for JsonText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A value of serde's that is sent and read as `json` or `jsonb`.
///
/// # Example: settings in one column
///
/// ```
/// use hathi::types::Json;
/// use std::collections::BTreeMap;
///
/// let settings = Json(BTreeMap::from([("theme", "dark")]));
/// assert_eq!(settings.0["theme"], "dark");
/// ```
#[cfg(feature = "json")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);
