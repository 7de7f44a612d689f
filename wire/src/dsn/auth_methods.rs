//! Which ways of proving who one is a client is ready for.

use std::fmt;

use super::words::Word;

/// A way in which a server may ask for proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthMethod {
    /// No proof at all.
    None,
    /// The password as it is.
    Password,
    /// The password, hashed with MD5.
    Md5,
    /// GSSAPI.
    Gss,
    /// SSPI.
    Sspi,
    /// SCRAM-SHA-256, with or without channel binding.
    ScramSha256,
    /// OAUTHBEARER.
    Oauth,
}

impl Word for AuthMethod {
    const EXPECTED: &'static str = "a list of password, md5, gss, sspi, scram-sha-256, oauth and none, all of them with \"!\" or none";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("none", Self::None),
        ("password", Self::Password),
        ("md5", Self::Md5),
        ("gss", Self::Gss),
        ("sspi", Self::Sspi),
        ("scram-sha-256", Self::ScramSha256),
        ("oauth", Self::Oauth),
    ];
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The ways of proving who one is that a client is ready for; libpq's `require_auth`.
///
/// # Example: never the password itself
///
/// ```
/// use hathi_wire::{AuthMethod, AuthMethods};
///
/// let methods = AuthMethods::except([AuthMethod::Password, AuthMethod::None]);
/// assert_eq!(AuthMethods::read("!password,!none"), Some(methods.clone()));
/// assert!(methods.allow(AuthMethod::ScramSha256));
/// assert!(!methods.allow(AuthMethod::None));
/// assert_eq!(methods.to_string(), "!password,!none");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthMethods {
    listed: Vec<AuthMethod>,
    // Those listed are the ones that will not do.
    negated: bool,
}

impl AuthMethods {
    /// These and no others. An empty list allows nothing.
    pub fn only(methods: impl IntoIterator<Item = AuthMethod>) -> Self {
        Self {
            listed: methods.into_iter().collect(),
            negated: false,
        }
    }

    /// All but these.
    pub fn except(methods: impl IntoIterator<Item = AuthMethod>) -> Self {
        Self {
            listed: methods.into_iter().collect(),
            negated: true,
        }
    }

    /// Reads a list, separated by commas; `None` if it is none that libpq would take.
    pub fn read(text: &str) -> Option<Self> {
        let negated = text.trim_start().starts_with('!');
        let mut listed = Vec::new();
        for word in text.split(',') {
            let word = word.trim();
            let word = if negated {
                word.strip_prefix('!')?
            } else {
                word
            };
            let method = AuthMethod::read(word)?;
            if listed.contains(&method) {
                return None;
            }
            listed.push(method);
        }
        Some(Self { listed, negated })
    }

    /// Whether this way will do.
    pub fn allow(&self, method: AuthMethod) -> bool {
        self.listed.contains(&method) != self.negated
    }
}

impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negated { "!" } else { "" };
        for (index, method) in self.listed.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{sign}{method}")?;
        }
        Ok(())
    }
}
