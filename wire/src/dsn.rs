//! Where a database is and who wants in: URLs, libpq's `key=value` text, its environment and its files, read into one
//! value.

use std::str::FromStr;
use std::time::Duration;

mod auth_methods;
mod draft;
mod environment;
mod error;
mod host;
mod keywords;
mod passfile;
mod secret;
mod service;
#[cfg(test)]
mod tests;
mod url;
mod words;

pub use auth_methods::{AuthMethod, AuthMethods};
pub use error::DsnError;
pub use host::Host;
pub use passfile::{UnusablePassfile, password_in};
pub use secret::Secret;
pub use words::{
    ChannelBinding, LoadBalanceHosts, ProtocolVersion, SslMode, SslNegotiation, TargetSessionAttrs,
};

/// The port of a server that says nothing else.
const PORT: u16 = 5432;

/// Where a database is, who wants in, and how; the settings of libpq that mean something to this crate's users.
///
/// A field that is `None`, and an empty list, stand for a setting that was not given.
///
/// # Example: a text, and an environment that fills its gaps
///
/// ```
/// use hathi_wire::{Dsn, SslMode};
///
/// let dsn: Dsn = "postgres://db.example.org/crew?sslmode=verify-full".parse()?;
/// let dsn = dsn.with_environment(|name| match name {
///     "PGUSER" => Some("ada".to_owned()),
///     "PGSSLMODE" => Some("disable".to_owned()),
///     _ => None,
/// })?;
/// assert_eq!(dsn.user.as_deref(), Some("ada"));
/// assert_eq!(dsn.ssl_mode, Some(SslMode::VerifyFull));
/// # Ok::<(), hathi_wire::DsnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Dsn {
    /// Where to try, in order; empty means the default of whoever connects.
    pub hosts: Vec<Host>,
    // As they were given: without any, another source may still name them. One holds for all hosts.
    ports: Vec<u16>,
    /// The role.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// The file to look for a password in.
    pub passfile: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The section of the service file that says what is not said here.
    pub service: Option<String>,
    /// The service file.
    pub service_file: Option<String>,
    /// What the session calls itself.
    pub application_name: Option<String>,
    /// What the session calls itself if nothing else says so.
    pub fallback_application_name: Option<String>,
    /// Command-line options for the session (`-c name=value`).
    pub options: Option<String>,
    /// How long connecting to one host may take.
    pub connect_timeout: Option<Duration>,
    /// How much the transport must be protected.
    pub ssl_mode: Option<SslMode>,
    /// How TLS begins.
    pub ssl_negotiation: Option<SslNegotiation>,
    /// The file of the authorities that may have signed the server's certificate, or `system`.
    pub ssl_root_cert: Option<String>,
    /// The file of the client's certificate.
    pub ssl_cert: Option<String>,
    /// The file of the client's key.
    pub ssl_key: Option<String>,
    /// Whether the name of the server is sent in clear when TLS begins.
    pub ssl_sni: Option<bool>,
    /// Whether the proof of identity must be bound to the transport.
    pub channel_binding: Option<ChannelBinding>,
    /// How the server may ask for proof.
    pub require_auth: Option<AuthMethods>,
    /// The oldest protocol that will do.
    pub min_protocol_version: Option<ProtocolVersion>,
    /// The newest protocol to ask for.
    pub max_protocol_version: Option<ProtocolVersion>,
    /// How a connection on which nothing is said is kept alive, and noticed when it is dead.
    pub keepalives: Keepalives,
    /// How long bytes that were sent may stay unacknowledged; zero leaves it to the system.
    pub tcp_user_timeout: Option<Duration>,
    /// What kind of server will do.
    pub target_session_attrs: Option<TargetSessionAttrs>,
    /// Whether hosts are tried in order.
    pub load_balance_hosts: Option<LoadBalanceHosts>,
}

/// How TCP keeps a connection alive on which nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Keepalives {
    /// Whether it does.
    pub enabled: Option<bool>,
    /// How long nothing is said before the other side is asked for a sign of life; zero leaves it to the system.
    pub idle: Option<Duration>,
    /// How long to wait for a sign of life before asking again; zero leaves it to the system.
    pub interval: Option<Duration>,
    /// How often to ask before the connection counts as dead; zero leaves it to the system.
    pub count: Option<u32>,
}

impl FromStr for Dsn {
    type Err = DsnError;

    fn from_str(text: &str) -> Result<Self, DsnError> {
        let trimmed = text.trim();
        for scheme in ["postgres://", "postgresql://"] {
            if let Some(rest) = trimmed.strip_prefix(scheme) {
                return url::read(rest);
            }
        }
        let first = text.split('=').next().unwrap_or_default();
        if text.contains('=') && !first.contains("://") {
            keywords::read(text)
        } else {
            Err(DsnError::Unrecognized)
        }
    }
}

impl Dsn {
    /// Takes from another source what is not set here. Hosts are one setting: none is added to those that are set.
    ///
    /// # Errors
    ///
    /// [`DsnError::Value`] if the hosts of one source and the ports of the other do not fit together.
    pub fn or(self, other: Self) -> Result<Self, DsnError> {
        let foreign_ports = self.ports.is_empty() && !other.ports.is_empty();
        let foreign_hosts = self.hosts.is_empty() && !other.hosts.is_empty();
        let mut dsn = Self {
            hosts: if foreign_hosts {
                other.hosts
            } else {
                self.hosts
            },
            ports: if foreign_ports {
                other.ports
            } else {
                self.ports
            },
            user: self.user.or(other.user),
            password: self.password.or(other.password),
            passfile: self.passfile.or(other.passfile),
            database: self.database.or(other.database),
            service: self.service.or(other.service),
            service_file: self.service_file.or(other.service_file),
            application_name: self.application_name.or(other.application_name),
            fallback_application_name: self
                .fallback_application_name
                .or(other.fallback_application_name),
            options: self.options.or(other.options),
            connect_timeout: self.connect_timeout.or(other.connect_timeout),
            ssl_mode: self.ssl_mode.or(other.ssl_mode),
            ssl_negotiation: self.ssl_negotiation.or(other.ssl_negotiation),
            ssl_root_cert: self.ssl_root_cert.or(other.ssl_root_cert),
            ssl_cert: self.ssl_cert.or(other.ssl_cert),
            ssl_key: self.ssl_key.or(other.ssl_key),
            ssl_sni: self.ssl_sni.or(other.ssl_sni),
            channel_binding: self.channel_binding.or(other.channel_binding),
            require_auth: self.require_auth.or(other.require_auth),
            min_protocol_version: self.min_protocol_version.or(other.min_protocol_version),
            max_protocol_version: self.max_protocol_version.or(other.max_protocol_version),
            keepalives: self.keepalives.or(other.keepalives),
            tcp_user_timeout: self.tcp_user_timeout.or(other.tcp_user_timeout),
            target_session_attrs: self.target_session_attrs.or(other.target_session_attrs),
            load_balance_hosts: self.load_balance_hosts.or(other.load_balance_hosts),
        };
        if foreign_hosts != foreign_ports {
            dsn.place()?;
        }
        Ok(dsn)
    }

    /// This, with one host and no other.
    #[must_use]
    pub fn with_host(mut self, name: &str) -> Self {
        let port = self.port();
        self.hosts = vec![Host::new(name, port)];
        self
    }

    /// This, with one port for all hosts.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.ports = vec![port];
        for host in &mut self.hosts {
            host.set_port(port);
        }
        self
    }

    /// This, with these hosts and no others, each with its port.
    #[must_use]
    pub fn with_hosts(mut self, hosts: Vec<Host>) -> Self {
        self.ports = hosts.iter().map(Host::port).collect();
        self.hosts = hosts;
        self
    }

    /// The port of a host that is not among [`hosts`](Self::hosts): the first that was given, or 5432.
    pub fn port(&self) -> u16 {
        self.ports.first().copied().unwrap_or(PORT)
    }

    /// The oldest protocol that will do, and the one to ask for.
    ///
    /// Asking for more than 3.0 must be wanted: some poolers end the session instead of saying what they speak.
    pub fn protocol_versions(&self) -> (ProtocolVersion, ProtocolVersion) {
        let min = self.min_protocol_version.unwrap_or_default();
        (min, self.max_protocol_version.unwrap_or_default().max(min))
    }

    /// How much the transport must be protected, if nothing else is said: as much as can be had, and all of it where
    /// the authorities of the system are trusted.
    pub fn effective_ssl_mode(&self) -> SslMode {
        match self.ssl_mode {
            Some(mode) => mode,
            None if self.trusts_the_system() => SslMode::VerifyFull,
            None => SslMode::Prefer,
        }
    }

    fn trusts_the_system(&self) -> bool {
        self.ssl_root_cert.as_deref() == Some("system")
    }

    /// Compares the settings with each other, whichever sources they are from.
    ///
    /// # Errors
    ///
    /// [`DsnError::Contradiction`] if two settings cannot both be followed; [`DsnError::Value`] if several ports were
    /// given and no host.
    pub fn check(&self) -> Result<(), DsnError> {
        if self.hosts.is_empty() && self.ports.len() > 1 {
            return Err(count_of_ports());
        }
        let ssl = self.effective_ssl_mode();
        if self.ssl_negotiation == Some(SslNegotiation::Direct) && ssl < SslMode::Require {
            return Err(DsnError::Contradiction(
                "sslnegotiation=direct needs sslmode=require, verify-ca or verify-full: it has no way back to a plain connection",
            ));
        }
        if self.trusts_the_system() && ssl != SslMode::VerifyFull {
            return Err(DsnError::Contradiction(
                "sslrootcert=system needs sslmode=verify-full: anybody can have a certificate that the system's authorities signed",
            ));
        }
        if self.channel_binding == Some(ChannelBinding::Require) && ssl == SslMode::Disable {
            return Err(DsnError::Contradiction(
                "channel_binding=require needs TLS, and sslmode=disable forbids it",
            ));
        }
        let bounds = (self.min_protocol_version, self.max_protocol_version);
        if let (Some(min), Some(max)) = bounds
            && min > max
        {
            return Err(DsnError::Contradiction(
                "min_protocol_version must not be newer than max_protocol_version",
            ));
        }
        Ok(())
    }

    /// Gives every host its port.
    fn place(&mut self) -> Result<(), DsnError> {
        let ports = &self.ports;
        // Another source may name as many hosts.
        if self.hosts.is_empty() {
            return Ok(());
        }
        if ports.len() > 1 && ports.len() != self.hosts.len() {
            return Err(count_of_ports());
        }
        let all = ports.iter().copied().chain(std::iter::repeat(self.port()));
        for (host, port) in self.hosts.iter_mut().zip(all) {
            host.set_port(port);
        }
        Ok(())
    }
}

fn count_of_ports() -> DsnError {
    DsnError::Value {
        key: "port",
        expected: "one number, or as many as there are hosts",
    }
}

impl Keepalives {
    fn or(self, other: Self) -> Self {
        Self {
            enabled: self.enabled.or(other.enabled),
            idle: self.idle.or(other.idle),
            interval: self.interval.or(other.interval),
            count: self.count.or(other.count),
        }
    }
}
