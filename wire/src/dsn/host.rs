//! One place where a server may listen.

// Addresses without sockets: that is why they are core's.
use core::net::IpAddr;
use std::fmt;

/// One place where a server may listen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A name or an address, and a port.
    Tcp {
        /// The name or the address; certificates and password files are looked up by it.
        name: String,
        /// The address, if the name is not to be looked up.
        address: Option<IpAddr>,
        /// The port.
        port: u16,
    },
    /// A folder that holds unix sockets, and the port that names one of them.
    ///
    /// A folder that begins with `@` is in the abstract namespace of Linux.
    Unix {
        /// The folder.
        folder: String,
        /// The port in the socket's name.
        port: u16,
    },
}

impl Host {
    /// A host as the keyword `host` means it: what starts with a slash or `@` is a folder of sockets.
    ///
    /// # Example: a name, a folder, and a name in the abstract namespace
    ///
    /// ```
    /// use hathi_wire::Host;
    ///
    /// assert_eq!(Host::new("db.example.org", 5432).socket_path(), None);
    /// assert_eq!(Host::new("/tmp", 5432).socket_path().as_deref(), Some("/tmp/.s.PGSQL.5432"));
    /// assert_eq!(Host::new("@crew", 5432).socket_path().as_deref(), Some("\0crew/.s.PGSQL.5432"));
    /// ```
    pub fn new(name: &str, port: u16) -> Self {
        let name = name.to_owned();
        if name.starts_with(['/', '@']) {
            Self::Unix { folder: name, port }
        } else {
            Self::Tcp {
                name,
                address: None,
                port,
            }
        }
    }

    /// The path of the socket, if it is one. One in the abstract namespace begins with a zero byte, as the system and
    /// tokio spell it.
    pub fn socket_path(&self) -> Option<String> {
        let Self::Unix { folder, port } = self else {
            return None;
        };
        Some(match folder.strip_prefix('@') {
            Some(name) => format!("\0{name}/.s.PGSQL.{port}"),
            None => format!("{folder}/.s.PGSQL.{port}"),
        })
    }

    /// What is looked up to find the addresses of a host that is no socket: its address, if it was given, or its name.
    pub fn lookup_name(&self) -> Option<String> {
        match self {
            Self::Tcp {
                address: Some(address),
                ..
            } => Some(address.to_string()),
            Self::Tcp { name, .. } => Some(name.clone()),
            Self::Unix { .. } => None,
        }
    }

    /// The port, also where it only names a socket.
    pub fn port(&self) -> u16 {
        match self {
            Self::Tcp { port, .. } | Self::Unix { port, .. } => *port,
        }
    }

    pub(super) fn set_port(&mut self, new: u16) {
        match self {
            Self::Tcp { port, .. } | Self::Unix { port, .. } => *port = new,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix { folder, port } => return write!(f, "{folder}/.s.PGSQL.{port}"),
            Self::Tcp { name, port, .. } if name.contains(':') => write!(f, "[{name}]:{port}")?,
            Self::Tcp { name, port, .. } => write!(f, "{name}:{port}")?,
        }
        match self {
            Self::Tcp {
                name,
                address: Some(address),
                ..
            } if address.to_string() != *name => {
                write!(f, " ({address})")
            }
            _ => Ok(()),
        }
    }
}
