//! How the transport is protected, and how client and server prove who they are.

use hathi_wire::{AuthMethods, ChannelBinding, ProtocolVersion, SslMode, SslNegotiation};

use super::Config;

impl Config {
    /// How much the transport must be protected; the words and their meaning are libpq's.
    #[must_use]
    pub fn ssl_mode(mut self, mode: SslMode) -> Self {
        self.dsn.ssl_mode = Some(mode);
        self
    }

    /// How TLS begins.
    #[must_use]
    pub fn ssl_negotiation(mut self, negotiation: SslNegotiation) -> Self {
        self.dsn.ssl_negotiation = Some(negotiation);
        self
    }

    /// The PEM file of the authorities that may have signed the server's certificate, or `system` for those that the
    /// system trusts.
    #[must_use]
    pub fn ssl_root_cert(mut self, file: impl Into<String>) -> Self {
        self.dsn.ssl_root_cert = Some(file.into());
        self
    }

    /// The PEM file of the client's certificate, and of those between it and an authority that the server knows.
    #[must_use]
    pub fn ssl_cert(mut self, file: impl Into<String>) -> Self {
        self.dsn.ssl_cert = Some(file.into());
        self
    }

    /// The PEM file of the key that belongs to the client's certificate.
    #[must_use]
    pub fn ssl_key(mut self, file: impl Into<String>) -> Self {
        self.dsn.ssl_key = Some(file.into());
        self
    }

    /// Whether the name of the server is sent in clear when TLS begins, for proxies that go by it: it is unless told
    /// otherwise.
    #[must_use]
    pub fn ssl_sni(mut self, sent: bool) -> Self {
        self.dsn.ssl_sni = Some(sent);
        self
    }

    /// Whether SCRAM must be bound to TLS, so that nobody in between can pass it on: if both sides can, unless told
    /// otherwise. What is required and cannot be had is an error before anything is proven.
    #[must_use]
    pub fn channel_binding(mut self, binding: ChannelBinding) -> Self {
        self.dsn.channel_binding = Some(binding);
        self
    }

    /// How the server may ask for proof: in any way that is spoken, unless told otherwise.
    ///
    /// # Example: a server that gets the password itself from nobody
    ///
    /// ```
    /// use hathi::{AuthMethod, AuthMethods, Config};
    ///
    /// let built = Config::new().require_auth(AuthMethods::only([AuthMethod::ScramSha256]));
    /// assert_eq!(built, "require_auth=scram-sha-256".parse()?);
    /// # Ok::<(), hathi::Error>(())
    /// ```
    #[must_use]
    pub fn require_auth(mut self, methods: AuthMethods) -> Self {
        self.dsn.require_auth = Some(methods);
        self
    }

    /// The oldest protocol that will do: 3.0 unless told otherwise.
    #[must_use]
    pub fn min_protocol_version(mut self, version: ProtocolVersion) -> Self {
        self.dsn.min_protocol_version = Some(version);
        self
    }

    /// The protocol to ask for: 3.0 unless told otherwise, because some poolers end the session when asked for more.
    /// With 3.2, from PostgreSQL 18, the secrets of cancel requests cannot be guessed.
    #[must_use]
    pub fn max_protocol_version(mut self, version: ProtocolVersion) -> Self {
        self.dsn.max_protocol_version = Some(version);
        self
    }
}
