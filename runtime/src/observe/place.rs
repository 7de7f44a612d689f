//! Where a session is: what every span of it says.

use std::sync::Arc;

use hathi_wire::Host;

use crate::config::Config;

/// Where statements go.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The host as it was configured: a name, an address, or the path of a socket.
    pub(super) address: Option<Box<str>>,
    /// The port, if it is no socket.
    pub(super) port: Option<u16>,
    /// The database.
    pub(super) namespace: Box<str>,
}

impl Place {
    /// The place of a session with a host, or of one that may be with any.
    pub(super) fn new(config: &Config, host: Option<&Host>) -> Arc<Self> {
        let hosts = config.places();
        let only = match hosts.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let role = config.role();
        let namespace = config.database_of(&role).into();
        let (address, port) = match host.or(only) {
            Some(Host::Tcp { name, port, .. }) => (Some(name.as_str().into()), Some(*port)),
            Some(socket @ Host::Unix { .. }) => (Some(socket.to_string().into()), None),
            None => (None, None),
        };
        Arc::new(Self {
            address,
            port,
            namespace,
        })
    }
}
