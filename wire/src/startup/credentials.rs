//! Who wants a session, how they can prove it, and what they ask of the server in turn.

use std::fmt;

use crate::dsn::{AuthMethods, ChannelBinding, Dsn, ProtocolVersion};

/// Who wants a session, how they can prove it, and what they ask of the server in turn.
///
/// # Example: credentials that follow the settings of a text
///
/// ```
/// use hathi_wire::{ChannelBinding, Credentials, Dsn};
///
/// let dsn: Dsn = "host=h channel_binding=require require_auth=scram-sha-256".parse()?;
/// let credentials = Credentials::new("ada", Some("secret".to_owned())).following(&dsn);
/// assert_eq!(credentials.binding, ChannelBinding::Require);
/// # Ok::<(), hathi_wire::DsnError>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Credentials {
    /// The role.
    pub user: String,
    /// Its password, if there is one.
    pub password: Option<String>,
    /// Whether the transport is TLS.
    pub encrypted: bool,
    /// The `tls-server-end-point` data of the transport, for SCRAM-SHA-256-PLUS.
    pub channel_binding: Option<Vec<u8>>,
    /// Whether the proof must be bound to the transport by that data.
    pub binding: ChannelBinding,
    /// How the server may ask for proof; in any way that is spoken, if nothing is said.
    pub require_auth: Option<AuthMethods>,
    /// The oldest protocol that will do.
    pub min_protocol_version: ProtocolVersion,
    /// The protocol to ask for.
    pub max_protocol_version: ProtocolVersion,
}

impl Credentials {
    /// A role and its password, and no demands.
    pub fn new(user: impl Into<String>, password: Option<String>) -> Self {
        Self {
            user: user.into(),
            password,
            ..Self::default()
        }
    }

    /// These, with the demands of a connection string.
    #[must_use]
    pub fn following(mut self, dsn: &Dsn) -> Self {
        let (min, max) = dsn.protocol_versions();
        self.binding = dsn.channel_binding.unwrap_or_default();
        self.require_auth.clone_from(&dsn.require_auth);
        self.min_protocol_version = min;
        self.max_protocol_version = max;
        self
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .field("password", &password)
            .finish_non_exhaustive()
    }
}
